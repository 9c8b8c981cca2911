package sqlrepo_test

import (
	"testing"

	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

func TestStatementsEmitWhatTheRegistryDeclaresAndNothingElse(t *testing.T) {
	t.Parallel()
	recorder := observabilitytest.New(t)
	for _, url := range shared() {
		db := open(t, url(t), sqlrepo.WithTelemetry(recorder.Providers()))
		store := newStore(t, db, repositorytest.Schema())
		ctx, end := span(t, recorder)
		_, _ = store.Get(ctx, "a")
		sqlrepo.Exec(t, db, `DROP TABLE tickets`)
		if _, err := store.Get(ctx, "a"); err == nil {
			t.Error("Get without a table succeeded")
		}
		end()
	}
	declared := observabilitytest.Declared{Metrics: registry.Metrics(), Spans: registry.Spans()}.Of(
		"github.com/neuroglia-go/neuroglia/repository/sqlrepo")
	declared.Spans = append(declared.Spans, telemetry.Span{Name: "test", Kind: 1, Scope: "test"}) // around them
	observabilitytest.Diff(t, recorder.Drift(declared), "")
}

func TestConnectionsAreCounted(t *testing.T) {
	t.Parallel()
	recorder := observabilitytest.New(t)
	db := open(t, "sqlite::memory:", sqlrepo.WithTelemetry(recorder.Providers()))
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
	observabilitytest.Diff(t, recorder.Metrics("db.client.connection."), `
		db.client.connection.count updowncounter {connection}
		  {db.client.connection.pool.name=main db.client.connection.state=idle db.system.name=sqlite} value=1
		  {db.client.connection.pool.name=main db.client.connection.state=used db.system.name=sqlite} value=0
		db.client.connection.max updowncounter {connection}
		  {db.client.connection.pool.name=main db.system.name=sqlite} value=1
	`)
}
