package sqlrepo_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
)

func TestEachStatementIsOneClientSpan(t *testing.T) {
	t.Parallel()
	recorder := observabilitytest.New(t, observabilitytest.Leave("db.query.text"))
	db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"), sqlrepo.WithTelemetry(recorder.Providers()))
	r := repository.New(newStore(t, db, repositorytest.Schema()), nil, repository.WithTelemetry(recorder.Providers()))
	ctx, end := span(t, recorder)
	for _, do := range []func() error{
		func() error { return r.Add(ctx, repositorytest.NewTicket("a", "ann")) },
		func() error {
			return r.Update(ctx, "a", func(t *repositorytest.Ticket) error { t.Close(); return nil })
		},
		func() error { _, err := r.Contains(ctx, "a"); return err },
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
		  Repository.add INTERNAL neuroglia.entity.id=a neuroglia.entity.type=Ticket neuroglia.entity.version=1 neuroglia.repository.operation=add neuroglia.repository.type=sqlrepo
		    INSERT tickets CLIENT db.collection.name=tickets db.operation.name=INSERT db.query.summary="INSERT tickets" db.system.name=sqlite
		  Repository.update INTERNAL neuroglia.entity.id=a neuroglia.entity.type=Ticket neuroglia.entity.version=2 neuroglia.repository.operation=update neuroglia.repository.type=sqlrepo
		    SELECT tickets CLIENT db.collection.name=tickets db.operation.name=SELECT db.query.summary="SELECT tickets" db.system.name=sqlite
		    UPDATE tickets CLIENT db.collection.name=tickets db.operation.name=UPDATE db.query.summary="UPDATE tickets" db.system.name=sqlite
		  Repository.contains INTERNAL neuroglia.entity.id=a neuroglia.entity.type=Ticket neuroglia.repository.found=true neuroglia.repository.operation=contains neuroglia.repository.type=sqlrepo
		    SELECT tickets CLIENT db.collection.name=tickets db.operation.name=SELECT db.query.summary="SELECT tickets" db.system.name=sqlite
		  Repository.list INTERNAL neuroglia.entity.type=Ticket neuroglia.repository.count=1 neuroglia.repository.operation=list neuroglia.repository.type=sqlrepo
		    SELECT tickets CLIENT db.collection.name=tickets db.operation.name=SELECT db.query.summary="SELECT tickets" db.system.name=sqlite
		  Repository.remove INTERNAL neuroglia.entity.id=a neuroglia.entity.type=Ticket neuroglia.repository.operation=remove neuroglia.repository.type=sqlrepo
		    DELETE tickets CLIENT db.collection.name=tickets db.operation.name=DELETE db.query.summary="DELETE tickets" db.system.name=sqlite
	`)
	// Two of the transactions made the tables.
	observabilitytest.Diff(t, recorder.Metrics("db.client.operation."), `
		db.client.operation.duration histogram s buckets=[0.001 0.005 0.01 0.05 0.1 0.5 1 5 10]
		  {db.collection.name=tickets db.operation.name=DELETE db.system.name=sqlite} count=1
		  {db.collection.name=tickets db.operation.name=INSERT db.system.name=sqlite} count=1
		  {db.collection.name=tickets db.operation.name=SELECT db.system.name=sqlite} count=3
		  {db.collection.name=tickets db.operation.name=UPDATE db.system.name=sqlite} count=1
		  {db.operation.name=BEGIN db.system.name=sqlite} count=5
		  {db.operation.name=COMMIT db.system.name=sqlite} count=5
	`)
}

func TestSpansHoldStatementsWithoutTheirValues(t *testing.T) {
	t.Parallel()
	recorder := observabilitytest.New(t)
	db := open(t, "sqlite::memory:", sqlrepo.WithTelemetry(recorder.Providers()))
	store := newStore(t, db, repositorytest.Schema())
	ctx, end := span(t, recorder)
	if err := store.Save(ctx, repository.Change[repositorytest.Ticket]{
		Op: repository.Add, ID: "secret", State: repositorytest.NewTicket("secret", "secret"),
	}); err != nil {
		t.Fatalf("Save: %v", err)
	}
	where := map[string]string{"owner": "secret"}
	if _, err := store.List(ctx, repository.Filter{Where: where, Limit: 1}); err != nil {
		t.Fatalf("List: %v", err)
	}
	if _, err := store.Get(ctx, "secret"); err != nil {
		t.Fatalf("Get: %v", err)
	}
	end()
	got := recorder.Spans()
	if strings.Contains(got, "secret") {
		t.Errorf("spans hold values:\n%s", got)
	}
	for _, want := range []string{
		`"INSERT INTO \"tickets\" (id, version, created_at, updated_at, document, field_owner, field_state) VALUES ($1, `,
		`"SELECT id, version, created_at, document FROM \"tickets\" WHERE id = $1"`,
		`WHERE (created_at, id) > ($1, $2) AND field_owner = $4 ORDER BY created_at, id LIMIT $3"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no span has the text %s:\n%s", want, got)
		}
	}
}

func TestARefusalIsNoErrorOfTheDatabase(t *testing.T) {
	t.Parallel()
	recorder := observabilitytest.New(t, observabilitytest.Leave("db.query.text"))
	db := open(t, "sqlite::memory:", sqlrepo.WithTelemetry(recorder.Providers()))
	store := newStore(t, db, repositorytest.Schema())
	add := repository.Change[repositorytest.Ticket]{
		Op: repository.Add, ID: "a", State: repositorytest.NewTicket("a", "ann"),
	}
	if err := store.Save(t.Context(), add); err != nil {
		t.Fatalf("Save: %v", err)
	}
	ctx, end := span(t, recorder)
	if err := store.Save(ctx, add); err == nil {
		t.Error("second Add succeeded")
	}
	if _, err := store.Get(ctx, "b"); err == nil {
		t.Error("Get of none succeeded")
	}
	end()
	observabilitytest.Diff(t, recorder.Spans(), `
		test INTERNAL
		  INSERT tickets CLIENT db.collection.name=tickets db.operation.name=INSERT db.query.summary="INSERT tickets" db.system.name=sqlite
		  SELECT tickets CLIENT db.collection.name=tickets db.operation.name=SELECT db.query.summary="SELECT tickets" db.system.name=sqlite
	`)
}

func TestWorkWithoutASpanMakesNone(t *testing.T) {
	t.Parallel()
	recorder := observabilitytest.New(t)
	db := open(t, "sqlite::memory:", sqlrepo.WithTelemetry(recorder.Providers()))
	store := newStore(t, db, repositorytest.Schema())
	if _, err := store.Count(t.Context(), "state"); err != nil {
		t.Errorf("Count: %v", err)
	}
	if err := db.Check(t.Context()); err != nil {
		t.Errorf("Check: %v", err)
	}
	observabilitytest.Diff(t, recorder.Spans(), ``)
}

func TestAFailedStatementHasTheStatusOfTheDatabase(t *testing.T) {
	t.Parallel()
	recorder := observabilitytest.New(t, observabilitytest.Leave("db.query.text"))
	db := open(t, "sqlite::memory:", sqlrepo.WithTelemetry(recorder.Providers()))
	store := newStore(t, db, repositorytest.Schema())
	sqlrepo.Exec(t, db, `DROP TABLE tickets`)
	ctx, end := span(t, recorder)
	if _, err := store.Get(ctx, "a"); err == nil {
		t.Error("Get without a table succeeded")
	}
	end()
	observabilitytest.Diff(t, recorder.Spans(), `
		test INTERNAL
		  SELECT tickets CLIENT ERROR() db.collection.name=tickets db.operation.name=SELECT db.query.summary="SELECT tickets" db.response.status_code=SQLITE_ERROR db.system.name=sqlite error.type=SQLITE_ERROR
		    event exception exception.message="SQL logic error: no such table: tickets (1)" exception.type=*sqlite.Error
	`)
	observabilitytest.Diff(t, recorder.Metrics("db.client.operation."), `
		db.client.operation.duration histogram s buckets=[0.001 0.005 0.01 0.05 0.1 0.5 1 5 10]
		  {db.collection.name=tickets db.operation.name=SELECT db.response.status_code=SQLITE_ERROR db.system.name=sqlite error.type=SQLITE_ERROR} count=1
		  {db.operation.name=BEGIN db.system.name=sqlite} count=2
		  {db.operation.name=COMMIT db.system.name=sqlite} count=2
	`)
}

// span starts a span, which end ends.
func span(t *testing.T, recorder *observabilitytest.Recorder) (ctx context.Context, end func()) {
	t.Helper()
	ctx, s := recorder.Providers().Tracer.Tracer("test").Start(t.Context(), "test")
	return ctx, func() { s.End() }
}
