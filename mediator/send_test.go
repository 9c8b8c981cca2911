package mediator_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/mediator"
)

type Order struct{ ID string }

type PlaceOrder struct {
	mediator.Command[Order]
	CustomerID string
}

type CancelOrder struct {
	mediator.Command[mediator.None]
	OrderID string
}

type ListOrders struct {
	mediator.StreamQuery[Order]
	Count int
}

func place(_ context.Context, cmd PlaceOrder) (Order, error) {
	return Order{ID: "for " + cmd.CustomerID}, nil
}

func TestSendAnswersWithTheTypeOfTheMessage(t *testing.T) {
	t.Parallel()
	m := mediator.New()
	mediator.Handle(m, place)
	order, err := mediator.Send(t.Context(), m, PlaceOrder{CustomerID: "ada"})
	if err != nil || order.ID != "for ada" {
		t.Errorf("Send() = %v, %v, want an order for ada", order, err)
	}
}

func TestSendWithoutTelemetryOrBehaviorsAllocatesNothing(t *testing.T) {
	m := mediator.New()
	mediator.Handle(m, place2)
	ctx := context.Background() //nolint:usetesting // a background context is the cheapest, which is what is asserted
	got := testing.AllocsPerRun(1000, func() {
		_, _ = mediator.Send(ctx, m, CountOrders{Status: "pending"})
	})
	if got != 0 {
		t.Errorf("Send allocates %v times, want 0", got)
	}
}

type CountOrders struct {
	mediator.Query[int]
	Status string
}

func place2(_ context.Context, q CountOrders) (int, error) { return len(q.Status), nil }

func BenchmarkSend(b *testing.B) {
	m := mediator.New()
	mediator.Handle(m, place2)
	ctx := context.Background()
	b.Run("direct", func(b *testing.B) {
		b.ReportAllocs()
		f := place2
		for b.Loop() {
			_, _ = f(ctx, CountOrders{Status: "pending"})
		}
	})
	b.Run("off", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = mediator.Send(ctx, m, CountOrders{Status: "pending"})
		}
	})
}

func TestStreamYieldsUntilTheConsumerStops(t *testing.T) {
	t.Parallel()
	m := mediator.New()
	mediator.HandleStream(m, func(_ context.Context, q ListOrders) iter.Seq2[Order, error] {
		return func(yield func(Order, error) bool) {
			for range q.Count {
				if !yield(Order{}, nil) {
					return
				}
			}
			yield(Order{}, fault.New(fault.Unavailable, "that was all"))
		}
	})
	var n int
	var last error
	for _, err := range mediator.Stream(t.Context(), m, ListOrders{Count: 3}) {
		n, last = n+1, err
	}
	if n != 4 || fault.KindOf(last) != fault.Unavailable {
		t.Errorf("got %d pairs ending with %v", n, last)
	}
	for range mediator.Stream(t.Context(), m, ListOrders{Count: 3}) {
		break
	}
}

func TestBuildReportsEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	m := mediator.New()
	mediator.Handle(m, place)
	mediator.Handle(m, place)
	mediator.Require[CancelOrder](m, "PUT /orders/{id}/cancel")
	mediator.On(m, func(context.Context, *Order) error { return nil })
	err := m.Build()
	if err == nil {
		t.Fatal("Build() = nil")
	}
	t.Log(err)
	for _, want := range []string{"PlaceOrder has two handlers", "send_test.go:", "CancelOrder has no handler, but PUT /orders/{id}/cancel"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("report lacks %q:\n%v", want, err)
		}
	}
	_, err = mediator.Send(t.Context(), mediator.New(), &PlaceOrder{})
	if err == nil || !strings.Contains(err.Error(), "by value") {
		t.Error(err)
	}
	_ = errors.ErrUnsupported
}
