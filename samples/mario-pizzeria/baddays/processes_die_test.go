package baddays_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/neuroglia-go/neuroglia/repository/mongorepo/mongotest"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo/postgrestest"
)

// TestProcessesDie kills -9 api, kitchen and delivery, each with the relay in it, at random under load.
func TestProcessesDie(t *testing.T) {
	t.Parallel()
	sqlite := func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "mario.db") }
	jetstream := func(t *testing.T) string { return newBroker(t, 1).url() }
	memory := func(*testing.T) string { return "memory:" }
	for _, tt := range []struct {
		name          string
		database, bus func(*testing.T) string
		roles         []string
	}{
		{"SQLite and memory, one process", sqlite, memory, []string{"all"}},
		{"PostgreSQL and memory, one process", func(t *testing.T) string { return postgrestest.URL(t) }, memory, []string{"all"}},
		{"SQLite and JetStream", sqlite, jetstream, []string{"api", "kitchen", "delivery"}},
		{"PostgreSQL and JetStream", func(t *testing.T) string { return postgrestest.URL(t) }, jetstream, []string{"api", "kitchen", "delivery"}},
		{"MongoDB's protocol and JetStream", func(t *testing.T) string { return mongotest.Start(t).URL() }, jetstream,
			[]string{"api", "kitchen", "delivery"}},
		{"PostgreSQL and JetStream, two of each", func(t *testing.T) string { return postgrestest.URL(t) }, jetstream,
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
