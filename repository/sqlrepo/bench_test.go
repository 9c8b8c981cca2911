package sqlrepo_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"path/filepath"
	"strconv"
	"testing"

	metricnoop "go.opentelemetry.io/otel/metric/noop"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// bare is what a service would write by hand: the same table, journal and durability, no versions and no telemetry.
func bare(b *testing.B) *sql.DB {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bare.db")+
		"?_journal_mode=wal&_synchronous=full&_busy_timeout=5000&_txlock=immediate")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	for _, text := range []string{
		`CREATE TABLE tickets (id TEXT PRIMARY KEY, created_at BIGINT, document TEXT, state TEXT, owner TEXT)`,
		`CREATE INDEX created ON tickets (created_at, id)`,
		`CREATE INDEX state ON tickets (state, created_at, id)`,
		`CREATE INDEX owner ON tickets (owner, created_at, id)`,
	} {
		if _, err := db.ExecContext(b.Context(), text); err != nil {
			b.Fatal(err)
		}
	}
	return db
}

func benchmarked(b *testing.B) *sqlrepo.Store[repositorytest.Ticket] {
	b.Helper()
	off := telemetry.Providers{Tracer: tracenoop.NewTracerProvider(), Meter: metricnoop.NewMeterProvider()}
	db := open(b, "sqlite:"+filepath.Join(b.TempDir(), "store.db"), sqlrepo.WithTelemetry(off))
	return newStore(b, db, repositorytest.Schema())
}

func addition(id string) repository.Change[repositorytest.Ticket] {
	return repository.Change[repositorytest.Ticket]{
		Op: repository.Add, ID: id, State: repositorytest.NewTicket(id, "ann"),
	}
}

func BenchmarkGet(b *testing.B) {
	b.Run("bare", func(b *testing.B) {
		db := bare(b)
		insertBare(b.Context(), b, db, "a")
		get, err := db.PrepareContext(b.Context(), `SELECT document FROM tickets WHERE id = ?`)
		if err != nil {
			b.Fatal(err)
		}
		defer get.Close()
		b.ReportAllocs()
		for b.Loop() {
			var document []byte
			var ticket repositorytest.Ticket
			if err := get.QueryRowContext(b.Context(), "a").Scan(&document); err != nil {
				b.Fatal(err)
			}
			if err := json.Unmarshal(document, &ticket); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("store", func(b *testing.B) {
		store := benchmarked(b)
		if err := store.Save(b.Context(), addition("a")); err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := store.Get(b.Context(), "a"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkSave(b *testing.B) {
	b.Run("bare", func(b *testing.B) {
		db := bare(b)
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			insertBare(b.Context(), b, db, strconv.Itoa(i))
		}
	})
	b.Run("store", func(b *testing.B) {
		store := benchmarked(b)
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if err := store.Save(b.Context(), addition(strconv.Itoa(i))); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func insertBare(ctx context.Context, b *testing.B, db *sql.DB, id string) {
	b.Helper()
	document, err := json.Marshal(repositorytest.NewTicket(id, "ann"))
	if err != nil {
		b.Fatal(err)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO tickets VALUES (?, ?, ?, ?, ?)`, id, 1, document, "open", "ann"); err != nil {
		b.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}
