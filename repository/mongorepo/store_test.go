package mongorepo_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/outbox/outboxtest"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/mongorepo"
	"github.com/neuroglia-go/neuroglia/repository/mongorepo/mongotest"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
)

type ticket = repositorytest.Ticket

var server *mongotest.Server // of all tests that do not need one of their own

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	if url := os.Getenv(writerURL); url != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(context.Background(), url, os.Stdout))
		return 1
	}
	folder, err := os.MkdirTemp("", "mongorepo-test-")
	if err == nil {
		defer os.RemoveAll(folder)
		server, err = mongotest.New(folder)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer server.Kill()
	return m.Run()
}

func TestStoreConforms(t *testing.T) {
	t.Parallel()
	repositorytest.Run(t, repositorytest.Harness{
		Open: func(t *testing.T, schema repository.Schema[ticket]) repository.Store[ticket] {
			t.Helper()
			return newStore(t, open(t, server.URL()), schema)
		},
		Exceptions: map[repositorytest.Promise]string{
			repositorytest.CompletePages: "MongoDB gives no order to inserts of several clients that a document could have",
		},
	})
}

func TestOutboxConforms(t *testing.T) {
	t.Parallel()
	outboxtest.Run(t, outboxtest.Harness{
		Open: func(t *testing.T, lease time.Duration) func(*testing.T) outboxtest.Process {
			t.Helper()
			url := server.URL()
			return func(t *testing.T) outboxtest.Process {
				t.Helper()
				db := open(t, url, mongorepo.WithLease(lease))
				return process(t, db)
			}
		},
		Unreachable: func(t *testing.T) outboxtest.Process {
			t.Helper()
			db, err := mongorepo.Open(t.Context(), server.URL())
			if err != nil {
				t.Fatalf("Open: %v", err)
			}
			p := process(t, db)
			if err := db.Close(); err != nil {
				t.Fatalf("Close: %v", err)
			}
			return p
		},
		Exceptions: map[outboxtest.Promise]string{
			outboxtest.Wakes: "only replica sets tell what changes",
		},
	})
}

func process(t *testing.T, db *mongorepo.DB) outboxtest.Process {
	t.Helper()
	return outboxtest.Process{
		Tickets: newStore(t, db, repositorytest.Schema()), Tallies: newStore(t, db, outboxtest.Schema()), Log: db.Outbox(),
	}
}

func open(tb testing.TB, url string, opts ...mongorepo.Option) *mongorepo.DB {
	tb.Helper()
	db, err := mongorepo.Open(tb.Context(), url, opts...)
	if err != nil {
		tb.Fatalf("Open: %v", err)
	}
	tb.Cleanup(func() {
		if !server.Own() {
			mongorepo.Drop(tb, db)
		}
		if err := db.Close(); err != nil {
			tb.Errorf("Close: %v", err)
		}
	})
	return db
}

func newStore[A any](tb testing.TB, db *mongorepo.DB, schema repository.Schema[A]) *mongorepo.Store[A] {
	tb.Helper()
	store, err := mongorepo.New(tb.Context(), db, schema)
	if err != nil {
		tb.Fatalf("New: %v", err)
	}
	return store
}
