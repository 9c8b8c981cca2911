package mediator

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
)

// eventHandler is a registration, with its type erased.
type eventHandler struct {
	event    reflect.Type
	function string // qualified name
	where    string // file:line of the registration
	call     func(context.Context, any) error
}

// On registers a handler of events of type E. An event may have any number of handlers. If E is an interface, the
// handler gets every event that implements it, as with
//
//	mediator.On(m, bus.Forward) // func(context.Context, aggregate.Integration) error
//
// The origin of the event is in the handler's context, see [aggregate.FromContext]. On panics if the mediator has been
// built.
func On[E any](m *Mediator, h func(context.Context, E) error) {
	event := reflect.TypeFor[E]()
	m.mu.Lock()
	defer m.mu.Unlock()
	where := caller(1)
	if m.built.Load() != nil {
		panic(fmt.Sprintf("mediator: handler of %s registered at %s after the mediator was built", event, where))
	}
	switch {
	case h == nil:
		m.problems = append(m.problems, fmt.Errorf("%s: the handler of %s is nil", where, event))
	case event.Kind() == reflect.Pointer:
		m.problems = append(m.problems,
			fmt.Errorf("%s: a handler takes %s: take %s by value", where, event, event.Elem()))
	default:
		m.events = append(m.events, eventHandler{
			event: event, function: instrument.FuncName(h), where: where,
			call: func(ctx context.Context, e any) error { return h(ctx, e.(E)) }, //nolint:forcetypeassert // matched by handles
		})
	}
}

func (h *eventHandler) handles(event reflect.Type) bool {
	return h.event == event || h.event.Kind() == reflect.Interface && event.Implements(h.event)
}

// Publish hands an event that no aggregate raised to its handlers, as [Mediator.Dispatch] does.
func Publish[E any](ctx context.Context, m *Mediator, event E) error {
	return m.Dispatch(ctx, aggregate.Raised{ID: aggregate.NewID(), Event: event, At: time.Now(), Attempt: 1})
}

// Dispatch hands an event to its handlers, one after the other in the order of registration, each in a span of its own.
// Every handler runs, also if one before it failed or panicked. The errors come back joined.
func (m *Mediator) Dispatch(ctx context.Context, r aggregate.Raised) error {
	t, err := m.table()
	if err != nil {
		return err
	}
	return t.events.dispatch(ctx, r)
}

// dispatcher finds the handlers of an event. The types of events are known only when they come, since a handler may
// take an interface; what is found is remembered.
type dispatcher struct {
	handlers    []eventHandler
	instruments *instruments
	seen        sync.Map // reflect.Type of the event -> *eventRoute
}

func newDispatcher(handlers []eventHandler, i *instruments) *dispatcher {
	return &dispatcher{handlers: handlers, instruments: i}
}

// eventRoute is all that happens to one type of event.
type eventRoute struct {
	telemetry *eventTelemetry
	handlers  []*handlerTelemetry
}

func (d *dispatcher) route(event reflect.Type) *eventRoute {
	if found, ok := d.seen.Load(event); ok {
		return found.(*eventRoute) //nolint:forcetypeassert // only eventRoutes are stored
	}
	r := &eventRoute{telemetry: newEventTelemetry(d.instruments, event)}
	for i := range d.handlers {
		if h := &d.handlers[i]; h.handles(event) {
			r.handlers = append(r.handlers, newHandlerTelemetry(r.telemetry, h))
		}
	}
	d.seen.Store(event, r)
	return r
}

func (d *dispatcher) dispatch(ctx context.Context, r aggregate.Raised) error {
	event := reflect.TypeOf(r.Event)
	if event == nil || event.Kind() == reflect.Pointer {
		return fmt.Errorf("mediator: the event is a %T: publish events by value", r.Event)
	}
	route := d.route(event)
	if len(route.handlers) == 0 {
		return nil
	}
	ctx = aggregate.NewContext(ctx, &r)
	var errs []error
	for _, h := range route.handlers {
		if err := h.handle(ctx, &r); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", h.name, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("event %s: %w", route.telemetry.name, err)
	}
	route.telemetry.lag(ctx, r.At)
	return nil
}
