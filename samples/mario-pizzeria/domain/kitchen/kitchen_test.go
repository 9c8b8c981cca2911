package kitchen_test

import (
	"slices"
	"testing"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/kitchen"
)

func TestTheKitchenCooksAsManyOrdersAsItHasOvens(t *testing.T) {
	t.Parallel()
	k := kitchen.New()
	for _, id := range []string{"a", "b", "c", "d"} {
		if err := k.Take(id); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.Take("e"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("got %v for a fifth order, want a conflict", err)
	}
	k.Release("b")
	k.Release("never there")
	if err := k.Take("e"); err != nil {
		t.Errorf("got %v although an oven is free", err)
	}
	if got, want := k.Cooking(), []string{"a", "c", "d", "e"}; !slices.Equal(got, want) {
		t.Errorf("got %v in the ovens, want %v", got, want)
	}
}

func TestAnOrderHasOneOvenHoweverOftenItTakesOne(t *testing.T) {
	t.Parallel()
	k := kitchen.New()
	if err := k.Take("a"); err != nil {
		t.Fatal(err)
	}
	if err := k.Take("a"); err != nil || k.Free() != kitchen.Ovens-1 {
		t.Errorf("got %v and %d free ovens, want that it keeps its one", err, k.Free())
	}
}
