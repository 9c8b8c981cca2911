package badday_test

import (
	"fmt"
	"math"
	"os"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/stack"
)

// outage is how long stores are down: OUTAGE, or 20 seconds.
func outage(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("OUTAGE")
	if text == "" {
		return 20 * time.Second
	}
	length, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("OUTAGE is %q, but must be a duration such as 2m: %v", text, err)
	}
	return length
}

// TestNothingIsLostWhileStoresAreDown stops Prometheus and Loki for OUTAGE (20s), kills the collector in the middle of it, and
// then finds all that the collector had acknowledged: log records and points of metrics.
func TestNothingIsLostWhileStoresAreDown(t *testing.T) {
	t.Parallel()
	s := start(t, root(t), freePorts(t), "tempo", "grafana")
	began := time.Now()
	sender := send(t, s.URL("collector"))
	eventually(t, "log records arrive", time.Minute, func() bool {
		return len(lines(t, s, `{service_name="badday"} | line_format "{{ trunc 10 __line__ }}"`, began, time.Now())) > 0
	})

	stores := []*stack.Process{s.Process("prometheus"), s.Process("loki")}
	for _, store := range stores {
		if err := store.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	down, before := time.Now(), sender.count()
	time.Sleep(outage(t) / 2) // what happens is that time passes
	s.Process("collector").Kill()
	if err := s.Process("collector").Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Until(down.Add(outage(t))))
	during := sender.count() - before
	for _, store := range stores {
		if err := store.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	back := time.Now()
	sender.stop()
	eventually(t, "the queues are empty", time.Minute, func() bool { return queued(t, s, back) == 0 })
	t.Logf("stores were down for %s; after their return it took %s to empty the queues, which held up to %.0f bytes",
		back.Sub(down).Round(time.Second), time.Since(back).Round(time.Second), greatest(t, s, "max_over_time(otelcol_exporter_queue_size[15m])"))

	records, points := sender.soFar()
	t.Logf("%d log records were sent, %d acknowledged, %d of them during the outage; %d points acknowledged", sender.sent, len(records),
		during, len(points))
	times := map[int]int{}
	for from := began; from.Before(back.Add(time.Minute)); from = from.Add(5 * time.Second) {
		for _, line := range lines(t, s, `{service_name="badday"} | line_format "{{ trunc 10 __line__ }}"`, from, from.Add(5*time.Second)) {
			times[numberOf(line)]++
		}
	}
	lost, twice := 0, 0
	for number := range records {
		if times[number] == 0 {
			lost++
		}
	}
	for _, n := range times {
		twice += n - 1
	}
	t.Logf("%d log records were found, %d of them more than once", len(times), twice)
	if lost > 0 || twice > 0 {
		t.Errorf("of %d acknowledged log records, %d are not in Loki and %d are there more than once", len(records), lost, twice)
	}
	stored := samples(t, s)
	for p := range points {
		if stored[p] {
			delete(points, p)
		}
	}
	t.Logf("%d points were found", len(stored))
	if len(points) > 0 {
		t.Errorf("of the acknowledged points, %d are not in Prometheus: %v", len(points), points)
	}
}

// count is how many log records the collector has acknowledged.
func (k *taken) count() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.records)
}

// queued is how many bytes wait in the fullest queue, by a measurement since a time; -1 if there was none.
func queued(t *testing.T, s *stack.Stack, since time.Time) float64 {
	t.Helper()
	const size = `otelcol_exporter_queue_size{data_type=~"logs|metrics"}`
	return greatest(t, s, fmt.Sprintf("%[1]s and timestamp(%[1]s) > %[2]d", size, since.Unix()))
}

// samples are the values of the counters in Prometheus.
func samples(t *testing.T, s *stack.Stack) map[point]bool {
	t.Helper()
	stored := map[point]bool{}
	for _, found := range query(t, s, "badday_events_total[15m]") {
		for _, sample := range found.Values {
			at, _ := sample[0].(float64)
			stored[point{found.Metric["series"], int64(math.Round(at * 1000)), int64(number(sample[1]))}] = true
		}
	}
	return stored
}
