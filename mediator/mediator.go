// Package mediator takes messages to their handlers: a command or a query to the one handler it has, an event to any
// number of them.
//
// Handlers are plain functions. What a message is answered with is part of its type, so that neither sender nor handler
// names it:
//
//	mediator.Handle(m, h.placeOrder)                        // func(context.Context, PlaceOrder) (Order, error)
//	order, err := mediator.Send(ctx, m, PlaceOrder{...})    // order is an Order
//
// Around every handler run the behaviors, and around those, outermost, the instrumentation: one span, one duration and,
// for a refusal or failure, one log record. All of it is put together once, by [Mediator.Build], so that sending costs
// a map look-up and the calls themselves.
package mediator

import (
	"context"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// Mediator holds the handlers of one service. Register first, then send; sending is safe for concurrent use.
type Mediator struct {
	telemetry telemetry.Providers

	mu        sync.Mutex // guards what follows until built is set
	handlers  []handler
	behaviors []behavior
	required  []requirement
	events    []eventHandler
	declared  []declaration
	problems  []error

	built atomic.Pointer[table]
}

// table is a finished mediator. It never changes, but for the memory of event types seen.
type table struct {
	routes map[reflect.Type]any // *route[M, R] by M
	events *dispatcher
}

// Option changes a default of [New].
type Option func(*Mediator)

// WithTelemetry sends spans, metrics and logs to p. Defaults to OpenTelemetry's globals and slog's default logger.
func WithTelemetry(p telemetry.Providers) Option { return func(m *Mediator) { m.telemetry = p } }

// New returns a mediator without handlers.
func New(options ...Option) *Mediator {
	m := &Mediator{}
	for _, option := range options {
		option(m)
	}
	m.telemetry = m.telemetry.OrGlobal()
	return m
}

// Start builds the mediator, as the start of an app.Part.
func (m *Mediator) Start(context.Context) error { return m.Build() }
