package badday_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/stack"
)

// TestTheServiceGoesOnWithoutACollector kills the collector while customers ask the pizzeria for its menu, and starts it
// again: no request fails or takes longer, memory stays bounded, and telemetry flows again by itself. Counters miss nothing,
// since each value holds what was before; what is lost of spans is told.
func TestTheServiceGoesOnWithoutACollector(t *testing.T) {
	t.Parallel()
	s := start(t, root(t), freePorts(t), "tempo", "grafana")
	pizzeria, address := open(t, s)
	home := customers(address + "/api/menu")
	began := time.Now()
	time.Sleep(outage(t) / 2) // time passes: this is what is compared with
	down := time.Now()
	s.Process("collector").Kill()
	time.Sleep(outage(t) / 2)
	if err := s.Process("collector").Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	back := time.Now()
	time.Sleep(2 * time.Second)
	made := home()

	before, during, after := made.between(began, down), made.between(down, back), made.between(back, time.Now())
	t.Logf("p95 of %d requests before is %s, of %d during is %s", len(before), before.p95(), len(during), during.p95())
	if n := made.failed(); n > 0 {
		t.Errorf("%d of %d requests failed", n, len(made))
	}
	if during.p95() > 2*before.p95()+50*time.Millisecond {
		t.Errorf("without a collector, p95 is %s instead of %s", during.p95(), before.p95())
	}
	eventually(t, "the counter has every request", 20*time.Second, func() bool {
		return greatest(t, s, `http_server_request_duration_seconds_count{http_route="/api/menu"}`) == float64(len(made))
	})
	closeIt(t, pizzeria)
	eventually(t, "the spans after the return arrive", 20*time.Second, func() bool { return after.without(traces(t, s.TraceFile())) == 0 })
	arrived := traces(t, s.TraceFile())
	t.Logf("of the spans of %d requests before, %d were lost; of %d during, %d; of %d after, none",
		len(before), before.without(arrived), len(during), during.without(arrived), len(after))
}

// open starts the pizzeria and returns when it is ready.
func open(t *testing.T, s *stack.Stack) (pizzeria *exec.Cmd, address string) {
	t.Helper()
	listen := fmt.Sprintf("127.0.0.1:%d", freePorts(t).Pizzeria)
	pizzeria = exec.Command(filepath.Join(root(t), ".bin", "mario-pizzeria"))
	pizzeria.Env = append(os.Environ(), "HTTP_ADDR="+listen, "DATABASE_URL=sqlite:"+filepath.Join(t.TempDir(), "mario.db"),
		"OTEL_EXPORTER_OTLP_ENDPOINT="+s.URL("collector"), fmt.Sprintf("OTEL_METRIC_EXPORT_INTERVAL=%d", interval.Milliseconds()),
		"GOMEMLIMIT=200MiB")
	if err := pizzeria.Start(); err != nil {
		t.Fatalf("start the pizzeria, which make .bin/mario-pizzeria builds: %v", err)
	}
	t.Cleanup(func() { _ = pizzeria.Process.Kill() })
	eventually(t, "the pizzeria is ready", 20*time.Second, func() bool {
		return exec.Command(pizzeria.Path, "healthcheck", "--url", "http://"+listen+"/readyz").Run() == nil
	})
	return pizzeria, "http://" + listen
}

// closeIt looks at the memory that the pizzeria needed, where the system tells, and stops it, so that it sends the last of its
// telemetry.
func closeIt(t *testing.T, pizzeria *exec.Cmd) {
	t.Helper()
	const limit = 256 << 10 // of its container, in kB
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pizzeria.Process.Pid))
	if _, peak, ok := strings.Cut(string(status), "VmHWM:"); ok {
		most, err := strconv.Atoi(strings.Fields(peak)[0])
		if err != nil || most > limit {
			t.Errorf("the pizzeria needed %d kB of memory, more than %d; %v", most, limit, err)
		}
		t.Logf("the pizzeria needed at most %d MiB", most>>10)
	}
	if err := pizzeria.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := pizzeria.Wait(); err != nil {
		t.Fatal(err)
	}
}

// traces are those of all spans of a server in the file that the collector writes.
func traces(t *testing.T, file string) map[string]bool {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	type spans struct {
		ScopeSpans []struct {
			Spans []struct {
				TraceID string `json:"traceId"`
				Kind    int    `json:"kind"`
			} `json:"spans"`
		} `json:"scopeSpans"`
	}
	const server = 2
	found := map[string]bool{}
	for lines := bufio.NewReader(f); ; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return found // the last line may not be complete yet
		}
		var batch struct {
			ResourceSpans []spans `json:"resourceSpans"`
		}
		if err := json.Unmarshal(line, &batch); err != nil {
			t.Fatal(err)
		}
		for _, resource := range batch.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				for _, span := range scope.Spans {
					if span.Kind == server {
						found[span.TraceID] = true
					}
				}
			}
		}
	}
}
