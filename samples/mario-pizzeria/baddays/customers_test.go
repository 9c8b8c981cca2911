package baddays_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// customers place orders, and remember what they were promised.
type customers struct {
	fronts []string
	client *http.Client

	mu       sync.Mutex
	promised []string // the orders that were acknowledged
	answers  map[string]int
	slowest  time.Duration
	retries  int // refusals with Retry-After
}

func newCustomers(fronts []string) *customers {
	return &customers{fronts: fronts, client: &http.Client{Timeout: 10 * time.Second}, answers: map[string]int{}}
}

// order orders so many times a second until ctx ends.
func (c *customers) order(ctx context.Context, rate int) {
	ticker := time.NewTicker(time.Second / time.Duration(rate))
	defer ticker.Stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			wg.Go(func() { c.orderOnce(context.WithoutCancel(ctx), c.fronts[n%len(c.fronts)], n) })
		}
	}
}

func (c *customers) orderOnce(ctx context.Context, front string, n int) {
	began := time.Now()
	body := fmt.Sprintf(`{"customer_id":"cust_%d","items":[{"pizza_id":"margherita","quantity":1}]}`, n%20)
	response, err := c.post(ctx, front+"/api/orders", body)
	took := time.Since(began)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.answers["no answer"]++
		return
	}
	c.answers[fmt.Sprint(response.status)]++
	if response.status == http.StatusCreated {
		c.promised = append(c.promised, response.id)
		c.slowest = max(c.slowest, took)
	}
	if response.retryAfter {
		c.retries++
	}
}

type answer struct {
	status     int
	id         string
	retryAfter bool
}

func (c *customers) post(ctx context.Context, url, body string) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := c.client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	var order struct {
		ID string `json:"id"`
	}
	if response.StatusCode == http.StatusCreated {
		err = json.Unmarshal(raw, &order)
	}
	return answer{response.StatusCode, order.ID, response.Header.Get("Retry-After") != ""}, err
}

// ledger is what became of the orders that were promised.
type ledger struct{ orders, lost, open, doubled int }

func (l ledger) String() string {
	return fmt.Sprintf("%d orders acknowledged, %d lost, %d not finished, %d told twice or not", l.orders, l.lost, l.open, l.doubled)
}

// placed is an order as the pizzeria shows it.
type placed struct {
	Status     string    `json:"status"`
	CustomerID string    `json:"customer_id"`
	PlacedAt   time.Time `json:"placed_at"`
}

// audit waits until every promised order has reached its end. It returns too when each customer's latest was placed.
func (c *customers) audit(t *testing.T, patience time.Duration) (ledger, map[string]time.Time) {
	t.Helper()
	l, latest := ledger{orders: len(c.promised)}, map[string]time.Time{}
	deadline := time.Now().Add(patience)
	for _, id := range c.promised {
		o := c.wait(t, id, deadline)
		switch o.Status {
		case "":
			l.lost++
			t.Errorf("order %s is lost", id)
		case "delivered":
		default:
			l.open++
			t.Errorf("order %s is still %s", id, o.Status)
		}
		if o.PlacedAt.After(latest[o.CustomerID]) {
			latest[o.CustomerID] = o.PlacedAt
		}
	}
	return l, latest
}

// wait returns an order as it ends up, and nothing if there is no such order.
func (c *customers) wait(t *testing.T, id string, deadline time.Time) placed {
	t.Helper()
	for {
		var o placed
		if code := c.get(t, "/api/orders/"+id, &o); code == http.StatusNotFound {
			return placed{}
		}
		if o.Status == "delivered" || time.Now().After(deadline) {
			return o
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// wantNoneHalfDone waits until no order is under way, not one whose customer got no answer either.
func (c *customers) wantNoneHalfDone(t *testing.T) {
	t.Helper()
	for _, status := range []string{"pending", "cooking", "ready", "out_for_delivery"} {
		var list struct{ Orders []struct{ ID string } }
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
			if c.get(t, "/api/orders?status="+status, &list); len(list.Orders) == 0 {
				break
			}
			if time.Now().After(deadline) {
				t.Errorf("%d orders that nobody was promised are still %s", len(list.Orders), status)
				break
			}
		}
	}
}

// get asks the first front that answers.
func (c *customers) get(t *testing.T, path string, into any) int {
	t.Helper()
	for attempt := range 200 {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.fronts[attempt%len(c.fronts)]+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := c.client.Do(request)
		if err != nil || response.StatusCode >= 500 {
			if err == nil {
				response.Body.Close()
			}
			time.Sleep(100 * time.Millisecond)
			continue
		}
		defer response.Body.Close()
		if response.StatusCode == http.StatusOK {
			if err := json.NewDecoder(response.Body).Decode(into); err != nil {
				t.Fatalf("GET %s: %v", path, err)
			}
		}
		return response.StatusCode
	}
	t.Fatalf("GET %s: nobody answers", path)
	return 0
}
