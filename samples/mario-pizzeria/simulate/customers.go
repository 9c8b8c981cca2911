package simulate

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
)

// visit is a customer who looks around and orders.
func (s *simulation) visit(ctx context.Context, n uint64) {
	r := newRandom(s.config.Seed, n)
	b, fresh := fill(r, s.menu)
	if r.Float64() < 0.6 {
		s.look(ctx, r, get("/api/menu"))
	}
	id := s.place(ctx, r, b)
	if id == "" {
		return
	}
	if fresh {
		s.look(ctx, r, contact(r, b.CustomerID))
	}
	curious := []call{
		get("/api/orders/" + id), get("/api/orders?limit=5&customer_id=" + url.QueryEscape(b.CustomerID)),
		get("/api/customers/" + b.CustomerID), get("/api/kitchen"),
	}
	if at := weighted(r, 30, 10, 5, 5, 50); at < len(curious) {
		s.look(ctx, r, curious[at])
	}
}

// look makes a call whose answer changes nothing here.
func (s *simulation) look(ctx context.Context, r *rand.Rand, k call) {
	if s.goesWrong(r) {
		k = wrongLook(r)
	}
	_, _ = s.client.do(ctx, k) // the client remembers what matters
}

// contact tells the pizzeria how to reach a customer.
func contact(r *rand.Rand, customer string) call {
	return call{method: http.MethodPut, path: "/api/customers/" + customer, body: encode(map[string]string{
		"name":    "Customer " + customer[len(customer)-4:],
		"phone":   fmt.Sprintf("555-01%02d", r.IntN(100)),
		"address": fmt.Sprintf("%d Main Street", 1+r.IntN(200)),
	})}
}

// place places an order and returns its identity, or nothing if it was not to be.
func (s *simulation) place(ctx context.Context, r *rand.Rand, b basket) string {
	k := call{method: http.MethodPost, path: "/api/orders", body: encode(b)}
	if s.goesWrong(r) {
		k = wrongOrder(r, b)
	}
	a, err := s.client.do(ctx, k)
	var placed struct{ ID, Status string }
	switch {
	case err != nil && k.patience > 0:
		s.book.count(func(t *tally) { t.gaveUp++ })
	case err != nil || a.status >= http.StatusInternalServerError:
		s.book.count(func(t *tally) { t.failed++ })
	case a.status == http.StatusCreated && a.decode(&placed):
		s.book.count(func(t *tally) { t.placed++ })
		o := newOrder(placed.ID, placed.Status, r)
		if s.book.take(o) {
			s.route(o)
		}
		return placed.ID
	default:
		s.book.count(func(t *tally) { t.refused++ })
	}
	return ""
}
