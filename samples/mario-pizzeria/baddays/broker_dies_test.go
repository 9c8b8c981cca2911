package baddays_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo/postgrestest"
)

func TestTheBrokerIsAway(t *testing.T) {
	t.Parallel()
	b := newBroker(t, 1)
	p := open(t, postgrestest.URL(t), b.url(), "api", "kitchen", "delivery")
	waiting := outbox.Status{}
	c := p.busyDay(t, func(ctx context.Context) {
		pause(ctx, day(t)/6)
		b.nodes[0].kill()
		pause(ctx, day(t)/2)
		var err error
		if waiting, err = p.storage(t).Outbox().Status(t.Context()); err != nil {
			t.Error(err)
		}
		b.nodes[0].launch(t)
	})
	books := p.evening(t, c)
	t.Logf("the broker was away for %s; the outbox had %d events then, the oldest %s old; the slowest order took %s; %s",
		day(t)/2, waiting.Pending, waiting.Oldest.Round(time.Millisecond), c.slowest.Round(time.Millisecond), books)
	c.wantAllServed(t)
	if waiting.Pending < 10 {
		t.Errorf("%d events waited in the outbox, want those of the outage", waiting.Pending)
	}
}

func TestOneOfThreeBrokersDies(t *testing.T) {
	t.Parallel()
	b := newBroker(t, 3)
	p := open(t, postgrestest.URL(t), b.url(), "api", "kitchen", "delivery")
	kills := 0
	c := p.busyDay(t, func(ctx context.Context) {
		for turn := 0; ctx.Err() == nil; turn++ {
			node := b.nodes[turn%len(b.nodes)]
			pause(ctx, day(t)/6)
			node.kill()
			kills++
			pause(ctx, day(t)/6)
			node.launch(t)
			node.readyWithin(ctx, day(t)/3)
		}
	})
	for _, node := range b.nodes {
		node.ready(t)
	}
	books := p.evening(t, c)
	t.Logf("%d times one of three brokers was killed; the slowest order took %s; %s", kills, c.slowest.Round(time.Millisecond), books)
	c.wantAllServed(t)
}

// wantAllServed fails the test unless every customer got an answer, and in good time.
func (c *customers) wantAllServed(t *testing.T) {
	t.Helper()
	for answer, n := range c.answers {
		if answer != "201" {
			t.Errorf("%d customers were answered %s", n, answer)
		}
	}
	if c.slowest > 5*time.Second {
		t.Errorf("an order took %s: requests waited for the broker", c.slowest)
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// TestPostgreSQLRestarts cuts all connections and is away for a moment, again and again.
func TestPostgreSQLRestarts(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	p := open(t, server.Schema(t), newBroker(t, 1).url(), "api", "kitchen", "delivery")
	restarts := 0
	c := p.busyDay(t, func(ctx context.Context) {
		for ; ctx.Err() == nil; restarts++ {
			pause(ctx, day(t)/6)
			if restarts%2 == 0 {
				server.Stop(t)
			} else {
				server.Kill(t)
			}
			pause(ctx, day(t)/15)
			server.Restart(t)
		}
	})
	books := p.evening(t, c)
	t.Logf("%d restarts, %d refusals, of which %d say when to come again; %s", restarts, c.answers["503"], c.retries, books)
	if c.answers["503"] == 0 || c.retries != c.answers["503"] {
		t.Errorf("%d customers were answered 503, %d of them with Retry-After: want all", c.answers["503"], c.retries)
	}
	for answer, n := range c.answers {
		if answer != "201" && answer != "503" {
			t.Errorf("%d customers were answered %s", n, answer)
		}
	}
	for _, w := range p.workers {
		select {
		case <-w.exited:
			t.Errorf("%s ended:\n%s", w.name, w.printed())
		default:
		}
	}
	if response, err := http.Get(p.workers[0].url); err != nil || response.StatusCode != http.StatusOK {
		t.Error(errors.Join(err, errors.New("the front is not ready again")))
	}
}
