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

// New returns an empty store.
func New[A any](schema repository.Schema[A]) *Store[A] {
	return &Store[A]{schema: schema, docs: map[string]document{}}
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
	doc := document{version: c.Expected + 1, fields: map[string]string{}}
	if c.State != nil {
		var err error
		if doc.data, err = json.Marshal(c.State); err != nil {
			return fmt.Errorf("encode %s %q: %w", s.schema.Name, c.ID, err)
		}
		for name, value := range s.schema.Fields {
			doc.fields[name] = value(c.State)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
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

// next returns a time of creation.
func (s *Store[A]) next() time.Time {
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
	var found []repository.Loaded[A]
	for id, doc := range s.matching(f) {
		loaded, err := load[A](doc, s.schema.Name, id)
		if err != nil {
			return nil, err
		}
		found = append(found, loaded)
	}
	slices.SortFunc(found, func(a, b repository.Loaded[A]) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	return found[:min(len(found), f.Limit)], nil
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

func (s *Store[A]) matching(f repository.Filter) map[string]document {
	s.mu.RLock()
	defer s.mu.RUnlock()
	found := map[string]document{}
	for id, doc := range s.docs {
		if doc.matches(f.Where) && cmp.Or(doc.created.Compare(f.After.Created), cmp.Compare(id, f.After.ID)) > 0 {
			found[id] = doc
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
