package e2e_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/repository/sqlrepo/postgrestest"
)

func TestTheDocumentShowsTheTraceAcrossProcesses(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("../../../docs/samples/mario-pizzeria-processes.md")
	if err != nil {
		t.Fatal(err)
	}
	for file, shown := range map[string]func(line string) bool{
		"testdata/order_trace_processes.txt":        func(string) bool { return true },
		"testdata/order_trace_processes_linked.txt": regexp.MustCompile(`^ *(POST|Command|publish|~|Event.*Handlers|Event.*Bus)`).MatchString,
	} {
		trace, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var want strings.Builder
		for line := range strings.Lines(string(trace)) {
			if shown(line) {
				want.WriteString(line)
			}
		}
		if !strings.Contains(string(document), "```\n"+want.String()+"```\n") {
			t.Errorf("the document does not show what is in %s:\n%s", file, want.String())
		}
	}
}

// What handles an event may find that another process has not noted yet that it is done with the one before, and leaves
// the rest to a relay then. So several orders are placed, of which one must have the trace.
func TestOneOrderIsOneTraceAcrossProcesses(t *testing.T) {
	t.Parallel()
	for policy, file := range map[string]string{
		"same": "testdata/order_trace_processes.txt", "link": "testdata/order_trace_processes_linked.txt",
	} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c := startCollector(t)
			env := append(c.env("grpc"), "BUS_URL="+startNATS(t), "DATABASE_URL="+postgrestest.URL(t), "TRACE_EVENTS="+policy,
				"COOKING_TIME=100ms", "DELIVERY_TIME=100ms")
			processes := pizzerias(t, env...)
			front := processes["api"]
			front.becomes(front.order(), "delivered") // and the customer is registered
			var orders []string
			for range 12 {
				id := front.order()
				front.tells(id, "Your order is in.", "Your order is ready.", "Your order was delivered.")
				orders = append(orders, id)
			}
			front.closesOvens()
			for _, process := range processes {
				process.stop()
			}
			c.stop()
			spans, got := c.spans(), ""
			for _, id := range orders {
				if got = tree(spans, traceOf(t, spans, id)); got == string(want) {
					return
				}
			}
			t.Errorf("the trace of the last order is\n%s\nwant\n%s", got, want)
		})
	}
}
