package simulate

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// watch takes on orders that nobody cares for, until ctx ends. An order may have been placed just now by a customer who
// does not have the answer yet, so only one that is seen twice counts.
func (s *simulation) watch(ctx, work context.Context) {
	var before map[string]bool
	for {
		wait := 5 * time.Second
		if since, _ := s.client.outage(); !since.IsZero() {
			wait = time.Second // to see the pizzeria return
		}
		pause(ctx, wait)
		if ctx.Err() != nil {
			return
		}
		seen := map[string]bool{}
		for _, o := range s.strays(work) {
			if seen[o.id] = true; before[o.id] {
				s.adopt(o)
			}
		}
		before = seen
	}
}

// find takes on all orders that nobody cares for, while none are being placed, and returns how many.
func (s *simulation) find(ctx context.Context) int {
	found := s.strays(ctx)
	for _, o := range found {
		s.adopt(o)
	}
	return len(found)
}

func (s *simulation) adopt(o *order) {
	if s.book.full() || !s.book.take(o) {
		return
	}
	s.book.count(func(t *tally) { t.found++ })
	s.route(o)
}

// strays returns open orders that are not in hand, the furthest first, as many as there is room for.
func (s *simulation) strays(ctx context.Context) []*order {
	var found []*order
	for _, status := range []string{out, ready, cooking, pending} {
		for cursor, more := "", true; more; more = cursor != "" {
			var page struct {
				Orders []struct{ ID, Status string }
				Next   string
			}
			a, err := s.client.do(ctx, get("/api/orders?limit=100&status="+status+"&cursor="+url.QueryEscape(cursor)))
			if err != nil || a.status != http.StatusOK || !a.decode(&page) {
				return found
			}
			for _, o := range page.Orders {
				if !s.book.holds(o.ID) {
					found = append(found, foundOrder(s.config.Seed, o.ID, o.Status))
				}
			}
			if len(found) > s.book.limit {
				return found
			}
			cursor = page.Next
		}
	}
	return found
}
