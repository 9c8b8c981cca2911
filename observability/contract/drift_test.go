package contract_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"go.opentelemetry.io/otel/attribute"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/membus"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/memrepo"
	"github.com/neuroglia-go/neuroglia/retry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

const module = "github.com/neuroglia-go/neuroglia/"

func TestTheCoreEmitsWhatTheRegistryDeclaresAndNothingElse(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.everyOutcomeOfAMessage(t)
	s.everyOutcomeOfAnEvent(t)
	s.everyOutcomeOfAMessageOnTheBus(t)
	s.everyOperationOfARepository(t)
	everyPathOfTheOutbox(t, s.rec)
	observabilitytest.Diff(t, s.rec.Drift(observabilitytest.Declared{
		Metrics: registry.Metrics(), Spans: registry.Spans(), Logs: registry.Logs(),
		Tagged: []attribute.Key{"order.id", "order.reason", "order.item_count", "order.total"},
	}.Of(module+"mediator", module+"repository", module+"eventbus", module+"outbox")), "")
}

type ChangeOrder struct {
	mediator.Command[mediator.None]
	ID   string `otel:"order.id,aggregate"`
	With func(context.Context) error
}

type ReadOrder struct {
	mediator.Query[mediator.None]
	ID   string `otel:"order.id,aggregate"`
	With func(context.Context) error
}

type OrderDoubtedEvent struct {
	Reason string `otel:"order.reason"`
	With   func(context.Context) error
}

// outcomes are functions that succeed, refuse and panic, and one that notices that its caller gives up.
func outcomes(giveUp func()) []func(context.Context) error {
	return []func(context.Context) error{
		func(context.Context) error { return nil },
		func(context.Context) error { return refused() },
		func(context.Context) error { panic("no oven") },
		func(ctx context.Context) error { giveUp(); return ctx.Err() },
	}
}

func (s *shop) everyOutcomeOfAMessage(t *testing.T) {
	t.Helper()
	mediator.HandleNone(s.Mediator, func(ctx context.Context, c ChangeOrder) error { return c.With(ctx) })
	mediator.HandleNone(s.Mediator, func(ctx context.Context, q ReadOrder) error { return q.With(ctx) })
	mediator.On(s.Mediator, func(ctx context.Context, e OrderDoubtedEvent) error { return e.With(ctx) })
	ctx, cancel := context.WithCancel(t.Context())
	for _, with := range outcomes(cancel) {
		_, _ = mediator.Send(ctx, s.Mediator, ChangeOrder{ID: "o1", With: with})
	}
	ctx, cancel = context.WithCancel(t.Context())
	for _, with := range outcomes(cancel) {
		_, _ = mediator.Send(ctx, s.Mediator, ReadOrder{ID: "o1", With: with})
	}
}

func (s *shop) everyOutcomeOfAnEvent(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	for _, with := range outcomes(cancel) {
		_ = s.Dispatch(ctx, aggregate.Raised{
			ID: "e1", Event: OrderDoubtedEvent{Reason: "age", With: with}, AggregateType: "Order", AggregateID: "o1", Attempt: 2,
		})
	}
}

func (s *shop) everyOutcomeOfAMessageOnTheBus(t *testing.T) {
	t.Helper()
	bus := eventbus.New(again{membus.New()}, "/shop", eventbus.WithTelemetry(s.rec.Providers()))
	var next int
	do := outcomes(func() {})
	do = slices.Insert(do, 3, do[2]) // the first panic is tried again
	if err := errors.Join(eventbus.Subscribe(bus, "audit", "order.created.v1", func(ctx context.Context, _ cloudevent.Event) error {
		next++
		return do[next-1](ctx)
	}, eventbus.WithRetry(retry.Policy{Attempts: 2, Worth: func(error) bool { return true }})), bus.Start(t.Context())); err != nil {
		t.Fatal(err)
	}
	created := cloudevent.Event{ID: "e1", Source: "/shop", Type: "order.created.v1", Subject: "o1", Data: []byte(`{}`)}
	for i := range do {
		if i == 1 {
			created.Extensions = map[string]string{eventbus.ReplayedExtension: "true"}
		}
		if err := bus.Publish(t.Context(), created); err != nil {
			t.Fatal(err)
		}
	}
	stop(t, bus)
	if err := bus.Publish(t.Context(), created); err == nil {
		t.Error("published on a bus that is closed")
	}
	running := eventbus.New(again{membus.New()}, "/shop", eventbus.WithTelemetry(s.rec.Providers()))
	if err := running.Start(t.Context()); err != nil { // whose lag is read
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = running.Stop(t.Context()) })
}

func (s *shop) everyOperationOfARepository(t *testing.T) {
	t.Helper()
	_, errFound := s.orders.Contains(t.Context(), "o1")
	_, errList := s.orders.List(t.Context(), repository.Query{})
	errAdd := s.orders.Add(t.Context(), &Order{Root: aggregate.NewRoot("o1")})
	_, errGet := s.orders.Get(t.Context(), "o1")
	met := false
	errUpdate := s.orders.Update(t.Context(), "o1", func(*Order) error {
		if met {
			return nil
		}
		met = true
		return s.orders.Update(t.Context(), "o1", func(*Order) error { return nil })
	})
	errRemove := s.orders.Remove(t.Context(), "o1", nil)
	if err := errors.Join(errFound, errList, errAdd, errGet, errUpdate, errRemove); err != nil {
		t.Fatal(err)
	}
	if err := s.orders.Add(t.Context(), &Order{}); err == nil { // without identity
		t.Error("Add() = nil, want an error")
	}
	undispatched := repository.New(memrepo.New(repository.Schema[Order]{Name: "orders"}), dispatcher(refused),
		repository.WithTelemetry(s.rec.Providers()))
	o := &Order{Root: aggregate.NewRoot("o1")}
	o.Raise(OrderForgottenEvent{})
	if err := undispatched.Add(t.Context(), o); err != nil {
		t.Fatal(err)
	}
}

type dispatcher func() error

func (d dispatcher) Dispatch(context.Context, aggregate.Raised) error { return d() }

// again is a transport that makes every promise. It delivers for the second time, but for the third event, and gives up
// after the fourth.
type again struct{ eventbus.Transport }

func (again) Exceptions() map[eventbus.Promise]string { return nil }

func (again) Lag(context.Context) ([]eventbus.Lag, error) {
	return []eventbus.Lag{{Group: "audit", Type: "order.created.v1", Waiting: 7}}, nil
}

func (a again) Subscribe(ctx context.Context, s eventbus.Subscription, deliver eventbus.Deliver) error {
	events := 0
	return a.Transport.Subscribe(ctx, s, func(ctx context.Context, e cloudevent.Event, _ int) error {
		events++
		attempt := 2
		if events == 3 {
			attempt = 1
		}
		if events > 4 {
			given, cancel := context.WithCancel(ctx)
			cancel()
			ctx = given
		}
		return deliver(ctx, e, attempt)
	})
}
