package mediator_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/neuroglia-go/neuroglia/mediator"
)

type served struct{ Table int }

type waiter struct{ calls []int }

func (w *waiter) tell(_ context.Context, e served) error {
	w.calls = append(w.calls, e.Table)
	if len(w.calls) == 1 {
		return errors.New("nobody heard it")
	}
	return nil
}

func TestBehaviorsOfAnEventHandlerAreAroundIt(t *testing.T) {
	t.Parallel()
	m := mediator.New()
	var w waiter
	var steps []string
	step := func(name string) mediator.EventBehavior {
		return func(ctx context.Context, handler string, next func(context.Context) error) error {
			steps = append(steps, name+" "+handler)
			if err := next(ctx); err == nil || name == "outer" {
				return err
			}
			return next(ctx)
		}
	}
	mediator.On(m, w.tell, step("outer"), step("inner"))
	if err := mediator.Publish(t.Context(), m, served{Table: 7}); err != nil {
		t.Errorf("Publish() = %v, want the second try to succeed", err)
	}
	const handler = "mediator_test.(*waiter).tell"
	if want := []string{"outer " + handler, "inner " + handler}; !slices.Equal(steps, want) || !slices.Equal(w.calls, []int{7, 7}) {
		t.Errorf("steps %q and calls %v, want %q and two of table 7", steps, w.calls, want)
	}
}

func TestABehaviorMayAnswerInAnEventHandlersPlace(t *testing.T) {
	t.Parallel()
	m := mediator.New()
	var w waiter
	closed := errors.New("closed")
	mediator.On(m, w.tell, func(context.Context, string, func(context.Context) error) error { return closed })
	if err := mediator.Publish(t.Context(), m, served{}); !errors.Is(err, closed) || len(w.calls) != 0 {
		t.Errorf("Publish() = %v after %d calls, want %v and none", err, len(w.calls), closed)
	}
}
