package mediator_test

import (
	"context"
	"fmt"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/mediator"
)

// Greet is a command that is answered with text.
type Greet struct {
	mediator.Command[string]
	Name string `otel:"greeting.name"`
}

func greet(_ context.Context, cmd Greet) (string, error) {
	if cmd.Name == "" {
		return "", fault.New(fault.Invalid, "is empty").At("name")
	}
	return "Hello, " + cmd.Name, nil
}

func ExampleSend() {
	m := mediator.New()
	mediator.Handle(m, greet)
	greeting, err := mediator.Send(context.Background(), m, Greet{Name: "Mario"})
	fmt.Println(greeting, err)
	// Output: Hello, Mario <nil>
}

func ExampleMediator_Use() {
	m := mediator.New()
	mediator.Handle(m, greet)
	m.Use(mediator.Commands, func(ctx context.Context, msg mediator.Message, next func(context.Context) error) error {
		fmt.Println("before", msg.Type)
		defer fmt.Println("after", msg.Type)
		return next(ctx)
	})
	_, _ = mediator.Send(context.Background(), m, Greet{Name: "Luigi"})
	// Output:
	// before Greet
	// after Greet
}

func ExampleAround() {
	m := mediator.New()
	mediator.Handle(m, greet)
	mediator.Around(m, func(ctx context.Context, cmd Greet, next mediator.Next[Greet, string]) (string, error) {
		if cmd.Name == "Bowser" {
			return "", fault.New(fault.Forbidden, "%s is not greeted", cmd.Name)
		}
		return next(ctx, cmd)
	})
	_, err := mediator.Send(context.Background(), m, Greet{Name: "Bowser"})
	fmt.Println(fault.KindOf(err), err)
	// Output: forbidden Bowser is not greeted
}

// Greeted is an event.
type Greeted struct{ Name string }

func ExampleOn() {
	m := mediator.New()
	mediator.On(m, func(_ context.Context, e Greeted) error {
		fmt.Println(e.Name, "was greeted")
		return nil
	})
	_ = mediator.Publish(context.Background(), m, Greeted{Name: "Peach"})
	// Output: Peach was greeted
}
