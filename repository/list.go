package repository

import (
	"context"
	"fmt"
	"iter"
	"maps"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
)

// The limits of a page.
const (
	DefaultLimit = 50
	MaxLimit     = 500
)

// Query says which aggregates to list. The zero value lists the first page of all.
type Query struct {
	Where  map[string]string // declared field to the value it must have; an empty value is no condition
	Limit  int               // defaults to DefaultLimit, at most MaxLimit
	Cursor string            // Next of the page before; empty for the first page
}

// Page is a part of a list, oldest first.
type Page[A any] struct {
	Items []*A
	Next  string // the cursor of the page after, empty if this is the last
}

// List returns one page. It returns an error of kind fault.Invalid, which names the field, for a limit or cursor that
// cannot be.
func (r *Repository[A]) List(ctx context.Context, q Query) (page Page[A], err error) {
	ctx, op := r.telemetry.begin(ctx, "list", "")
	err = instrument.ErrUnfinished
	defer func() { op.end(ctx, err) }()
	if page, err = r.list(ctx, q); err == nil {
		op.count(len(page.Items))
	}
	return page, err
}

// All returns every aggregate that matches, page after page. It ends with the first error.
func (r *Repository[A]) All(ctx context.Context, where map[string]string) iter.Seq2[*A, error] {
	return func(yield func(*A, error) bool) {
		q := Query{Where: where, Limit: MaxLimit}
		for {
			page, err := r.List(ctx, q)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, a := range page.Items {
				if !yield(a, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			q.Cursor = page.Next
		}
	}
}

func (r *Repository[A]) list(ctx context.Context, q Query) (Page[A], error) {
	if q.Limit < 0 || q.Limit > MaxLimit {
		return Page[A]{}, fault.New(fault.Invalid, "must be between 1 and %d", MaxLimit).At("limit")
	}
	limit := q.Limit
	if limit == 0 {
		limit = DefaultLimit
	}
	after, err := decodeCursor(q.Cursor)
	if err != nil {
		return Page[A]{}, err
	}
	where := maps.Clone(q.Where)
	maps.DeleteFunc(where, func(_, value string) bool { return value == "" })
	// One more than asked for says whether there is another page.
	loaded, err := r.store.List(ctx, Filter{Where: where, After: after, Limit: limit + 1})
	if err != nil {
		return Page[A]{}, fmt.Errorf("list %s: %w", r.name, err)
	}
	var page Page[A]
	if len(loaded) > limit {
		loaded = loaded[:limit]
		last := loaded[limit-1]
		page.Next = encodeCursor(Position{Created: last.Created, ID: last.ID})
	}
	page.Items = make([]*A, len(loaded))
	for i, l := range loaded {
		aggregate.Restore(r.root(l.State), l.ID, l.Version)
		page.Items[i] = l.State
	}
	return page, nil
}
