package simulate

import (
	"context"
	"net/http"
	"slices"
	"time"
)

// crew is those who move orders through some of the stages.
type crew struct {
	size   int
	stages []string
	orders chan *order
}

// newCrew returns a crew with room for as many orders as can be in hand.
func newCrew(size, room int, stages ...string) crew {
	return crew{size: size, stages: stages, orders: make(chan *order, room)}
}

func (c crew) handles(status string) bool { return slices.Contains(c.stages, status) }

// pace is how long something takes that should take d. The more orders wait, the faster the crew is.
func (c crew) pace(d time.Duration) time.Duration {
	return d * time.Duration(c.size) / time.Duration(c.size+len(c.orders))
}

// route gives an order to the crew that it is for. There is always room, since the book lets no more in.
func (s *simulation) route(o *order) {
	switch {
	case s.kitchen.handles(o.status):
		s.kitchen.orders <- o
	case s.drivers.handles(o.status):
		s.drivers.orders <- o
	default:
		s.book.release(o)
	}
}

// labour is what one of a crew does until ctx ends.
func (s *simulation) labour(ctx context.Context, c crew) {
	for {
		select {
		case <-ctx.Done():
			return
		case o := <-c.orders:
			if s.automatic {
				s.follow(ctx, o)
			}
			for ctx.Err() == nil && !s.automatic && c.handles(o.status) {
				s.take(c.pace(o.begin()))
				s.advance(ctx, o)
			}
			s.route(o)
		}
	}
}

// take lets the time pass that a stage takes. At closing time there is none.
func (s *simulation) take(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.closing:
	}
}

// advance tries to move an order to its next stage. If that fails, it takes a moment until it can be tried again.
func (s *simulation) advance(ctx context.Context, o *order) {
	before := o.status
	if s.goesWrong(o.random) {
		_, _ = s.client.do(ctx, wrongStep(o)) // the right call comes next, and finds what has become of the order
	} else {
		s.step(ctx, o)
	}
	if o.status == before {
		pause(ctx, moment)
	}
}

// follow looks how far an order is that moves along by itself, or cancels it if that is what its customer wants.
func (s *simulation) follow(ctx context.Context, o *order) {
	pause(ctx, moment)
	if o.status == o.cancelAt {
		s.step(ctx, o)
	} else {
		s.call(ctx, o, get("/api/orders/"+o.id))
	}
}

func (s *simulation) step(ctx context.Context, o *order) { s.call(ctx, o, o.next()) }

// call makes a call about an order and learns in which stage that is then.
func (s *simulation) call(ctx context.Context, o *order, k call) {
	a, err := s.client.do(ctx, k)
	if err == nil && a.status == http.StatusConflict { // somebody else was faster, or the kitchen is full
		a, err = s.client.do(ctx, get("/api/orders/"+o.id))
	}
	var now struct{ Status string }
	switch {
	case err != nil:
	case a.status == http.StatusNotFound:
		o.status = lost
	case a.status == http.StatusOK && a.decode(&now):
		o.status = now.Status
	}
}
