package web_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
	"github.com/neuroglia-go/neuroglia/web"
)

func TestARequestThatIsShedInsideOtelhttpIsMeasuredOnceAndItsSpanSaysWhy(t *testing.T) {
	t.Parallel()
	p, goOn := busy(t, -1)
	providers := p.recorder.Providers()
	outer := otelhttp.NewHandler(p, "server", otelhttp.WithTracerProvider(providers.Tracer),
		otelhttp.WithMeterProvider(providers.Meter), otelhttp.WithPropagators(providers.Propagator))
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/api/orders", nil)
	r.RemoteAddr = ""
	outer.ServeHTTP(httptest.NewRecorder(), r)
	goOn()
	observabilitytest.Diff(t, p.recorder.Spans(), `
		PUT /api/orders/{id}/cook SERVER http.request.method=PUT http.response.status_code=200 http.route=/api/orders/{id}/cook url.path=/api/orders/slow/cook
		  Command.StartCooking INTERNAL neuroglia.message.kind=command neuroglia.message.type=StartCooking neuroglia.outcome=success
		GET /api/orders SERVER ERROR() error.type=unavailable http.request.method=GET http.response.status_code=503 http.route=/api/orders url.path=/api/orders
	`)
	observabilitytest.Diff(t, p.recorder.Metrics("http.server.request.duration"), `
		http.server.request.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10]
		  {error.type=unavailable http.request.method=GET http.response.status_code=503 http.route=/api/orders} count=1
		http.server.request.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10]
		  {http.request.method=PUT http.response.status_code=200 http.route=/api/orders/{id}/cook} count=1
	`)
}

func TestAClientThatLeavesWhileItWaitsForItsTurnIsNotShed(t *testing.T) {
	t.Parallel()
	p, goOn := busy(t, time.Minute)
	ctx, leave := context.WithCancel(t.Context())
	status := make(chan int, 1)
	go func() {
		got, _, _ := p.askUnder(ctx, "GET", "/api/orders", "")
		status <- got
	}()
	observabilitytest.Eventually(t, func() string {
		return strconv.Itoa(int(p.recorder.Value("neuroglia.http.server.waiting")))
	}, "1")
	leave()
	if got := <-status; got != 499 {
		t.Errorf("got %d", got)
	}
	goOn()
	observabilitytest.Diff(t, p.recorder.Metrics("http.server.request.duration", "neuroglia.http.server.shed"), `
		http.server.request.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10]
		  {http.request.method=GET http.response.status_code=499 http.route=/api/orders} count=1
		  {http.request.method=PUT http.response.status_code=200 http.route=/api/orders/{id}/cook} count=1
	`)
}

// slowHandler takes a minute for each record about requests that are shed.
type slowHandler struct {
	slog.Handler

	counts chan int64
}

func (slowHandler) Enabled(context.Context, slog.Level) bool { return true }

func (h slowHandler) Handle(_ context.Context, record slog.Record) error {
	if record.Message == registry.RequestsShed {
		record.Attrs(func(a slog.Attr) bool { h.counts <- a.Value.Int64(); return true })
		time.Sleep(time.Minute)
	}
	return nil
}

func TestARequestThatIsShedDoesNotWaitForTheLog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := slowHandler{Handler: slog.DiscardHandler, counts: make(chan int64, 10)}
		p := newPizzeria(t, func(c *web.Config) {
			c.MaxInFlight, c.MaxWait = 1, -1
			c.Telemetry.Logger = slog.New(h)
		})
		go p.askUnder(context.Background(), "PUT", slowly, "")
		<-p.cooking
		began := time.Now()
		for range 5 {
			if status, _, _ := p.ask(t, "GET", "/api/orders", ""); status != http.StatusServiceUnavailable {
				t.Errorf("got %d", status)
			}
			synctest.Wait()
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("five requests waited for %v", took)
		}
		close(p.wait)
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		close(h.counts)
		var counts []int64
		for count := range h.counts {
			counts = append(counts, count)
		}
		if len(counts) != 2 || counts[0]+counts[1] != 5 {
			t.Errorf("the log has %v requests, want all five in two records", counts)
		}
	})
}

func TestAConnectionThatIsGivenAwayKeepsNobodyOut(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, func(c *web.Config) { c.MaxInFlight, c.MaxWait = 1, -1 })
	done := make(chan struct{})
	p.Handle("GET /talk", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, buffer, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = buffer.WriteString("HTTP/1.1 101 Switching Protocols\r\n\r\n")
		_ = buffer.Flush()
		<-done
	}))
	answer := sendSlowly(t, p, "GET /talk HTTP/1.1\r\nHost: x\r\n\r\n")
	if line, err := answer.ReadString('\n'); err != nil || line != "HTTP/1.1 101 Switching Protocols\r\n" {
		t.Fatalf("got %q %v", line, err)
	}
	for range 3 {
		if status, _, _ := p.ask(t, "GET", "/api/orders", ""); status != http.StatusOK {
			t.Errorf("got %d while a connection is in use", status)
		}
	}
	close(done)
	if _, err := answer.ReadString(0); err != io.EOF {
		t.Error(err)
	}
	observabilitytest.Eventually(t, func() string {
		return strconv.FormatBool(strings.Contains(p.recorder.Spans(), "not ended"))
	}, "false")
	p.mustBeOneAtOnce(t)
}

// mustBeOneAtOnce checks that there is a place for one request and no more.
func (p *pizzeria) mustBeOneAtOnce(t *testing.T) {
	t.Helper()
	status := make(chan int, 1)
	go func() {
		got, _, _ := p.askUnder(context.Background(), "PUT", slowly, "")
		status <- got
	}()
	<-p.cooking
	if got, _, _ := p.ask(t, "GET", "/api/orders", ""); got != http.StatusServiceUnavailable {
		t.Errorf("the second of two got %d", got)
	}
	close(p.wait)
	if got := <-status; got != http.StatusOK {
		t.Errorf("the first of two got %d", got)
	}
}
