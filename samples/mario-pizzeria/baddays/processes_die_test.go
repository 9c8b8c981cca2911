package baddays_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/neuroglia-go/neuroglia/repository/mongorepo/mongotest"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo/postgrestest"
)

// TestProcessesDie kills -9 api, kitchen and delivery, each with the relay in it, at random under load.
func TestProcessesDie(t *testing.T) { //nolint:tparallel // one pizzeria at a time, with the machine for itself
	t.Parallel()
	for _, tt := range []struct { //nolint:paralleltest // see above
		name          string
		database, bus func(*testing.T) string
		roles         []string
	}{
		{"SQLite and memory, one process", sqlite, memory, []string{"all"}},
		{"PostgreSQL and memory, one process", postgres, memory, []string{"all"}},
		{"SQLite and JetStream", sqlite, oneBroker, []string{"api", "kitchen", "delivery"}},
		{"PostgreSQL and JetStream", postgres, oneBroker, []string{"api", "kitchen", "delivery"}},
		{"MongoDB's protocol and JetStream", mongodb, oneBroker, []string{"api", "kitchen", "delivery"}},
		{"PostgreSQL and JetStream, two of each", postgres, oneBroker,
			[]string{"api", "api", "kitchen", "kitchen", "delivery", "delivery"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := open(t, tt.database(t), tt.bus(t), tt.roles...)
			kills := 0
			c := p.busyDay(t, func(ctx context.Context) { kills = p.killing(ctx, t) })
			b := p.evening(t, c)
			t.Logf("%d kills; %s", kills, b)
			if kills == 0 {
				t.Error("no kills show nothing")
			}
		})
	}
}

func sqlite(t *testing.T) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "mario.db")
}

func postgres(t *testing.T) string {
	t.Helper()
	return postgrestest.URL(t)
}

func mongodb(t *testing.T) string {
	t.Helper()
	return mongotest.Start(t).URL()
}

func oneBroker(t *testing.T) string {
	t.Helper()
	return newBroker(t, 1).url()
}

func memory(*testing.T) string { return "memory:" }
