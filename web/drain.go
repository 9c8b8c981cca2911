package web

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// connections knows what each connection of a server is doing. http.Server.Shutdown alone is not enough: it drops the
// requests that it reads from then on, on connections that are open already.
type connections struct {
	mu      sync.Mutex
	states  map[net.Conn]http.ConnState
	changed chan struct{} // has an element after a change
}

func newConnections() *connections {
	return &connections{states: map[net.Conn]http.ConnState{}, changed: make(chan struct{}, 1)}
}

// track is the ConnState of the server.
func (c *connections) track(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	if state == http.StateClosed || state == http.StateHijacked {
		delete(c.states, conn)
	} else {
		c.states[conn] = state
	}
	c.mu.Unlock()
	select {
	case c.changed <- struct{}{}:
	default:
	}
}

func (c *connections) count() (all, active int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, state := range c.states {
		if state == http.StateActive {
			active++
		}
	}
	return len(c.states), active
}

// drained returns when no connection is left, or when all those left have been quiet for the grace given: until then
// their clients may be sending. It also returns when ctx ends.
func (c *connections) drained(ctx context.Context, grace time.Duration) {
	timer := time.NewTimer(grace)
	defer timer.Stop()
	over := false
	for {
		all, active := c.count()
		if all == 0 || over && active == 0 {
			return
		}
		select {
		case <-c.changed:
		case <-timer.C:
			over = true
		case <-ctx.Done():
			return
		}
	}
}
