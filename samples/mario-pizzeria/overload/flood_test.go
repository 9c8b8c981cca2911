package overload_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/e2e/fakepay"
)

// report is what came of a flood, as the program prints it.
type report struct {
	Sent  int            `json:"sent"`
	Done  int            `json:"done"`
	Shed  int            `json:"shed"`
	Wrong map[string]int `json:"wrong"`
	P50   time.Duration  `json:"p50"`
	P99   time.Duration  `json:"p99"`
	Max   time.Duration  `json:"max"`
	Late  time.Duration  `json:"late"`
}

// flood sends requests, as the program does with these arguments.
func (p *pizzeria) flood(t *testing.T, d time.Duration, args ...string) report {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), built.flood, append(args, "-url", p.url+"/api/orders", "-duration", d.String())...)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	var r report
	if err != nil || json.Unmarshal(text, &r) != nil {
		t.Fatalf("the flood ended with %v: %s", err, text)
	}
	return r
}

// wantShed fails the test unless the requests were done in time or shed, and those after them are done.
func (p *pizzeria) wantShed(t *testing.T, r report, capacity float64, d time.Duration) {
	t.Helper()
	begin := time.Now()
	for range 20 {
		if got := p.send(t, http.MethodGet, "/api/orders", ""); got.status != http.StatusOK {
			t.Errorf("got %d %s after %v when there was little to do again", got.status, got.text, time.Since(begin))
		}
	}
	t.Logf("capacity %.0f per second, load %.0f, done %.0f, p50 %v, p99 %v, at most %v; sent %v late; %d MiB; 20 more in %v", capacity,
		float64(r.Sent)/d.Seconds(), float64(r.Done)/d.Seconds(), r.P50, r.P99, r.Max, r.Late, p.memory(t), time.Since(begin))
	if len(r.Wrong) > 0 {
		t.Errorf("got other answers than done and shed: %v", r.Wrong)
	}
	if r.Shed == 0 {
		t.Error("nothing was shed")
	}
	if r.Done == 0 {
		t.Error("nothing was done")
	}
	if most := 5 * time.Second; r.P99 > most {
		t.Errorf("one in a hundred of those that were let in waited for %v", r.P99)
	}
	if got := p.memory(t); got > 500 {
		t.Errorf("got %d MiB of memory", got)
	}
	if got := strings.Count(p.printed(), "requests shed"); got < 1 || got > 5 {
		t.Errorf("got %d log records of %d requests that were shed", got, r.Shed)
	}
}

func TestThreeTimesTheLoadIsShedAndWhoIsLetInIsAnsweredInTime(t *testing.T) { //nolint:paralleltest // it needs the machine
	p := start(t, "GOMAXPROCS=1")
	p.order(t, 300, "") // of which a page is shown
	p.flood(t, time.Second)
	const measuring, flooding = 3 * time.Second, 8 * time.Second
	capacity := float64(p.flood(t, measuring).Done) / measuring.Seconds()
	r := p.flood(t, flooding, "-rate", fmt.Sprint(3*capacity))
	p.wantShed(t, r, capacity, flooding)
}

func TestRequestsAreShedWhenTooManyWaitForSomethingSlow(t *testing.T) {
	t.Parallel()
	const delay, most = 200 * time.Millisecond, 20
	var payments fakepay.Service
	payments.Behave(delay, 0)
	server := httptest.NewServer(payments.Handler())
	t.Cleanup(server.Close)
	p := start(t, "PAYMENT_URL="+server.URL, fmt.Sprint("MAX_IN_FLIGHT=", most))
	const capacity, flooding = most / 0.2, 5 * time.Second
	r := p.flood(t, flooding, "-rate", fmt.Sprint(3*capacity), "-method", http.MethodPost, "-body", anOrder)
	p.wantShed(t, r, capacity, flooding)
	if got := float64(r.Done) / flooding.Seconds(); got < capacity/3 {
		t.Errorf("got %.0f orders per second of %.0f", got, float64(capacity))
	}
}
