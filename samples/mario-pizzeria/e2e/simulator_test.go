package e2e_test

import (
	"context"
	"net/url"
	"testing"

	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/simulate"
)

// simulator is a simulation in this process, which the race detector watches.
type simulator struct {
	t        *testing.T
	stop     context.CancelFunc
	progress *output
	done     chan struct{}
	summary  simulate.Summary
	err      error
}

// simulation starts one at the pizzeria. It is stopped at the end of the test.
func simulation(t *testing.T, p *pizzeria, c simulate.Config) *simulator {
	t.Helper()
	var err error
	if c.URL, err = url.Parse(p.url); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &simulator{t: t, stop: stop, progress: &output{line: make(chan string)}, done: make(chan struct{})}
	go func() {
		defer close(s.done)
		s.summary, s.err = simulate.Run(ctx, c, s.progress)
	}()
	t.Cleanup(func() { stop(); <-s.done })
	return s
}

func (s *simulator) ended() bool {
	select {
	case <-s.done:
		if s.err != nil {
			s.t.Fatal(s.err)
		}
		return true
	default:
		return false
	}
}

// agrees fails the test unless the pizzeria has the orders that the summary says, and returns it.
func (s *simulator) agrees(p *pizzeria) simulate.Summary {
	s.t.Helper()
	sum, all := s.summary, 0
	for _, status := range []string{"pending", "cooking", "ready", "out_for_delivery", "delivered", "cancelled"} {
		all += p.count(status)
	}
	got := []int{all, p.count("delivered"), p.count("cancelled")}
	want := []int{sum.Placed + sum.Found, sum.Delivered, sum.Cancelled}
	for i, what := range []string{"orders", "delivered", "cancelled"} {
		if got[i] != want[i] {
			s.t.Errorf("%s: the pizzeria has %d, the summary says %d:\n%s", what, got[i], want[i], sum)
		}
	}
	return sum
}

// count returns how many orders are in a stage.
func (p *pizzeria) count(status string) int {
	p.t.Helper()
	n := 0
	for cursor := ""; ; {
		page := p.list("?limit=500&status=" + status + "&cursor=" + url.QueryEscape(cursor))
		n += len(page.Orders)
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	return n
}
