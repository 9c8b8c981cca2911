package benchmarks_test

import (
	"context"
	"testing"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/memrepo"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// Pizza is an aggregate. Its store is in memory, as JSON.
type Pizza struct {
	aggregate.Root `json:"-"`

	Name   string `json:"name"`
	Slices int    `json:"slices"`
}

func (p *Pizza) eat() error {
	p.Slices++
	return nil
}

const pizzaID = "0d3f9c1e"

func pizzas(tb testing.TB) *memrepo.Store[Pizza] {
	tb.Helper()
	store := memrepo.New(repository.Schema[Pizza]{Name: "pizzas"})
	p := &Pizza{Root: aggregate.NewRoot(pizzaID), Name: "margherita", Slices: 8}
	if err := store.Save(tb.Context(), repository.Change[Pizza]{Op: repository.Add, ID: pizzaID, State: p}); err != nil {
		tb.Fatal(err)
	}
	return store
}

// plainPizzas is what one would write without a repository.
type plainPizzas struct{ store *memrepo.Store[Pizza] }

func (r plainPizzas) get(ctx context.Context, id string) (*Pizza, error) {
	loaded, err := r.store.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	aggregate.Restore(loaded.State, loaded.ID, loaded.Version)
	return loaded.State, nil
}

func (r plainPizzas) update(ctx context.Context, id string, mutate func(*Pizza) error) (*Pizza, error) {
	p, err := r.get(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := mutate(p); err != nil {
		return nil, err
	}
	if err := r.store.Save(ctx, repository.Change[Pizza]{
		Op: repository.Update, ID: id, State: p, Expected: p.Version(),
	}); err != nil {
		return nil, err
	}
	aggregate.Stored(p)
	return p, nil
}

// pizzaCalls are what all variants can do.
type pizzaCalls interface {
	Get(ctx context.Context, id string) (*Pizza, error)
	Update(ctx context.Context, id string, mutate func(*Pizza) error) error
}

func (r plainPizzas) Get(ctx context.Context, id string) (*Pizza, error) { return r.get(ctx, id) }

func (r plainPizzas) Update(ctx context.Context, id string, mutate func(*Pizza) error) error {
	_, err := r.update(ctx, id, mutate)
	return err
}

func repositoryGet() work {
	return pizzaWork("Repository", func(r pizzaCalls) op {
		return func(ctx context.Context) error {
			_, err := r.Get(ctx, pizzaID)
			return err
		}
	})
}

func repositoryUpdate() work {
	return pizzaWork("Update", func(r pizzaCalls) op {
		return func(ctx context.Context) error { return r.Update(ctx, pizzaID, (*Pizza).eat) }
	})
}

func pizzaWork(name string, call func(pizzaCalls) op) work {
	return work{name, []variant{
		{direct, []mode{bare}, func(tb testing.TB, _ telemetry.Providers) op {
			tb.Helper()
			return call(plainPizzas{pizzas(tb)})
		}},
		{neuroglia, framed(), func(tb testing.TB, p telemetry.Providers) op {
			tb.Helper()
			return call(repository.New(pizzas(tb), nil, repository.WithTelemetry(p)))
		}},
		{tuned, byHand(), func(tb testing.TB, p telemetry.Providers) op {
			tb.Helper()
			return call(newTunedPizzas(tb, p))
		}},
		{naive, byHand(), func(tb testing.TB, p telemetry.Providers) op {
			tb.Helper()
			return call(newNaivePizzas(tb, p))
		}},
	}}
}
