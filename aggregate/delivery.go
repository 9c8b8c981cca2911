package aggregate

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// Delivery is one attempt to have an event handled by all its handlers, of which some may have handled it before. It is
// made by an outbox and filled in by who calls the handlers. It is safe for concurrent use.
type Delivery struct {
	// Again says whether there will be another attempt if a handler fails with err, and how long until then. Nil means
	// that there will be none.
	Again func(err error) (wait time.Duration, again bool)

	mu      sync.Mutex
	handled []string
	errs    []error
	waiting int    // handlers that said they would finish later, and one for who calls them
	settle  func() // called once, when nobody is waited for
}

// NewDelivery returns a delivery of an event that the named handlers have handled before. Settled is called when the
// delivery is closed and every handler has come to its end.
func NewDelivery(handled []string, settled func()) *Delivery {
	return &Delivery{handled: slices.Clone(handled), waiting: 1, settle: settled}
}

// Handled reports whether a handler has handled the event.
func (d *Delivery) Handled(handler string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Contains(d.handled, handler)
}

// Done notes what came of a handler.
func (d *Delivery) Done(handler string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		d.errs = append(d.errs, err)
	} else if !slices.Contains(d.handled, handler) {
		d.handled = append(d.handled, handler)
	}
}

// Later says that a handler goes on after it has returned. The function that it returns notes what came of it, once.
func (d *Delivery) Later(handler string) func(error) {
	d.mu.Lock()
	d.waiting++
	d.mu.Unlock()
	var once sync.Once
	return func(err error) {
		once.Do(func() {
			d.Done(handler, err)
			d.leave()
		})
	}
}

// Close says that all handlers have been called.
func (d *Delivery) Close() { d.leave() }

// Result returns the handlers that have handled the event and the errors of the others, joined.
func (d *Delivery) Result() ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.handled), errors.Join(d.errs...)
}

// leave calls settle if nobody is waited for any more.
func (d *Delivery) leave() {
	d.mu.Lock()
	d.waiting--
	last := d.waiting == 0
	d.mu.Unlock()
	if last && d.settle != nil {
		d.settle()
	}
}

// Handling is who handles what, as far as effects are concerned: the same consumer of the same message.
type Handling struct {
	Consumer  string // such as "cooking.Handlers.freeOven" or "bus/kitchen"
	MessageID string // unique among the messages of all times
}

type handlingKey struct{}

// WithHandling returns a context in which consumer handles a message.
func WithHandling(ctx context.Context, consumer, messageID string) context.Context {
	return context.WithValue(ctx, handlingKey{}, Handling{consumer, messageID})
}

// HandlingFrom returns who handles what under ctx.
func HandlingFrom(ctx context.Context) (Handling, bool) {
	h, ok := ctx.Value(handlingKey{}).(Handling)
	return h, ok
}
