package mediator_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

type Order struct{ Customer string }

type PlaceOrder struct {
	mediator.Command[Order]
	Customer string
}

type CancelOrder struct {
	mediator.Command[mediator.None]
	Reason error
}

type CountOrders struct {
	mediator.Query[int]
	Status string
}

func place(_ context.Context, cmd PlaceOrder) (Order, error) {
	return Order{Customer: cmd.Customer}, nil
}

func cancel(_ context.Context, cmd CancelOrder) error { return cmd.Reason }

func count(_ context.Context, q CountOrders) (int, error) { return len(q.Status), nil }

// newMediator returns a mediator with all of the handlers above that logs nothing.
func newMediator() *mediator.Mediator {
	m := mediator.New(mediator.WithTelemetry(telemetry.Providers{Logger: slog.New(slog.DiscardHandler)}))
	mediator.Handle(m, place)
	mediator.HandleNone(m, cancel)
	mediator.Handle(m, count)
	return m
}

func TestSendAnswersWithTheTypeThatTheMessageNames(t *testing.T) {
	t.Parallel()
	m := newMediator()
	order, err := mediator.Send(t.Context(), m, PlaceOrder{Customer: "ada"})
	if err != nil || order.Customer != "ada" {
		t.Errorf("Send() = %v, %v, want ada's order", order, err)
	}
	n, err := mediator.Send(t.Context(), m, CountOrders{Status: "four"})
	if err != nil || n != 4 {
		t.Errorf("Send() = %d, %v, want 4", n, err)
	}
}

func TestSendReturnsTheErrorOfTheHandler(t *testing.T) {
	t.Parallel()
	refusal := fault.New(fault.Conflict, "too late")
	_, err := mediator.Send(t.Context(), newMediator(), CancelOrder{Reason: refusal})
	if !errors.Is(err, refusal) || err.Error() != "too late" {
		t.Errorf("Send() = %v, want %v", err, refusal)
	}
	defect := errors.New("no oven")
	_, err = mediator.Send(t.Context(), newMediator(), CancelOrder{Reason: defect})
	if !errors.Is(err, defect) || err.Error() != "no oven" || !telemetry.Recorded(err) {
		t.Errorf("Send() = %v, want %v, marked as logged", err, defect)
	}
}

func TestAPanicIsAnErrorOfTheSender(t *testing.T) {
	t.Parallel()
	m := newMediator()
	m.Use(mediator.Queries, func(context.Context, mediator.Message, func(context.Context) error) error { panic("no") })
	n, err := mediator.Send(t.Context(), m, CountOrders{})
	if err == nil || !strings.Contains(err.Error(), "panic: no") || n != 0 {
		t.Errorf("Send() = %d, %v, want the panic", n, err)
	}
}

func TestAHandlerIsNotCalledOnceTheContextHasEnded(t *testing.T) {
	t.Parallel()
	ctx, end := context.WithCancel(t.Context())
	end()
	if _, err := mediator.Send(ctx, newMediator(), PlaceOrder{Customer: "ada"}); !errors.Is(err, context.Canceled) {
		t.Errorf("Send() = %v, want %v", err, context.Canceled)
	}
}

func TestSendSaysWhatIsWrongWithAMessageNobodyHandles(t *testing.T) {
	t.Parallel()
	_, err := mediator.Send(t.Context(), mediator.New(), PlaceOrder{})
	if err == nil || !strings.Contains(err.Error(), "mediator_test.PlaceOrder has no handler") {
		t.Errorf("Send() = %v, want that there is no handler", err)
	}
	_, err = mediator.Send(t.Context(), newMediator(), &PlaceOrder{})
	if err == nil || !strings.Contains(err.Error(), "send mediator_test.PlaceOrder by value") {
		t.Errorf("Send() = %v, want that it is sent by value", err)
	}
}

func TestSendIsSafeForConcurrentUseFromTheFirstMessage(t *testing.T) {
	t.Parallel()
	m := newMediator()
	var senders sync.WaitGroup
	for range 16 {
		senders.Go(func() {
			for range 100 {
				if n, err := mediator.Send(t.Context(), m, CountOrders{Status: "four"}); err != nil || n != 4 {
					t.Errorf("Send() = %d, %v, want 4", n, err)
				}
			}
		})
	}
	senders.Wait()
}

// It is not parallel, since other tests' allocations would count.
func TestSendWithoutTelemetryAndBehaviorsAllocatesNothing(t *testing.T) { //nolint:paralleltest // see above
	m := newMediator()
	ctx := t.Context()
	allocations := testing.AllocsPerRun(1000, func() {
		_, _ = mediator.Send(ctx, m, CountOrders{Status: "pending"})
	})
	if allocations != 0 {
		t.Errorf("Send allocates %v times, want 0", allocations)
	}
}
