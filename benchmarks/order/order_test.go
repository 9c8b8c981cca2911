package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"github.com/neuroglia-go/neuroglia/benchmarks/report/marked"
)

// stack returns a sample of functions, the innermost first.
func stack(functions ...string) *profile.Sample {
	s := &profile.Sample{}
	for _, name := range functions {
		s.Location = append(s.Location, &profile.Location{Line: []profile.Line{{Function: &profile.Function{Name: name}}}})
	}
	return s
}

func TestASampleBelongsToTheInnermostLayer(t *testing.T) {
	t.Parallel()
	const serve = "net/http.(*conn).serve"
	for want, s := range map[string]*profile.Sample{
		"JSON":                stack("runtime.mallocgc", "reflect.New", "encoding/json.Unmarshal", project+"web.route[...]", serve),
		"web":                 stack("strings.Cut", project+"web.(*API).ServeHTTP", serve),
		"HTTP server and TCP": stack("syscall.Syscall", "internal/poll.(*FD).Write", "net.(*conn).Write", serve),
		"garbage collection":  stack("runtime.gcAssistAlloc", "runtime.mallocgc", "encoding/json.Unmarshal", serve),
		"exporters": stack("compress/gzip.(*Writer).Write", "net/http.(*Client).Do",
			"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp.(*client).UploadTraces",
			"go.opentelemetry.io/otel/sdk/trace.(*batchSpanProcessor).processQueue"),
		"repository": stack(project+"repository/sqlrepo.(*Store[...]).Save", project+"mediator.Send[...]"),
		scheduler:    stack("runtime.futex", "runtime.findRunnable", "runtime.mcall"),
		other:        stack("os/signal.process", "os/signal.loop"),
	} {
		if got, by := layerOf(layers(), s); got != want {
			t.Errorf("got %q because of %s, want %q", got, by, want)
		}
	}
	if got, _ := layerOf(layers(), stack()); got != other {
		t.Errorf("got %q for a sample without a stack, want %q", got, other)
	}
}

func TestLayersAddUp(t *testing.T) {
	t.Parallel()
	r := result{rows: []row{{"a", [2]int{10, 1}}, {"b", [2]int{10, 1}}, {"c", [2]int{10, 5}}}}
	for mode, want := range [][]int{{334, 333, 333}, {143, 143, 714}} {
		sum := 0
		for i, share := range r.shares(mode) {
			if sum += share; share != want[i] {
				t.Errorf("got %v, want %v", r.shares(mode), want)
			}
		}
		if sum != 1000 {
			t.Errorf("%v add up to %d tenths of a percent", r.shares(mode), sum)
		}
	}
	if got, want := r.markdown(), "| **all** | **3.0** | **100.0** | **0.7** | **100.0** | **-2.3** |\n"; !strings.HasSuffix(got, want) {
		t.Errorf("got %s, want %s at the end", got, want)
	}
}

func TestTheDocumentShowsTheResultThatIsKept(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../" + kept)
	if err != nil {
		t.Fatal(err)
	}
	r, err := parse(string(raw))
	if err != nil {
		t.Fatal(err)
	}
	if got := r.String(); got != string(raw) {
		t.Errorf("got %s, want what was read: %s", got, raw)
	}
	text, err := os.ReadFile("../" + document)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := marked.Part(string(text), part); err != nil || got != r.markdown() {
		t.Errorf("%s shows, %v,\n%s\nwant\n%s", document, err, got, r.markdown())
	}
	total := 0
	for _, row := range r.rows {
		total += row.took[1]
	}
	for _, row := range r.rows {
		if row.layer == other && row.took[1]*50 > total {
			t.Errorf("%s of %s µs belong to no layer: name theirs in layers.go", micro(row.took[1]), micro(total))
		}
	}
}

// TestBothPizzeriasAreMeasured places enough orders that some of the hundred samples a second are in each layer.
func TestBothPizzeriasAreMeasured(t *testing.T) {
	t.Chdir("..")
	const orders = 1000
	profiles, err := plan{rounds: 1, orders: orders, customers: 2}.measure(t.Context(), t.Output())
	if err != nil {
		t.Fatal(err)
	}
	var total [2]int
	took := map[string][2]int{}
	for _, row := range attribute("", profiles, orders).rows {
		took[row.layer] = row.took
		for i := range total {
			total[i] += row.took[i]
		}
	}
	if got := took["SQLite"]; got[0] == 0 || got[1] == 0 {
		t.Errorf("SQLite took %v, want some time of both", got)
	}
	off, on := 0, 0
	for _, layer := range []string{"exporters", "traces", "metrics"} {
		off += took[layer][0]
		on += took[layer][1]
	}
	if took["exporters"][0] != 0 || on*20 < total[1] || off*4 > on {
		t.Errorf("telemetry took %d of %d without it and %d of %d with it, want 5%% at least with it, and a quarter of that without",
			off, total[0], on, total[1])
	}
}
