package sqlrepo_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	metricnoop "go.opentelemetry.io/otel/metric/noop"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

func quiet(b *testing.B, url string) *sqlrepo.DB {
	b.Helper()
	off := telemetry.Providers{Tracer: tracenoop.NewTracerProvider(), Meter: metricnoop.NewMeterProvider()}
	return open(b, url, sqlrepo.WithTelemetry(off))
}

func raised(stream string) outbox.Entry {
	now := time.Now()
	return outbox.Entry{
		ID: aggregate.NewID(), Type: "Counted", AggregateType: "Ticket", AggregateID: stream, RaisedAt: now, Due: now,
		Data: []byte(`{"Count":1}`),
	}
}

// BenchmarkSaveWithEvents measures a change as commands make it: with no event, with two, and with two that are settled,
// which is what the fast path does after the commit.
func BenchmarkSaveWithEvents(b *testing.B) {
	for name, url := range shared() {
		for _, events := range []int{0, 2} {
			b.Run(fmt.Sprintf("%s/%d events", name, events), func(b *testing.B) {
				store := newStore(b, quiet(b, url(b)), repositorytest.Schema())
				for i := 0; b.Loop(); i++ {
					save(b, store, strconv.Itoa(i), events)
				}
			})
		}
		b.Run(name+"/2 events settled", func(b *testing.B) {
			db := quiet(b, url(b))
			store := newStore(b, db, repositorytest.Schema())
			for i := 0; b.Loop(); i++ {
				conclude(b, db, outbox.Delivered, save(b, store, strconv.Itoa(i), 2))
			}
		})
		b.Run(name+"/2 events by 16 at once", func(b *testing.B) {
			store := newStore(b, quiet(b, url(b)), repositorytest.Schema())
			b.SetParallelism(8)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					save(b, store, aggregate.NewID(), 2)
				}
			})
		})
	}
}

func save(tb testing.TB, store *sqlrepo.Store[ticket], id string, events int) []outbox.Entry {
	tb.Helper()
	c := repository.Change[ticket]{Op: repository.Add, ID: id, State: repositorytest.NewTicket(id, "ann")}
	for range events {
		c.Events = append(c.Events, raised(id))
	}
	if err := store.Save(tb.Context(), c); err != nil {
		tb.Fatal(err)
	}
	return c.Events
}

func conclude(tb testing.TB, db *sqlrepo.DB, v outbox.Verdict, entries []outbox.Entry) {
	tb.Helper()
	outcomes := make([]outbox.Outcome, len(entries))
	for i, e := range entries {
		outcomes[i] = outbox.Outcome{Entry: e, Verdict: v}
	}
	if err := db.Outbox().Settle(tb.Context(), outcomes); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkRelay measures claiming and settling, per event, of a backlog in one stream and in a thousand. Both have the
// same number of events.
func BenchmarkRelay(b *testing.B) {
	for name, url := range shared() {
		for _, streams := range []int{1, 1000} {
			b.Run(fmt.Sprintf("%s/%d streams", name, streams), func(b *testing.B) {
				db := quiet(b, url(b))
				sqlrepo.Backlog(b, db, streams, 20000/streams)
				b.ResetTimer()
				delivered := 0
				for delivered < b.N {
					entries, _, err := db.Outbox().Claim(b.Context(), []string{"Counted"}, 64)
					if err != nil {
						b.Fatal(err)
					}
					if len(entries) == 0 {
						b.StopTimer()
						sqlrepo.Backlog(b, db, streams, 20000/streams)
						b.StartTimer()
					}
					conclude(b, db, outbox.Delivered, entries)
					delivered += len(entries)
				}
				b.ReportMetric(float64(delivered)/b.Elapsed().Seconds(), "events/s")
			})
		}
	}
}
