package mongorepo_test

import (
	"context"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/mongorepo"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

func TestEachCommandIsOneClientSpan(t *testing.T) {
	t.Parallel()
	recorder := observabilitytest.New(t, observabilitytest.Leave("server.port", "server.address", "db.namespace"))
	db := open(t, server.URL(), mongorepo.WithTelemetry(recorder.Providers()))
	store := newStore(t, db, repositorytest.Schema())
	recorder.Reset()
	r := repository.New(store, nil, repository.WithTelemetry(recorder.Providers()))
	ctx, end := span(t, recorder)
	for _, do := range []func() error{
		func() error { return r.Add(ctx, repositorytest.NewTicket("a", "secret")) },
		func() error {
			return r.Update(ctx, "a", func(t *repositorytest.Ticket) error { t.Close(); return nil })
		},
		func() error { _, err := r.List(ctx, repository.Query{}); return err },
		func() error { return db.Check(ctx) },
		func() error { return r.Remove(ctx, "a", nil) },
	} {
		if err := do(); err != nil {
			t.Error(err)
		}
	}
	end()
	observabilitytest.Diff(t, recorder.Spans(), `
		test INTERNAL
		  Repository.add INTERNAL neuroglia.entity.id=a neuroglia.entity.type=Ticket neuroglia.entity.version=1 neuroglia.repository.operation=add neuroglia.repository.type=mongorepo
		    insert tickets CLIENT db.collection.name=tickets db.operation.name=insert db.query.summary="insert tickets" db.system.name=mongodb
		  Repository.update INTERNAL neuroglia.entity.id=a neuroglia.entity.type=Ticket neuroglia.entity.version=2 neuroglia.repository.operation=update neuroglia.repository.type=mongorepo
		    find tickets CLIENT db.collection.name=tickets db.operation.name=find db.query.summary="find tickets" db.system.name=mongodb
		    update tickets CLIENT db.collection.name=tickets db.operation.name=update db.query.summary="update tickets" db.system.name=mongodb
		  Repository.list INTERNAL neuroglia.entity.type=Ticket neuroglia.repository.count=1 neuroglia.repository.operation=list neuroglia.repository.type=mongorepo
		    find tickets CLIENT db.collection.name=tickets db.operation.name=find db.query.summary="find tickets" db.system.name=mongodb
		  Repository.remove INTERNAL neuroglia.entity.id=a neuroglia.entity.type=Ticket neuroglia.repository.operation=remove neuroglia.repository.type=mongorepo
		    delete tickets CLIENT db.collection.name=tickets db.operation.name=delete db.query.summary="delete tickets" db.system.name=mongodb
	`)
}

func TestARefusalIsNoErrorOfTheDatabase(t *testing.T) {
	t.Parallel()
	recorder := observabilitytest.New(t, observabilitytest.Leave("server.port", "server.address", "db.namespace"))
	db := open(t, server.URL(), mongorepo.WithTelemetry(recorder.Providers()))
	store := newStore(t, db, repositorytest.Schema())
	if err := store.Save(t.Context(), addition("a")); err != nil {
		t.Fatalf("Save: %v", err)
	}
	recorder.Reset()
	ctx, end := span(t, recorder)
	if err := store.Save(ctx, addition("a")); err == nil {
		t.Error("second Add succeeded")
	}
	end()
	observabilitytest.Diff(t, recorder.Spans(), `
		test INTERNAL
		  insert tickets CLIENT db.collection.name=tickets db.operation.name=insert db.query.summary="insert tickets" db.system.name=mongodb
		  find tickets CLIENT db.collection.name=tickets db.operation.name=find db.query.summary="find tickets" db.system.name=mongodb
	`)
}

func TestWorkWithoutASpanMakesNone(t *testing.T) {
	t.Parallel()
	recorder := observabilitytest.New(t)
	db := open(t, server.URL(), mongorepo.WithTelemetry(recorder.Providers()))
	newStore(t, db, repositorytest.Schema())
	claim(t, db)
	if _, err := db.Outbox().Status(t.Context()); err != nil {
		t.Errorf("Status: %v", err)
	}
	observabilitytest.Diff(t, recorder.Spans(), ``)
}

func TestCommandsEmitWhatTheRegistryDeclaresAndNothingElse(t *testing.T) {
	t.Parallel()
	recorder := observabilitytest.New(t)
	db := open(t, server.URL(), mongorepo.WithTelemetry(recorder.Providers()))
	store := newStore(t, db, repositorytest.Schema())
	ctx, end := span(t, recorder)
	add := addition("a")
	add.Events = []outbox.Entry{event("a", 1)}
	if err := store.Save(ctx, add); err != nil {
		t.Errorf("Save: %v", err)
	}
	if err := mongorepo.Fail(ctx, db, "tickets", bson.M{"$unknown": 1}); err == nil {
		t.Error("a query that means nothing succeeded")
	}
	end()
	declared := observabilitytest.Declared{Metrics: registry.Metrics(), Spans: registry.Spans()}.Of(
		"github.com/neuroglia-go/neuroglia/repository/mongorepo")
	declared.Spans = append(declared.Spans, telemetry.Span{Name: "test", Kind: 1, Scope: "test"}) // around them
	observabilitytest.Diff(t, recorder.Drift(declared), "")
}

func TestAFailedCommandHasTheCodeOfTheServer(t *testing.T) {
	t.Parallel()
	recorder := observabilitytest.New(t, observabilitytest.Leave("server.port", "server.address", "db.namespace"))
	db := open(t, server.URL(), mongorepo.WithTelemetry(recorder.Providers()))
	if err := newStore(t, db, repositorytest.Schema()).Save(t.Context(), addition("a")); err != nil {
		t.Fatalf("Save: %v", err)
	}
	recorder.Reset()
	ctx, end := span(t, recorder)
	if err := mongorepo.Fail(ctx, db, "tickets", bson.M{"$unknown": 1}); err == nil {
		t.Error("a query that means nothing succeeded")
	}
	end()
	observabilitytest.Diff(t, recorder.Spans(), `
		test INTERNAL
		  find tickets CLIENT ERROR() db.collection.name=tickets db.operation.name=find db.query.summary="find tickets" db.response.status_code=2 db.system.name=mongodb error.type=2
	`)
}

// span starts a span, which end ends.
func span(t *testing.T, recorder *observabilitytest.Recorder) (ctx context.Context, end func()) {
	t.Helper()
	ctx, s := recorder.Providers().Tracer.Tracer("test").Start(t.Context(), "test")
	return ctx, func() { s.End() }
}
