package messaging_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo/postgrestest"
)

// service is a service with an outbox on PostgreSQL.
type service struct {
	url    string
	db     *sqlrepo.DB
	store  *sqlrepo.Store[Order]
	relay  *outbox.Relay
	orders *repository.Repository[Order]
}

func newService(b *testing.B, handle func(context.Context, OrderPlaced) error, opts ...outbox.Option) *service {
	b.Helper()
	s := &service{url: postgrestest.URL(b)}
	var err error
	if s.db, err = sqlrepo.Open(b.Context(), s.url, sqlrepo.WithTelemetry(quiet())); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.db.Close() })
	if s.store, err = sqlrepo.New(b.Context(), s.db, repository.Schema[Order]{Name: "orders"}); err != nil {
		b.Fatal(err)
	}
	m := mediator.New(mediator.WithTelemetry(quiet()))
	mediator.On(m, handle)
	if err := m.Build(); err != nil {
		b.Fatal(err)
	}
	s.relay = outbox.New(s.db.Outbox(), m, append(opts, outbox.WithTelemetry(quiet()))...)
	s.orders = repository.New(s.store, s.relay, repository.WithTelemetry(quiet()))
	return s
}

func (s *service) start(b *testing.B) {
	b.Helper()
	if err := s.relay.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.relay.Stop(context.Background()); err != nil {
			b.Error(err)
		}
	})
}

// place is a command: a change that raises one event.
func (s *service) place(ctx context.Context) error {
	order := newOrder(aggregate.NewID())
	order.Raise(placed())
	return s.orders.Add(ctx, order)
}

// backlog saves events in so many streams, as a process leaves them that stopped before it delivered any.
func (s *service) backlog(b *testing.B, streams, events int) {
	b.Helper()
	for i := range streams {
		order := newOrder(fmt.Sprintf("order-%d", i))
		for range (events + streams - 1 - i) / streams {
			order.Raise(placed())
		}
		entries, err := s.relay.Keep(b.Context(), aggregate.Pending(order, "Order"))
		if err != nil {
			b.Fatal(err)
		}
		c := repository.Change[Order]{Op: repository.Add, ID: order.ID(), State: order, Events: entries}
		if err := s.store.Save(b.Context(), c); err != nil {
			b.Fatal(err)
		}
		outcomes := make([]outbox.Outcome, len(entries))
		for i, e := range entries {
			outcomes[i] = outbox.Outcome{Entry: e, Verdict: outbox.Untouched}
		}
		if err := s.db.Outbox().Settle(b.Context(), outcomes); err != nil {
			b.Fatal(err)
		}
	}
	status, err := s.db.Outbox().Status(b.Context())
	if err != nil || status.Pending != int64(events) {
		b.Fatalf("%d events are pending, want %d: %v", status.Pending, events, err)
	}
	analyze(b, s.url)
}
