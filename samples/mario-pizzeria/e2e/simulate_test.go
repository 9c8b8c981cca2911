package e2e_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/e2e/fakepay"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/simulate"
)

func TestASlowPizzeriaIsNotFloodedAndNoGoroutineStays(t *testing.T) { // not in parallel: it looks at all goroutines
	var hanging fakepay.Service
	hanging.Behave(time.Minute, 0)
	payments := httptest.NewServer(hanging.Handler())
	defer payments.CloseClientConnections()
	p := start(t, "OTEL_SDK_DISABLED=true", "DATABASE_URL=memory:", "PAYMENT_URL="+payments.URL)
	s := simulation(t, p, simulate.Config{Rate: 200, Duration: 2 * time.Second})
	most := 0
	eventually(t, "the simulator ends", func() bool {
		most = max(most, simulating())
		return s.ended()
	})
	if got := s.summary; got.Away == 0 || got.Placed > 0 || got.Failed == 0 || got.Open > 0 {
		t.Errorf("nobody can pay, got\n%s", got)
	}
	if most < 20 || most > 150 {
		t.Errorf("%d goroutines at most, want about one for each of the 100 customers", most)
	}
	if n := simulating(); n > 0 {
		t.Errorf("%d goroutines stay", n)
	}
}

// simulating returns how many goroutines the simulator has.
func simulating() int {
	var stacks strings.Builder
	_ = pprof.Lookup("goroutine").WriteTo(&stacks, 2)
	n := 0
	for stack := range strings.SplitSeq(stacks.String(), "\n\n") {
		if strings.Contains(stack, "mario-pizzeria/simulate.") {
			n++
		}
	}
	return n
}

func TestTheSummaryAgreesWithThePizzeria(t *testing.T) {
	t.Parallel()
	for name, chaos := range map[string]float64{"no chaos": 0, "some chaos": 0.3, "nothing but chaos": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := freeAddress(t)
			p := start(t, "OTEL_SDK_DISABLED=true", "PAYMENT_URL=http://"+address)
			s := simulation(t, p, simulate.Config{
				Rate: 20, Duration: 4 * time.Second, Chaos: chaos, Payment: address, Seed: 3,
			})
			eventually(t, "the simulator ends", s.ended)
			got := s.agrees(p)
			switch {
			case got.Open > 0 || got.Lost > 0:
				t.Errorf("orders are not finished:\n%s", got)
			case chaos == 0 && (got.Placed < 20 || got.Delivered < 20 || got.Refused+got.Failed+got.GaveUp+got.Mistakes+got.Found > 0):
				t.Errorf("want orders and nothing wrong, got\n%s", got)
			case chaos == 0.3 && (got.Delivered == 0 || got.Refused == 0 || got.Failed == 0 || got.Mistakes == 0):
				t.Errorf("want some of each, got\n%s", got)
			case chaos == 1 && (got.Refused == 0 || got.GaveUp == 0 || got.Delivered > got.Refused):
				t.Errorf("want most to go wrong, got\n%s", got)
			}
			if got.Calls == 0 || got.P50 <= 0 || got.P95 < got.P50 {
				t.Errorf("want times, got\n%s", got)
			}
			p.closesOvens()
		})
	}
}

func TestCustomersComeToAPizzeriaThatWorksByItself(t *testing.T) {
	t.Parallel()
	p := start(t, "OTEL_SDK_DISABLED=true", "CREW=auto", "COOKING_TIME=100ms", "DELIVERY_TIME=100ms")
	s := simulation(t, p, simulate.Config{Rate: 10, Duration: 4 * time.Second, Seed: 3})
	eventually(t, "the simulator ends", s.ended)
	got := s.agrees(p)
	if got.Placed < 10 || got.Delivered < 10 || got.Open+got.Lost+got.Failed+got.Refused+got.Found > 0 {
		t.Errorf("want orders and nothing wrong, got\n%s", got)
	}
	p.closesOvens()
}

func TestTheSimulatorGoesOnWhenThePizzeriaReturns(t *testing.T) {
	t.Parallel()
	env := []string{"OTEL_SDK_DISABLED=true", "DATABASE_URL=sqlite:" + t.TempDir() + "/mario.db", "HTTP_ADDR=" + freeAddress(t)}
	p := start(t, env...)
	s := simulation(t, p, simulate.Config{Rate: 20})
	eventually(t, "orders come in", func() bool { return p.count("pending") > 3 })
	_ = p.cmd.Process.Kill()
	<-p.exited
	eventually(t, "the simulator says that there is no answer", func() bool {
		return strings.Contains(s.progress.String(), "no answer for")
	})
	p = start(t, env...)
	before := p.count("delivered")
	eventually(t, "orders are delivered again", func() bool { return p.count("delivered") > before+20 })
	s.stop()
	eventually(t, "the simulator ends", s.ended)
	if got := s.agrees(p); got.Failed == 0 || got.Open > 0 || got.Lost > 0 {
		t.Errorf("want failures, and no order lost, got\n%s", got)
	}
}

func TestOpenOrdersOfOthersAreFinished(t *testing.T) {
	t.Parallel()
	p := start(t, "OTEL_SDK_DISABLED=true")
	for _, verb := range []string{"cook", "ready", "assign", "deliver"} {
		for range 3 {
			id := p.order()
			p.advance(id, verb)
		}
	}
	s := simulation(t, p, simulate.Config{Rate: 0.001, Duration: 3 * time.Second})
	eventually(t, "the simulator ends", s.ended)
	if got := s.agrees(p); got.Found != 12 || got.Placed != 1 || got.Open > 0 {
		t.Errorf("want 12 orders found and 1 placed, all finished, got\n%s", got)
	}
}

func TestOneSeedIsTheSameCustomers(t *testing.T) {
	t.Parallel()
	var baskets [2][]string
	for i := range baskets {
		p := start(t, "OTEL_SDK_DISABLED=true", "DATABASE_URL=memory:")
		s := simulation(t, p, simulate.Config{Rate: 10, Seed: 42})
		eventually(t, "ten orders", func() bool { return len(p.list("").Orders) >= 10 })
		s.stop()
		eventually(t, "the simulator ends", s.ended)
		var list struct {
			Orders []struct {
				CustomerID string          `json:"customer_id"`
				Items      json.RawMessage `json:"items"`
			} `json:"orders"`
		}
		if err := json.Unmarshal([]byte(p.do(http.MethodGet, "/api/orders", "").Body), &list); err != nil {
			t.Fatal(err)
		}
		for _, o := range list.Orders {
			baskets[i] = append(baskets[i], o.CustomerID+" "+string(o.Items))
		}
	}
	for _, basket := range baskets[0][:5] { // two who come at once may change places
		if !slices.Contains(baskets[1], basket) {
			t.Errorf("the second run has no %s, but\n%s", basket, strings.Join(baskets[1], "\n"))
		}
	}
}

func TestAnInterruptedSimulatorFinishesWhatItBegan(t *testing.T) {
	t.Parallel()
	p := start(t, "OTEL_SDK_DISABLED=true", "DATABASE_URL=memory:")
	cmd := command(t)
	cmd.Args = append(cmd.Args, "simulate", "--url", p.url, "--rate", "20/s")
	var stdout strings.Builder
	cmd.Stdout = &stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	eventually(t, "orders come in", func() bool { return len(p.list("").Orders) > 10 })
	begin := time.Now()
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > 7*time.Second {
		t.Errorf("it took %s to end, want a few seconds", took)
	}
	for _, status := range []string{"pending", "cooking", "ready", "out_for_delivery"} {
		if n := p.count(status); n > 0 {
			t.Errorf("%d orders are %s", n, status)
		}
	}
	for _, word := range []string{"placed", "delivered", "cancelled", "refused", "failed", "p50", "p95"} {
		if !strings.Contains(stdout.String(), word) {
			t.Errorf("%q is not in:\n%s", word, stdout.String())
		}
	}
}

func TestWhatTheSimulatorCannotDoIsSaidInOneLine(t *testing.T) {
	t.Parallel()
	nowhere := "http://" + freeAddress(t)
	other := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(other.Close)
	tests := map[string]struct {
		args string
		code int
		says string
	}{
		"rate without unit":   {"--rate 5", 2, "5/s"},
		"rate of nothing":     {"--rate 0/s", 2, "above 0"},
		"negative rate":       {"--rate -1/s", 2, "above 0"},
		"rate is no number":   {"--rate NaN/s", 2, "above 0"},
		"rate of a storm":     {"--rate 100000/s", 2, "1000/s"},
		"rate of next year":   {"--rate 0.5/h", 2, "1/h"},
		"chaos above one":     {"--chaos 1.1", 2, "between 0 and 1"},
		"negative chaos":      {"--chaos -0.1", 2, "between 0 and 1"},
		"chaos is no number":  {"--chaos NaN", 2, "between 0 and 1"},
		"negative duration":   {"--duration -1s", 2, "negative"},
		"no URL":              {"--url pizzeria", 2, "http://127.0.0.1:8080"},
		"payment at no port":  {"--payment 8090", 2, "127.0.0.1:8090"},
		"unknown flag":        {"--speed 5", 2, "speed"},
		"unknown word":        {"fast", 2, "fast"},
		"nothing there":       {"--url " + nowhere, 1, "connection refused"},
		"and a password":      {"--url " + strings.Replace(nowhere, "//", "//ann:hidden@", 1), 1, "ann:xxxxx@"},
		"a broken password":   {"--url ftp://ann:hidden@127.0.0.1", 2, "http://127.0.0.1:8080"},
		"something else":      {"--url " + other.URL, 1, "404"},
		"payment port taken":  {"--payment " + strings.TrimPrefix(other.URL, "http://"), 1, "--payment"},
		"healthcheck of what": {"healthcheck", 2, "healthcheck"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stderr, code := fails(t, append([]string{"simulate"}, strings.Fields(test.args)...))
			if code != test.code || !strings.Contains(stderr, test.says) || strings.Contains(stderr, "hidden") || strings.Count(stderr, "\n") != 1 {
				t.Errorf("got exit code %d, want %d and one line with %q:\n%s", code, test.code, test.says, stderr)
			}
		})
	}
}
