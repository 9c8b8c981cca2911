package customer_test

import (
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/customer"
)

func TestACustomerIsRegisteredOnce(t *testing.T) {
	t.Parallel()
	c := customer.Register("ada")
	raised := aggregate.Pending(c, "Customer")
	if len(raised) != 1 || raised[0].Event != (customer.CustomerRegisteredEvent{CustomerID: "ada"}) {
		t.Errorf("raised %+v, want that ada was registered", raised)
	}
}

func TestACustomerRemembersTheLatestOrderInWhateverOrderTheyCome(t *testing.T) {
	t.Parallel()
	c, noon := customer.Register("ada"), time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	c.RememberOrder("second", noon.Add(time.Minute))
	c.RememberOrder("first", noon)
	c.RememberOrder("second", noon.Add(time.Minute))
	if got := c.LastOrderID(); got != "second" {
		t.Errorf("got %q, want the second", got)
	}
}
