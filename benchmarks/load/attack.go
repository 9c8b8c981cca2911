package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// The mixes of requests.
const (
	placeOrder = "place-order"
	getOrder   = "get-order"
	mixed      = "20/80" // of placing and getting
)

const (
	customers = 100 // who have ordered before the load begins
	known     = 200 // orders that are asked for
)

// load is a mix of requests to one service.
type load struct {
	target vegeta.Targeter
}

// result is what came of an attack. Latencies are in milliseconds.
type result struct {
	requests            int
	failures            map[uint16]int // by status, 0 for no answer
	took                time.Duration
	throughput          float64 // of good answers, per second
	p50, p99, p999, max float64
}

// failed returns the number of requests without a good answer.
func (r result) failed() int {
	n := 0
	for _, failures := range r.failures {
		n += failures
	}
	return n
}

// newLoad prepares a service for a mix: there are customers, and orders to ask for.
func newLoad(ctx context.Context, base, mix string) (*load, error) {
	urls := make([]string, known)
	for i := range urls {
		id, err := place(ctx, base, order(i%customers))
		if err != nil {
			return nil, err
		}
		urls[i] = base + "/api/orders/" + id
	}
	bodies := make([][]byte, customers)
	for i := range bodies {
		bodies[i] = order(i)
	}
	header := http.Header{"Content-Type": {"application/json"}}
	var n atomic.Uint64
	target := func(t *vegeta.Target) error {
		i := n.Add(1)
		if mix == placeOrder || mix == mixed && i%5 == 0 {
			t.Method, t.URL, t.Body, t.Header = http.MethodPost, base+"/api/orders", bodies[i%customers], header
		} else {
			t.Method, t.URL = http.MethodGet, urls[i%known]
		}
		return nil
	}
	return &load{target}, nil
}

// order returns an order of two kinds of pizza.
func order(customer int) []byte {
	r := rand.New(rand.NewPCG(1, uint64(customer)))
	return fmt.Appendf(nil, `{"customer_id":"regular_%03d","items":[`+
		`{"pizza_id":"margherita","quantity":%d,"size":"large","toppings":["basil"]},`+
		`{"pizza_id":"diavola","quantity":1,"size":"medium"}]}`, customer, 1+r.IntN(3))
}

// place places an order and returns its identity.
func place(ctx context.Context, base string, body []byte) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/api/orders", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", fmt.Errorf("place an order: %w", err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	var placed struct {
		ID string `json:"id"`
	}
	if err != nil || response.StatusCode != http.StatusCreated || json.Unmarshal(raw, &placed) != nil {
		return "", fmt.Errorf("place an order: the pizzeria answers %s: %s", response.Status, raw)
	}
	return placed.ID, nil
}

// saturate has so many callers who each call again as soon as they are answered.
func (l *load) saturate(callers int, d time.Duration) result {
	return l.attack(vegeta.Rate{}, d, vegeta.Workers(uint64(callers)), vegeta.MaxWorkers(uint64(callers)))
}

// pace sends requests at a constant rate, however long the answers take.
func (l *load) pace(rate float64, d time.Duration) result {
	return l.attack(vegeta.Rate{Freq: max(int(rate), 1), Per: time.Second}, d)
}

func (l *load) attack(pace vegeta.Pacer, d time.Duration, options ...func(*vegeta.Attacker)) result {
	const connections = 1000
	options = append(options, vegeta.MaxBody(0), vegeta.Connections(connections), vegeta.Timeout(10*time.Second))
	attacker := vegeta.NewAttacker(options...)
	defer attacker.Stop()
	var m vegeta.Metrics
	failures := map[uint16]int{}
	for r := range attacker.Attack(l.target, pace, d, "") {
		m.Add(r)
		if r.Code < 200 || r.Code > 299 {
			failures[r.Code]++
		}
	}
	m.Close()
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return result{
		requests: int(m.Requests), failures: failures, took: m.Duration + m.Wait,
		p50: ms(m.Latencies.P50), p99: ms(m.Latencies.P99), p999: ms(m.Latencies.Quantile(0.999)), max: ms(m.Latencies.Max),
	}
}
