package aggregate

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// Delivery is one attempt to have an event handled by all its handlers, of which some may have handled it before. An
// outbox makes it, and who calls the handlers fills it in. It is safe for concurrent use.
type Delivery struct {
	again   func(error) (time.Duration, bool)
	settled func()

	mu      sync.Mutex
	open    int // who has not come to an end: the caller of the handlers, and handlers that go on after they returned
	later   []string
	handled []string
	errs    []error
	wait    time.Duration
	retry   bool
}

// NewDelivery returns a delivery of an event that the named handlers have handled before. Again says whether there will
// be another attempt after an error, and how long until then. Settled is called once, when the delivery is closed and
// every handler has come to its end.
func NewDelivery(handled []string, again func(error) (time.Duration, bool), settled func()) *Delivery {
	return &Delivery{again: again, settled: settled, open: 1, handled: slices.Clone(handled)}
}

// Handled reports whether a handler has handled the event.
func (d *Delivery) Handled(handler string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Contains(d.handled, handler)
}

// Done notes what a handler returned; an error that was noted before is not noted again. After an error it says whether
// there will be another attempt, and when.
func (d *Delivery) Done(handler string, err error) (wait time.Duration, again bool) {
	if err != nil {
		wait, again = d.again(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case err != nil && slices.ContainsFunc(d.errs, func(noted error) bool { return errors.Is(err, noted) }):
	case err != nil:
		d.errs, d.wait, d.retry = append(d.errs, err), max(d.wait, wait), d.retry || again
	case !slices.Contains(d.handled, handler) && !slices.Contains(d.later, handler):
		d.handled = append(d.handled, handler)
	}
	return wait, again
}

// Later says that the work of a handler goes on after it has returned. The function that Later returns must be called
// when it has come to its end; only the first call counts.
func (d *Delivery) Later(handler string) func(error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open++
	d.later = append(d.later, handler)
	var once sync.Once
	return func(err error) {
		once.Do(func() {
			d.mu.Lock()
			i := slices.Index(d.later, handler)
			d.later = slices.Delete(d.later, i, i+1)
			d.mu.Unlock()
			d.Done(handler, err)
			d.Close()
		})
	}
}

// Close says that all handlers have been called.
func (d *Delivery) Close() {
	d.mu.Lock()
	d.open--
	last := d.open == 0
	d.mu.Unlock()
	if last {
		d.settled()
	}
}

// Result is what came of a delivery.
type Result struct {
	Handled []string // the handlers that have handled the event, in this delivery or before
	Err     error    // of the others, joined
	Again   bool     // whether there will be another attempt
	Wait    time.Duration
}

// Result returns what has come of the delivery so far.
func (d *Delivery) Result() Result {
	d.mu.Lock()
	defer d.mu.Unlock()
	return Result{Handled: slices.Clone(d.handled), Err: errors.Join(d.errs...), Again: d.retry, Wait: d.wait}
}

// Handling is who handles what: the key of an effect that a message may have only once.
type Handling struct {
	Consumer  string // the function that handles an event, with its package, or "bus/kitchen"
	MessageID string // unique among all messages
}

type handlingKey struct{}

// WithHandling returns a context in which consumer handles a message.
func WithHandling(ctx context.Context, consumer, messageID string) context.Context {
	return &handlingContext{ctx, Handling{consumer, messageID}}
}

// handlingContext is context.WithValue with one allocation less.
type handlingContext struct {
	context.Context //nolint:containedctx // it is one

	handling Handling
}

// Value implements context.Context.
func (c *handlingContext) Value(key any) any {
	if _, ok := key.(handlingKey); ok {
		return c.handling
	}
	return c.Context.Value(key)
}

// HandlingFrom returns who handles what under ctx.
func HandlingFrom(ctx context.Context) (Handling, bool) {
	h, ok := ctx.Value(handlingKey{}).(Handling)
	return h, ok
}

// handlerContext is the context of one handler of an event.
type handlerContext struct {
	context.Context //nolint:containedctx // it is one

	raised  *Raised
	handler string
}

// ForHandler returns the context of one handler of r.
func ForHandler(ctx context.Context, r *Raised, handler string) context.Context {
	return &handlerContext{ctx, r, handler}
}

// Value implements context.Context.
func (c *handlerContext) Value(key any) any {
	switch key.(type) {
	case raisedKey:
		return c.raised
	case handlingKey:
		return Handling{c.handler, c.raised.ID}
	}
	return c.Context.Value(key)
}
