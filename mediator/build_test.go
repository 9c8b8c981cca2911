package mediator_test

import (
	"context"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/mediator"
)

type BadTag struct {
	mediator.Command[mediator.None]
	Items []string `otel:"items"`
}

type BadOption struct {
	mediator.Command[mediator.None]
	ID string `otel:"id,upper"`
}

type HiddenTag struct {
	mediator.Command[mediator.None]
	id string `otel:"id"` //nolint:unused // its being there is the test
}

// handleNamesake handles a command that is another BadTag, as one of another package would be.
func handleNamesake(m *mediator.Mediator) {
	type BadTag struct {
		mediator.Command[mediator.None]
	}
	mediator.HandleNone(m, func(context.Context, BadTag) error { return nil })
}

func TestBuildReportsEverythingThatIsWrongAtOnce(t *testing.T) {
	t.Parallel()
	m := newMediator()
	mediator.Handle(m, place)
	mediator.HandleNone[CancelOrder](m, nil)
	mediator.HandleNone(m, func(context.Context, BadTag) error { return nil })
	mediator.HandleNone(m, func(context.Context, BadOption) error { return nil })
	mediator.HandleNone(m, func(context.Context, HiddenTag) error { return nil })
	mediator.Handle(m, func(context.Context, *CountOrders) (int, error) { return 0, nil })
	mediator.On(m, func(context.Context, *OrderCreatedEvent) error { return nil })
	mediator.On[OrderCreatedEvent](m, nil)
	mediator.Require[ListOrders](m, "GET /orders")
	mediator.Around(m, func(context.Context, Unhandled, mediator.Next[Unhandled, int]) (int, error) { return 0, nil })
	m.Use(mediator.All, nil)
	mediator.On(m, func(context.Context, Odd) error { return nil })
	handleNamesake(m)
	err := m.Build()
	if err == nil {
		t.Fatal("Build() = nil, want a report")
	}
	for _, want := range []string{
		"PlaceOrder has two handlers: github.com/neuroglia-go/neuroglia/mediator_test.place (send_test.go:",
		"and github.com/neuroglia-go/neuroglia/mediator_test.place (build_test.go:",
		"the handler of mediator_test.CancelOrder is nil",
		`BadTag.Items: tag otel:"items": []string cannot be an attribute`,
		`BadOption.ID: tag otel:"id,upper": unknown option "upper": use len or aggregate`,
		`HiddenTag.id: tag otel:"id": the field is not exported`,
		"a handler takes *mediator_test.CountOrders: take mediator_test.CountOrders by value",
		"a handler takes *mediator_test.OrderCreatedEvent: take mediator_test.OrderCreatedEvent by value",
		"the handler of mediator_test.OrderCreatedEvent is nil",
		"ListOrders has no handler, but GET /orders sends it",
		"Unhandled has no handler, but the behavior of build_test.go:",
		"the behavior is nil",
		`Odd.C: tag otel:"c": chan int cannot be an attribute`,
		"have one name in telemetry, command BadTag: rename one",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the report lacks %q:\n%v", want, err)
		}
	}
	if n := strings.Count(err.Error(), "build_test.go:"); n < 9 {
		t.Errorf("the report names %d places, want every one:\n%v", n, err)
	}
	if _, sendErr := mediator.Send(t.Context(), m, PlaceOrder{}); sendErr == nil || sendErr.Error() != err.Error() {
		t.Errorf("Send() = %v, want the report", sendErr)
	}
}

type Unhandled struct{ mediator.Query[int] }

func TestBuildOfASoundMediatorSucceedsAndMayBeRepeated(t *testing.T) {
	t.Parallel()
	m := newMediator()
	mediator.Require[PlaceOrder](m, "POST /orders")
	for range 2 {
		if err := m.Build(); err != nil {
			t.Error(err)
		}
	}
}

func TestNothingCanBeRegisteredAfterBuild(t *testing.T) {
	t.Parallel()
	m := mediator.New()
	if err := m.Build(); err != nil {
		t.Fatal(err)
	}
	for name, register := range map[string]func(){
		"Handle": func() { mediator.Handle(m, place) },
		"On":     func() { mediator.On(m, func(context.Context, OrderCreatedEvent) error { return nil }) },
		"Use":    func() { m.Use(mediator.All, note(new([]string), "")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if v, _ := recover().(string); !strings.Contains(v, "after the mediator was built") {
					t.Errorf("got panic %q, want that the mediator was built", v)
				}
			}()
			register()
		})
	}
}
