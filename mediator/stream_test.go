package mediator_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"testing"

	"github.com/neuroglia-go/neuroglia/mediator"
)

var errEnd = errors.New("that was all")

type ListOrders struct {
	mediator.StreamQuery[int]
	Count int
	Err   error
}

func list(_ context.Context, q ListOrders) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for i := range q.Count {
			if !yield(i, nil) {
				return
			}
		}
		if q.Err != nil {
			yield(0, q.Err)
		}
	}
}

func TestAStreamYieldsEveryAnswerAndTheErrorLast(t *testing.T) {
	t.Parallel()
	m := newMediator()
	mediator.HandleStream(m, list)
	var got []int
	var last error
	for n, err := range mediator.Stream(t.Context(), m, ListOrders{Count: 3, Err: errEnd}) {
		if last = err; err == nil {
			got = append(got, n)
		}
	}
	if !slices.Equal(got, []int{0, 1, 2}) || !errors.Is(last, errEnd) {
		t.Errorf("got %v and %v, want 0 1 2 and %v", got, last, errEnd)
	}
}

func TestAStreamEndsWhenItsConsumerHasEnough(t *testing.T) {
	t.Parallel()
	m := newMediator()
	mediator.HandleStream(m, list)
	seen := 0
	for _, err := range mediator.Stream(t.Context(), m, ListOrders{Count: 3, Err: errEnd}) {
		if seen++; err != nil || seen == 2 {
			break
		}
	}
	if seen != 2 {
		t.Errorf("got %d answers, want 2", seen)
	}
}

func TestBehaviorsSurroundTheIteration(t *testing.T) {
	t.Parallel()
	var notes []string
	m := newMediator()
	mediator.HandleStream(m, list)
	m.Use(mediator.Queries, note(&notes, "query"))
	for range mediator.Stream(t.Context(), m, ListOrders{Count: 1}) {
		notes = append(notes, "answer")
	}
	if want := []string{"query query ListOrders", "answer", "query done"}; !slices.Equal(notes, want) {
		t.Errorf("got %q, want %q", notes, want)
	}
}

func TestAStreamOfAMessageNobodyHandlesIsOneError(t *testing.T) {
	t.Parallel()
	errs := 0
	for _, err := range mediator.Stream(t.Context(), newMediator(), ListOrders{}) {
		if err != nil {
			errs++
		}
	}
	if errs != 1 {
		t.Errorf("got %d errors, want 1", errs)
	}
}
