package fault_test

import (
	"errors"
	"fmt"

	"github.com/neuroglia-go/neuroglia/fault"
)

// Domain code refuses with a kind, and names the part of the request at fault.
func ExampleNew() {
	err := fault.New(fault.Invalid, "there is no pizza %q on the menu", "hawaii").At("items[0].pizza_id")
	fmt.Println(err)
	fmt.Println(err.Kind, err.Kind.Refusal())
	// Output:
	// items[0].pizza_id: there is no pizza "hawaii" on the menu
	// invalid true
}

// The kind is found through whatever wraps the error.
func ExampleKindOf() {
	refused := fmt.Errorf("place order: %w", fault.New(fault.Rejected, "the kitchen is closed"))
	failed := errors.New("connection reset")
	fmt.Println(fault.KindOf(refused))
	fmt.Println(fault.KindOf(failed))
	fmt.Println(fault.KindOf(errors.Join(refused, failed)))
	// Output:
	// rejected
	// unexpected
	// unexpected
}

// The type of an error has few values and none of its text, so that it can be a label of a metric.
func ExampleTypeOf() {
	fmt.Println(fault.TypeOf(fault.New(fault.NotFound, "there is no order 4711")))
	fmt.Println(fault.TypeOf(errors.New("order 4711 is lost")))
	// Output:
	// not_found
	// *errors.errorString
}
