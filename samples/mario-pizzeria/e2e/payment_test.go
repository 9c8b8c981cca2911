package e2e_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/e2e/fakepay"
)

func TestAPaymentThatGoesWrongLeavesNoOrder(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		delay  time.Duration
		charge int // what the payment service answers
		status int // what the customer gets
		trace  string
	}{
		"refused": {charge: http.StatusPaymentRequired, status: http.StatusUnprocessableEntity, trace: `
POST /api/orders  SERVER
  Command.PlaceOrder
    Repository.get  Customer
      SELECT customers  CLIENT
    Repository.get  Pizza
      SELECT pizzas  CLIENT
    Repository.add  Order
      INSERT orders  CLIENT
    POST /charges  CLIENT  ERROR
    Repository.update  Order
      SELECT orders  CLIENT
      UPDATE orders  CLIENT
    DELETE /charges/{order}  CLIENT
    Repository.remove  Order
      DELETE orders  CLIENT
`},
		"failing": {charge: http.StatusInternalServerError, status: http.StatusServiceUnavailable, trace: `
POST /api/orders  SERVER  ERROR
  Command.PlaceOrder  ERROR
    Repository.get  Customer
      SELECT customers  CLIENT
    Repository.get  Pizza
      SELECT pizzas  CLIENT
    Repository.add  Order
      INSERT orders  CLIENT
    POST /charges  CLIENT  ERROR
    Repository.update  Order
      SELECT orders  CLIENT
      UPDATE orders  CLIENT
    DELETE /charges/{order}  CLIENT
    Repository.remove  Order
      DELETE orders  CLIENT
`},
		"slow": {delay: time.Minute, status: http.StatusServiceUnavailable, trace: `
POST /api/orders  SERVER  ERROR
  Command.PlaceOrder  ERROR
    Repository.get  Customer
      SELECT customers  CLIENT
    Repository.get  Pizza
      SELECT pizzas  CLIENT
    Repository.add  Order
      INSERT orders  CLIENT
    POST /charges  CLIENT  ERROR
    Repository.update  Order
      SELECT orders  CLIENT
      UPDATE orders  CLIENT
    DELETE /charges/{order}  CLIENT
    Repository.remove  Order
      DELETE orders  CLIENT
`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var service fakepay.Service
			service.Behave(test.delay, test.charge)
			server := httptest.NewServer(service.Handler())
			defer server.CloseClientConnections()
			c := startCollector(t)
			p := start(t, append(c.env("http/protobuf"), "PAYMENT_URL="+server.URL)...)
			p.do(http.MethodPost, "/api/orders", twoMargheritas).want(t, test.status)
			if list := p.do(http.MethodGet, "/api/orders", "").Body; list != `{"orders":[]}`+"\n" {
				t.Errorf("there are orders: %s", list)
			}
			p.do(http.MethodGet, "/api/customers/cust_123", "").want(t, http.StatusNotFound)
			if n := service.Charged(); n != 0 {
				t.Errorf("%d orders are charged, want none", n)
			}
			p.stop()
			c.stop()
			spans := c.spans()
			got := tree(spans, root(t, spans, "POST /api/orders").TraceID().String())
			if want := strings.TrimPrefix(test.trace, "\n"); got != want {
				t.Errorf("the trace is\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestAPaidOrderIsCharged(t *testing.T) {
	t.Parallel()
	var service fakepay.Service
	server := httptest.NewServer(service.Handler())
	defer server.Close()
	p := start(t, "OTEL_SDK_DISABLED=true", "PAYMENT_URL="+server.URL)
	p.order()
	if n := service.Charged(); n != 1 {
		t.Errorf("%d orders are charged, want 1", n)
	}
}
