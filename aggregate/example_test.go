package aggregate_test

import (
	"fmt"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/fault"
)

// Pizza is an aggregate: its state changes by verbs, which refuse what is not allowed and raise events.
type Pizza struct {
	aggregate.Root
	baked bool
}

// PizzaBaked says that a pizza can be eaten.
type PizzaBaked struct{ PizzaID string }

// Bake bakes the pizza.
func (p *Pizza) Bake() error {
	if p.baked {
		return fault.New(fault.Conflict, "pizza %s is baked already", p.ID())
	}
	p.baked = true
	p.Raise(PizzaBaked{PizzaID: p.ID()})
	return nil
}

func Example() {
	p := &Pizza{Root: aggregate.NewRoot("margherita-1")}
	fmt.Println(p.Bake())
	fmt.Println(p.Bake())
	for _, raised := range aggregate.Pending(p, "Pizza") {
		fmt.Printf("%T of %s %s, version %d\n", raised.Event, raised.AggregateType, raised.AggregateID, raised.Version)
	}
	// Output:
	// <nil>
	// pizza margherita-1 is baked already
	// aggregate_test.PizzaBaked of Pizza margherita-1, version 1
}
