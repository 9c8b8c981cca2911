package e2e_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func TestBadInputIsRefusedWithWhatIsWrong(t *testing.T) {
	t.Parallel()
	p := start(t, "OTEL_SDK_DISABLED=true")
	id := p.order()
	tests := map[string]struct {
		method, path, body string
		status             int
		names              string // the field, or what else is said
	}{
		"broken JSON":     {"POST", "/api/orders", `{"customer_id":`, 400, "body"},
		"no JSON":         {"POST", "/api/orders", `hello`, 400, "body"},
		"wrong type":      {"POST", "/api/orders", `{"customer_id":7,"items":[{"pizza_id":"margherita","quantity":2}]}`, 422, "body.customer_id"},
		"unknown field":   {"POST", "/api/orders", `{"customer_id":"c","tip":1,"items":[{"pizza_id":"margherita","quantity":2}]}`, 422, "body.tip"},
		"missing field":   {"POST", "/api/orders", `{"items":[{"pizza_id":"margherita","quantity":2}]}`, 422, "customer_id"},
		"no items":        {"POST", "/api/orders", `{"customer_id":"c","items":[]}`, 422, "body.items"},
		"no pizza":        {"POST", "/api/orders", `{"customer_id":"c","items":[{"pizza_id":"hawaii","quantity":2}]}`, 422, "items[0].pizza_id"},
		"no such topping": {"POST", "/api/orders", `{"customer_id":"c","items":[{"pizza_id":"margherita","quantity":2,"toppings":["glass"]}]}`, 422, "body.items[0].toppings[0]"},
		"minus one pizza": {"POST", "/api/orders", `{"customer_id":"c","items":[{"pizza_id":"margherita","quantity":-1}]}`, 422, "body.items[0].quantity"},
		"half a pizza":    {"POST", "/api/orders", `{"customer_id":"c","items":[{"pizza_id":"margherita","quantity":0.5}]}`, 422, "body.items[0].quantity"},
		"bad customer id": {"POST", "/api/orders", `{"customer_id":"a b/c","items":[{"pizza_id":"margherita","quantity":2}]}`, 422, "body.customer_id"},
		"10 MB":           {"POST", "/api/orders", `{"customer_id":"` + strings.Repeat("c", 10<<20) + `"}`, 413, ""},
		"empty body":      {"POST", "/api/orders", ``, 422, "customer_id"},
		"bad cursor":      {"GET", "/api/orders?cursor=nonsense", "", 422, "cursor"},
		"bad limit":       {"GET", "/api/orders?limit=lots", "", 422, "query.limit"},
		"negative limit":  {"GET", "/api/orders?limit=-1", "", 422, "query.limit"},
		"bad status":      {"GET", "/api/orders?status=burnt", "", 422, "query.status"},
		"id with space":   {"GET", "/api/orders/a%20b", "", 422, "path.id"},
		"id with slash":   {"GET", "/api/orders/a%2Fb", "", 422, "path.id"},
		"unknown order":   {"GET", "/api/orders/nothing", "", 404, "nothing"},
		"unknown route":   {"GET", "/api/pasta", "", 404, ""},
		"wrong method":    {"DELETE", "/api/menu", "", 405, ""},
		"ready too early": {"PUT", "/api/orders/" + id + "/ready", "", 409, "pending"},
		"cook unknown":    {"PUT", "/api/orders/nothing/cook", "", 404, "nothing"},
		"no driver":       {"PUT", "/api/orders/" + id + "/assign", `{}`, 422, "driver"},
		"no reason":       {"PUT", "/api/orders/" + id + "/cancel", `{"reason":""}`, 422, "body.reason"},
	}
	for name, test := range tests {
		got := p.do(test.method, test.path, test.body)
		var problem struct {
			Status int    `json:"status"`
			Title  string `json:"title"`
		}
		if err := json.Unmarshal([]byte(got.Body), &problem); err != nil {
			t.Errorf("%s: the answer is no JSON: %s", name, got.Body)
		}
		if kind := got.Header.Get("Content-Type"); kind != "application/problem+json" {
			t.Errorf("%s: got content type %q, want application/problem+json", name, kind)
		}
		if got.Status != test.status || problem.Status != test.status || problem.Title == "" {
			t.Errorf("%s: got status %d, want %d: %s", name, got.Status, test.status, got.Body)
		}
		if !strings.Contains(got.Body, test.names) {
			t.Errorf("%s: %q is not named: %s", name, test.names, got.Body)
		}
	}
	if list := p.list(""); len(list.Orders) != 1 {
		t.Errorf("got %d orders, want the one that was right", len(list.Orders))
	}
	p.do(http.MethodGet, "/api/customers/c", "").want(t, http.StatusNotFound)
}

func TestANewOrderSaysWhereItIs(t *testing.T) {
	t.Parallel()
	p := start(t, "OTEL_SDK_DISABLED=true", "DATABASE_URL=memory:")
	placed := p.do(http.MethodPost, "/api/orders", twoMargheritas).want(t, http.StatusCreated)
	p.do(http.MethodGet, placed.Header.Get("Location"), "").want(t, http.StatusOK)
}

func TestOrdersAreListedPageByPage(t *testing.T) {
	t.Parallel()
	p := start(t, "OTEL_SDK_DISABLED=true", "DATABASE_URL=memory:")
	placed := []string{p.order(), p.order(), p.order()}
	p.do(http.MethodPut, "/api/orders/"+placed[1]+"/cancel", `{"reason":"hungry no more"}`).want(t, http.StatusOK)
	var got []string
	for cursor := ""; ; {
		list := p.list("?limit=1&status=pending&customer_id=cust_123&cursor=" + cursor)
		for _, order := range list.Orders {
			got = append(got, order.ID)
		}
		if cursor = list.Next; cursor == "" {
			break
		}
	}
	if want := placed[0] + " " + placed[2]; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// orders is a page of orders.
type orders struct {
	Orders []struct {
		ID string `json:"id"`
	} `json:"orders"`
	Next string `json:"next"`
}

func (p *pizzeria) list(query string) orders {
	p.t.Helper()
	page := p.do(http.MethodGet, "/api/orders"+query, "").want(p.t, http.StatusOK)
	var list orders
	if err := json.Unmarshal([]byte(page.Body), &list); err != nil {
		p.t.Fatal(err)
	}
	return list
}
