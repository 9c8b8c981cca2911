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
	db := open(t, "sqlite::memory:", sqlrepo.WithTelemetry(recorder.Providers()))
	store := newStore(t, db, repositorytest.Schema())
	ctx, end := span(t, recorder)
	_, _ = store.Get(ctx, "a")
	sqlrepo.Exec(t, db, `DROP TABLE tickets`)
	if _, err := store.Get(ctx, "a"); err == nil {
		t.Error("Get without a table succeeded")
	}
	end()
	declared := observabilitytest.Declared{Metrics: registry.Metrics(), Spans: registry.Spans()}.Of("github.com/XSAM/otelsql")
	declared.Spans = append(declared.Spans, telemetry.Span{Name: "test", Kind: 1, Scope: "test"}) // around them
	observabilitytest.Diff(t, recorder.Drift(declared), "")
}
