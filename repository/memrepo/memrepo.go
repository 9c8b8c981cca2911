// Package memrepo keeps aggregates in memory, as documents, for tests and for trying things out. It is the driver that
// the others are compared with.
package memrepo

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/neuroglia-go/neuroglia/repository"
)

// Store is a repository.Store in memory.
type Store[A any] struct {
	schema repository.Schema[A]
	outbox *Outbox
	keeps  bool // whether somebody delivers what is in the outbox
	*documents
}

// documents are what the processes that share a store share.
type documents struct {
	mu   sync.RWMutex
	docs map[string]document
	last time.Time // of creation; each one is later, so that nothing is added behind a place a list has passed
}

type document struct {
	version int64
	created time.Time
	data    []byte
	fields  map[string]string
}

// Option changes a default of [New].
type Option func(*options)

type options struct{ outbox *Outbox }

// WithOutbox gives the store an outbox, without which it refuses events.
func WithOutbox(o *Outbox) Option { return func(opts *options) { opts.outbox = o } }

// New returns an empty store.
func New[A any](schema repository.Schema[A], opts ...Option) *Store[A] {
	var o options
	for _, option := range opts {
		option(&o)
	}
	s := &Store[A]{
		schema: schema, documents: &documents{docs: map[string]document{}}, outbox: o.outbox, keeps: o.outbox != nil,
	}
	if !s.keeps {
		s.outbox = NewOutbox(0)
	}
	return s
}

// Process returns the same store as another process would have it, with the outbox as that process has it, for tests of
// several. See [Outbox.Process].
func (s *Store[A]) Process(o *Outbox) *Store[A] {
	return &Store[A]{schema: s.schema, documents: s.documents, outbox: o, keeps: s.keeps}
}

// Get implements repository.Store.
func (s *Store[A]) Get(ctx context.Context, id string) (repository.Loaded[A], error) {
	if err := ctx.Err(); err != nil {
		return repository.Loaded[A]{}, err
	}
	s.mu.RLock()
	doc, ok := s.docs[id]
	s.mu.RUnlock()
	if !ok {
		return repository.Loaded[A]{}, repository.ErrNotFound
	}
	return load[A](doc, s.schema.Name, id)
}

// Contains implements repository.Store.
func (s *Store[A]) Contains(ctx context.Context, id string) (bool, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	_, ok := s.docs[id]
	return ok, ctx.Err()
}

// Save implements repository.Store.
func (s *Store[A]) Save(ctx context.Context, c repository.Change[A]) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	doc := document{version: c.Expected + 1}
	if c.State != nil {
		var err error
		if doc.data, err = json.Marshal(c.State); err != nil {
			return fmt.Errorf("encode %s %q: %w", s.schema.Name, c.ID, err)
		}
		doc.fields = make(map[string]string, len(s.schema.Fields))
		for name, value := range s.schema.Fields {
			doc.fields[name] = value(c.State)
		}
	}
	if len(c.Events) > 0 && !s.keeps {
		return fmt.Errorf("%s has no outbox to keep events in: make it with memrepo.WithOutbox", s.schema.Name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.Once == "" && len(c.Events) == 0 {
		return s.change(c, doc) // and lets others have the outbox
	}
	s.outbox.mu.Lock()
	defer s.outbox.mu.Unlock()
	if _, seen := s.outbox.inbox[c.Once]; seen {
		return repository.ErrDuplicate
	}
	if err := s.change(c, doc); err != nil {
		return err
	}
	if c.Once != "" {
		s.outbox.inbox[c.Once] = time.Now()
	}
	s.outbox.save(c.Events)
	return nil
}

func (s *Store[A]) change(c repository.Change[A], doc document) error {
	before, exists := s.docs[c.ID]
	switch {
	case c.Op == repository.Add && exists:
		return repository.ErrExists
	case c.Op == repository.Remove && c.Expected == 0 && !exists:
		return repository.ErrNotFound
	case (c.Op == repository.Update || c.Expected > 0 && c.Op == repository.Remove) && (!exists || before.version != c.Expected):
		return repository.ErrVersion
	case c.Op == repository.Remove:
		delete(s.docs, c.ID)
		return nil
	case exists:
		doc.created = before.created
	default:
		doc.created = s.next()
	}
	s.docs[c.ID] = doc
	return nil
}

// Seen implements repository.Store.
func (s *Store[A]) Seen(ctx context.Context, _, key string) (bool, error) {
	s.outbox.mu.Lock()
	defer s.outbox.mu.Unlock()
	_, seen := s.outbox.inbox[key]
	return seen, ctx.Err()
}

// next returns a time of creation.
func (s *documents) next() time.Time {
	if now := time.Now().UTC(); now.After(s.last) {
		s.last = now
	} else {
		s.last = s.last.Add(time.Nanosecond)
	}
	return s.last
}

// List implements repository.Store.
func (s *Store[A]) List(ctx context.Context, f repository.Filter) ([]repository.Loaded[A], error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for name := range f.Where {
		if _, ok := s.schema.Fields[name]; !ok {
			return nil, fmt.Errorf("%s has no declared field %q", s.schema.Name, name)
		}
	}
	matching := s.matching(f)
	slices.SortFunc(matching, func(a, b place) int { return a.compare(b.Position) })
	matching = matching[:min(len(matching), max(f.Limit, 0))]
	found := make([]repository.Loaded[A], len(matching))
	for i, p := range matching {
		var err error
		if found[i], err = load[A](p.document, s.schema.Name, p.ID); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// Count implements repository.Store.
func (s *Store[A]) Count(ctx context.Context, field string) (map[string]int64, error) {
	if _, ok := s.schema.Fields[field]; !ok {
		return nil, fmt.Errorf("%s has no declared field %q", s.schema.Name, field)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	counts := map[string]int64{}
	for _, doc := range s.docs {
		counts[doc.fields[field]]++
	}
	return counts, ctx.Err()
}

// place is a document and where it is in a list.
type place struct {
	repository.Position
	document
}

func (p place) compare(q repository.Position) int {
	return cmp.Or(p.Created.Compare(q.Created), cmp.Compare(p.ID, q.ID))
}

func (s *Store[A]) matching(f repository.Filter) []place {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []place
	for id, doc := range s.docs {
		p := place{repository.Position{Created: doc.created, ID: id}, doc}
		if doc.matches(f.Where) && p.compare(f.After) > 0 {
			found = append(found, p)
		}
	}
	return found
}

func (d document) matches(where map[string]string) bool {
	for name, value := range where {
		if d.fields[name] != value {
			return false
		}
	}
	return true
}

func load[A any](d document, collection, id string) (repository.Loaded[A], error) {
	state := new(A)
	if err := json.Unmarshal(d.data, state); err != nil {
		return repository.Loaded[A]{}, fmt.Errorf("decode %s %q: %w", collection, id, err)
	}
	return repository.Loaded[A]{ID: id, Version: d.version, Created: d.created, State: state}, nil
}
