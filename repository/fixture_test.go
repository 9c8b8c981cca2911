package repository_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/memrepo"
)

// account is the aggregate of these tests.
type account struct {
	aggregate.Root
	owner   string
	balance int
}

type deposited struct{ Amount int }

func newAccount(id string) *account { return &account{Root: aggregate.NewRoot(id), owner: "ann"} }

func (a *account) deposit(amount int) error {
	if amount <= 0 {
		return errNotPositive
	}
	a.balance += amount
	a.Raise(deposited{amount})
	return nil
}

var errNotPositive = errors.New("a deposit is positive")

func (a *account) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"owner": a.owner, "balance": a.balance})
}

func (a *account) UnmarshalJSON(data []byte) error {
	var d struct {
		Owner   string `json:"owner"`
		Balance int    `json:"balance"`
	}
	err := json.Unmarshal(data, &d)
	a.owner, a.balance = d.Owner, d.Balance
	return err
}

// fakeStore is a store in memory that fails as a test says.
type fakeStore struct {
	repository.Store[account]
	mu      sync.Mutex
	saves   int
	filters []repository.Filter
	save    func(save int) error // what happens before a save, counted from 1; nil for nothing
	read    error                // what reads return; nil for what is stored
}

func (s *fakeStore) Save(ctx context.Context, c repository.Change[account]) error {
	s.mu.Lock()
	s.saves++
	saves, before := s.saves, s.save
	s.mu.Unlock()
	if before != nil {
		if err := before(saves); err != nil {
			return err
		}
	}
	return s.Store.Save(ctx, c)
}

func (s *fakeStore) Get(ctx context.Context, id string) (repository.Loaded[account], error) {
	if s.read != nil {
		return repository.Loaded[account]{}, s.read
	}
	return s.Store.Get(ctx, id)
}

func (s *fakeStore) Contains(ctx context.Context, id string) (bool, error) {
	if s.read != nil {
		return false, s.read
	}
	return s.Store.Contains(ctx, id)
}

func (s *fakeStore) List(ctx context.Context, f repository.Filter) ([]repository.Loaded[account], error) {
	s.filters = append(s.filters, f)
	if s.read != nil {
		return nil, s.read
	}
	return s.Store.List(ctx, f)
}

func (s *fakeStore) Count(ctx context.Context, field string) (map[string]int64, error) {
	if s.read != nil {
		return nil, s.read
	}
	return s.Store.Count(ctx, field)
}

// fakeDispatcher notes the events it gets.
type fakeDispatcher struct {
	events []aggregate.Raised
	fail   error
	during func(context.Context) // nil for nothing
}

func (d *fakeDispatcher) Dispatch(ctx context.Context, r aggregate.Raised) error {
	d.events = append(d.events, r)
	if d.during != nil {
		d.during(ctx)
	}
	return d.fail
}

type fixture struct {
	*repository.Repository[account]
	store      *fakeStore
	dispatcher *fakeDispatcher
}

// setup returns a repository with the account "a" in it.
func setup(t *testing.T, opts ...repository.Option) fixture {
	t.Helper()
	f := fixture{dispatcher: &fakeDispatcher{}, store: &fakeStore{Store: memrepo.New(repository.Schema[account]{
		Name: "accounts", Fields: map[string]func(*account) string{"owner": func(a *account) string { return a.owner }},
	})}}
	f.Repository = repository.New(f.store, f.dispatcher, opts...)
	if err := f.Add(t.Context(), newAccount("a")); err != nil {
		t.Fatalf("Add: %v", err)
	}
	f.store.saves = 0
	return f
}

// balance returns what is stored.
func (f fixture) balance(t *testing.T) int {
	t.Helper()
	a, err := f.Get(context.WithoutCancel(t.Context()), "a")
	if err != nil {
		t.Fatalf("Get: %v", err)
	}
	return a.balance
}

func deposit(amount int) func(*account) error {
	return func(a *account) error { return a.deposit(amount) }
}
