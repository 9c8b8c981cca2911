package mediator

import (
	"context"
	"iter"
	"reflect"
)

// Stream sends a query and returns its answers as they come. Nothing happens until the answers are ranged over; the
// span covers the iteration and ends with it, however it ends. A failure is yielded once, as the last pair.
func Stream[M StreamRequest[T], T any](ctx context.Context, m *Mediator, msg M) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		s := stream[M, T]{msg: msg, out: &outlet[T]{yield: yield}}
		_, err := Send(ctx, m, s)
		if s.out.panicked != nil {
			panic(s.out.panicked)
		}
		if err != nil && !s.out.closed {
			var none T
			yield(none, err)
		}
	}
}

// stream is a stream query on its way: the message, and where its answers go.
type stream[M StreamRequest[T], T any] struct {
	Query[None]
	msg M
	out *outlet[T]
}

type outlet[T any] struct {
	yield    func(T, error) bool
	closed   bool // the consumer wants no more
	panicked any  // what the consumer panicked with, which is not the query's failure and is raised again after it
}

func (o *outlet[T]) give(answer T) {
	o.closed = true // also if the consumer does not come back
	defer func() { o.panicked = recover() }()
	o.closed = !o.yield(answer, nil)
}

func (s stream[M, T]) run(answers iter.Seq2[T, error]) error {
	for answer, err := range answers {
		if err != nil {
			return err
		}
		if s.out.give(answer); s.out.closed {
			return nil
		}
	}
	return nil
}

func (s stream[M, T]) carried() reflect.Type { return reflect.TypeFor[M]() }
func (s stream[M, T]) carriedValue() any     { return s.msg }
