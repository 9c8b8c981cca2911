package web_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/web"
)

const slowly = "/api/orders/slow/cook"

// busy returns a pizzeria that handles one request at once, and is handling it until it is told to go on.
func busy(t *testing.T, wait time.Duration) (p *pizzeria, goOn func()) {
	t.Helper()
	p = newPizzeria(t, func(c *web.Config) { c.MaxInFlight, c.MaxWait = 1, wait })
	done := make(chan int, 1)
	go func() {
		status, _, _ := p.askUnder(context.Background(), "PUT", slowly, "") // until the end of the test, and not only before
		done <- status
	}()
	<-p.cooking
	var once sync.Once
	goOn = func() {
		once.Do(func() {
			close(p.wait)
			if status := <-done; status != http.StatusOK {
				t.Errorf("who was let in got %d", status)
			}
		})
	}
	t.Cleanup(goOn)
	return p, goOn
}

func TestARequestIsShedThatIsOneTooMany(t *testing.T) {
	t.Parallel()
	p, _ := busy(t, -1)
	status, header, text := p.ask(t, "GET", "/api/orders", "")
	var got web.Problem
	decode(t, text, &got)
	seconds, err := strconv.Atoi(header.Get("Retry-After"))
	if status != http.StatusServiceUnavailable || got.Status != status || got.Kind != "unavailable" || err != nil || seconds < 1 || seconds > 3 {
		t.Errorf("got %s with Retry-After %q", text, header.Get("Retry-After"))
	}
}

func TestARequestThatIsShedIsNotRead(t *testing.T) {
	t.Parallel()
	p, _ := busy(t, -1)
	if status, _, text := p.ask(t, "POST", "/api/orders", "this is no JSON"); status != http.StatusServiceUnavailable {
		t.Errorf("got %d %s", status, text)
	}
}

func TestARequestWaitsForItsTurn(t *testing.T) {
	t.Parallel()
	p, goOn := busy(t, time.Minute)
	status := make(chan int, 1)
	go func() {
		got, _, _ := p.askUnder(t.Context(), "GET", "/api/orders", "")
		status <- got
	}()
	observabilitytest.Eventually(t, func() string {
		return strconv.Itoa(int(p.recorder.Value("neuroglia.http.server.waiting")))
	}, "1")
	goOn()
	if got := <-status; got != http.StatusOK {
		t.Errorf("got %d", got)
	}
}

func TestARequestWaitsNoLongerThanItMay(t *testing.T) {
	t.Parallel()
	p, _ := busy(t, time.Millisecond)
	if status, _, _ := p.ask(t, "GET", "/api/orders", ""); status != http.StatusServiceUnavailable {
		t.Errorf("got %d", status)
	}
}

func TestRequestsAreHandledAgainAtOnceAfterOthersWereShed(t *testing.T) {
	t.Parallel()
	p, goOn := busy(t, -1)
	if status, _, _ := p.ask(t, "GET", "/api/orders", ""); status != http.StatusServiceUnavailable {
		t.Fatalf("got %d", status)
	}
	goOn()
	if status, _, _ := p.ask(t, "GET", "/api/orders", ""); status != http.StatusOK {
		t.Errorf("got %d", status)
	}
}

func TestRequestsThatLeaveMoreToDoAreShedWhileThereIsTooMuch(t *testing.T) {
	t.Parallel()
	var overloaded atomic.Bool
	p := newPizzeria(t, func(c *web.Config) { c.Overloaded = overloaded.Load })
	for _, much := range []bool{true, false} {
		overloaded.Store(much)
		if status, _, text := p.ask(t, "GET", "/api/orders", ""); status != http.StatusOK {
			t.Errorf("who only looks got %d %s", status, text)
		}
		status, header, text := p.ask(t, "POST", "/api/orders", "this is no JSON")
		if shed := status == http.StatusServiceUnavailable && header.Get("Retry-After") != ""; shed != much {
			t.Errorf("overloaded is %v, and an order got %d %s", much, status, text)
		}
	}
}

func TestHealthIsNeverShed(t *testing.T) {
	t.Parallel()
	p, _ := busy(t, -1)
	for _, path := range []string{"/healthz", "/readyz", "/api/openapi.json", "/api/docs"} {
		if status, _, _ := p.ask(t, "GET", path, ""); status != http.StatusOK {
			t.Errorf("%s: got %d", path, status)
		}
	}
}

func TestNoRequestIsShedWithoutALimit(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, func(c *web.Config) { c.MaxInFlight = -1 })
	const many = 1100
	status := make(chan int, many)
	for range many {
		go func() {
			got, _, _ := p.askUnder(t.Context(), "PUT", slowly, "")
			status <- got
		}()
	}
	for range many {
		<-p.cooking
	}
	close(p.wait)
	for range many {
		if got := <-status; got != http.StatusOK {
			t.Fatalf("got %d", got)
		}
	}
}

func TestRequestsThatAreShedAreCountedAndHaveNoSpanAndNoLogRecordOfTheirOwn(t *testing.T) {
	t.Parallel()
	p, goOn := busy(t, -1)
	for range 3 {
		p.ask(t, "GET", "/api/orders", "")
	}
	p.ask(t, "BREW", "/nowhere/"+strings.Repeat("x", 100), "")
	goOn()
	observabilitytest.Diff(t, p.recorder.Metrics("neuroglia.http.server.shed"), ""+
		"neuroglia.http.server.shed counter {request}\n"+
		"  {http.request.method=GET http.route=/api/orders} value=3\n"+
		"  {http.request.method=_OTHER} value=1\n")
	if got := p.recorder.Metrics("http.server.request.duration"); !strings.Contains(got, "503") {
		t.Errorf("no 503 among %s", got)
	}
	observabilitytest.Eventually(t, func() string {
		records := 0
		for _, record := range p.recorder.LogRecords() {
			if record.Message == "requests shed" {
				records++
			}
		}
		return strconv.Itoa(records)
	}, "1")
	if got := p.recorder.Spans(); strings.Contains(got, "GET /api/orders") {
		t.Errorf("got spans %s", got)
	}
}
