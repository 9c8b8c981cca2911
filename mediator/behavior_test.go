package mediator_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/mediator"
)

// note returns a behavior that writes its name down before and after what it surrounds.
func note(notes *[]string, name string) mediator.Behavior {
	return func(ctx context.Context, msg mediator.Message, next func(context.Context) error) error {
		*notes = append(*notes, name+" "+msg.Kind.String()+" "+msg.Type)
		err := next(ctx)
		*notes = append(*notes, name+" done")
		return err
	}
}

func TestBehaviorsSurroundWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	var notes []string
	m := newMediator()
	m.Use(mediator.All, note(&notes, "all"))
	m.Use(mediator.Queries, note(&notes, "queries"))
	mediator.Around(m, func(ctx context.Context, cmd PlaceOrder, next mediator.Next[PlaceOrder, Order]) (Order, error) {
		notes = append(notes, "one type")
		return next(ctx, cmd)
	})
	m.Use(mediator.Commands, note(&notes, "commands"))
	if _, err := mediator.Send(t.Context(), m, PlaceOrder{}); err != nil {
		t.Fatal(err)
	}
	want := []string{"all command PlaceOrder", "one type", "commands command PlaceOrder", "commands done", "all done"}
	if !slices.Equal(notes, want) {
		t.Errorf("got %q, want %q", notes, want)
	}
	notes = nil
	if _, err := mediator.Send(t.Context(), m, CountOrders{}); err != nil {
		t.Fatal(err)
	}
	want = []string{"all query CountOrders", "queries query CountOrders", "queries done", "all done"}
	if !slices.Equal(notes, want) {
		t.Errorf("got %q, want %q", notes, want)
	}
}

func TestABehaviorSeesTheMessageAndPassesAContextOn(t *testing.T) {
	t.Parallel()
	type key struct{}
	m := newMediator()
	m.Use(mediator.All, func(ctx context.Context, msg mediator.Message, next func(context.Context) error) error {
		return next(context.WithValue(ctx, key{}, msg.Value.(PlaceOrder).Customer))
	})
	mediator.Around(m, func(ctx context.Context, cmd PlaceOrder, next mediator.Next[PlaceOrder, Order]) (Order, error) {
		cmd.Customer = "for " + ctx.Value(key{}).(string)
		return next(ctx, cmd)
	})
	order, err := mediator.Send(t.Context(), m, PlaceOrder{Customer: "ada"})
	if err != nil || order.Customer != "for ada" {
		t.Errorf("Send() = %v, %v, want an order for ada", order, err)
	}
}

func TestABehaviorMayAnswerInTheHandlersPlace(t *testing.T) {
	t.Parallel()
	m := newMediator()
	mediator.Around(m, func(context.Context, CountOrders, mediator.Next[CountOrders, int]) (int, error) { return 42, nil })
	if n, err := mediator.Send(t.Context(), m, CountOrders{}); err != nil || n != 42 {
		t.Errorf("Send() = %d, %v, want 42", n, err)
	}
}

func TestABehaviorMayRefuse(t *testing.T) {
	t.Parallel()
	refusal := errors.New("closed")
	m := newMediator()
	m.Use(mediator.Commands, func(ctx context.Context, _ mediator.Message, next func(context.Context) error) error {
		return errors.Join(next(ctx), refusal)
	})
	order, err := mediator.Send(t.Context(), m, PlaceOrder{Customer: "ada"})
	if !errors.Is(err, refusal) || order != (Order{}) {
		t.Errorf("Send() = %v, %v, want no order and %v", order, err, refusal)
	}
}

func TestABehaviorThatForgetsToGoOnIsAnError(t *testing.T) {
	t.Parallel()
	m := newMediator()
	m.Use(mediator.All, func(context.Context, mediator.Message, func(context.Context) error) error { return nil })
	_, err := mediator.Send(t.Context(), m, CountOrders{})
	if err == nil || !strings.Contains(err.Error(), "neither called next nor returned an error for CountOrders") {
		t.Errorf("Send() = %v, want that the behavior did nothing", err)
	}
}

func TestABehaviorThatHidesAnErrorIsAnError(t *testing.T) {
	t.Parallel()
	defect := errors.New("no oven")
	m := newMediator()
	m.Use(mediator.All, func(ctx context.Context, _ mediator.Message, next func(context.Context) error) error {
		_ = next(ctx)
		return nil
	})
	_, err := mediator.Send(t.Context(), m, CancelOrder{Reason: defect})
	if !errors.Is(err, defect) || !strings.Contains(err.Error(), "returned no error for CancelOrder") {
		t.Errorf("Send() = %v, want the hidden error and who hid it", err)
	}
}
