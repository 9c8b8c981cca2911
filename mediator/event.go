package mediator

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
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
// The origin of the event is in the handler's context, see [aggregate.FromContext]. Around the handler are the given
// behaviors, the first of them outermost. On panics if the mediator has been built.
func On[E any](m *Mediator, h func(context.Context, E) error, around ...EventBehavior) {
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
		function := instrument.FuncName(h)
		call := func(ctx context.Context, e any) error { return h(ctx, e.(E)) } //nolint:forcetypeassert // matched by handles
		for _, b := range slices.Backward(around) {
			call = b.surround(instrument.ShortName(function), call)
		}
		m.events = append(m.events, eventHandler{event: event, function: function, where: where, call: call})
	}
}

// Declare says that events of type E are raised. A type that a handler takes is declared by that; others are when only
// handlers of interfaces take them: an outbox makes events from the names of their types, and knows none that is not
// declared. Declare panics if the mediator has been built.
func Declare[E any](m *Mediator) {
	event := reflect.TypeFor[E]()
	m.mu.Lock()
	defer m.mu.Unlock()
	where := caller(1)
	if m.built.Load() != nil {
		panic(fmt.Sprintf("mediator: event %s declared at %s after the mediator was built", event, where))
	}
	if k := event.Kind(); k == reflect.Pointer || k == reflect.Interface {
		m.problems = append(m.problems, fmt.Errorf("%s: %s is declared: declare the type of a value", where, event))
		return
	}
	m.declared = append(m.declared, declaration{event: event, where: where})
}

// declaration is an event that is raised.
type declaration struct {
	event reflect.Type
	where string // file:line
}

// Events returns the types of events that are declared or that a handler takes, by name. It builds the mediator if nobody
// has, and returns what is wrong with it. The result must not be changed.
func (m *Mediator) Events() (map[string]reflect.Type, error) {
	t, err := m.table()
	if err != nil {
		return nil, err
	}
	return t.events.known, nil
}

// Handles reports whether an event of this type has a handler. It is false for every type if the mediator cannot be built.
func (m *Mediator) Handles(event reflect.Type) bool {
	t, err := m.table()
	return err == nil && len(t.events.route(event).handlers) > 0
}

func (h *eventHandler) handles(event reflect.Type) bool {
	return h.event == event || h.event.Kind() == reflect.Interface && event.Implements(h.event)
}

// Publish hands an event that no aggregate raised to its handlers, as [Mediator.Dispatch] does.
func Publish[E any](ctx context.Context, m *Mediator, event E) error {
	return m.Dispatch(ctx, aggregate.Raised{ID: aggregate.NewID(), Event: event, At: time.Now(), Attempt: 1})
}

// Dispatch hands an event to its handlers, one after the other in the order of registration, each in a span of its own.
// Every handler runs, also if one before it failed or panicked, but those that r.Delivery says to have handled the event.
// The errors come back joined.
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
	known       map[string]reflect.Type
	instruments *instruments
	seen        sync.Map // reflect.Type of the event -> *eventRoute
}

func newDispatcher(handlers []eventHandler, declared []declaration, i *instruments) *dispatcher {
	d := &dispatcher{handlers: handlers, known: map[string]reflect.Type{}, instruments: i}
	for _, h := range handlers {
		if h.event.Kind() != reflect.Interface {
			d.known[instrument.TypeName(h.event)] = h.event
		}
	}
	for _, e := range declared {
		d.known[instrument.TypeName(e.event)] = e.event
	}
	return d
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
	r, called := &eventRoute{telemetry: newEventTelemetry(d.instruments, event)}, map[string]int{}
	for i := range d.handlers {
		if h := &d.handlers[i]; h.handles(event) {
			called[h.function]++
			r.handlers = append(r.handlers, newHandlerTelemetry(r.telemetry, h, called[h.function]))
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
	var errs []error
	for _, h := range route.handlers {
		if r.Delivery != nil && r.Delivery.Handled(h.identity) {
			continue
		}
		if err := h.handle(aggregate.ForHandler(ctx, &r, h.identity), &r); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", h.name, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("event %s: %w", route.telemetry.name, err)
	}
	route.telemetry.lag(ctx, r.At)
	return nil
}
