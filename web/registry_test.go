package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
	"github.com/neuroglia-go/neuroglia/web"
)

func TestRequestsAndCallsEmitWhatTheRegistryDeclaresAndNothingElse(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, func(c *web.Config) { c.RecordClient, c.MaxInFlight, c.MaxWait = true, 1, -1 })
	rec := p.recorder
	p.Handle("POST /echo/{id}", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("id") == "panic" {
			panic("no ink")
		}
		_, _ = io.Copy(w, r.Body)
	}))
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	client := web.NewClient(web.WithClientTelemetry(rec.Providers()))
	t.Cleanup(client.CloseIdleConnections)
	for method, path := range map[string]string{"POST": "/echo/7", "PUT": "/echo/panic", "BREW": "/nowhere"} {
		ask(t, client, method, server.URL+path)
	}
	ask(t, client, "POST", server.URL+"/echo/panic")
	ask(t, client, "POST", server.URL+"/api/orders") // what is sent is no order
	p.shedOne(t, client, server.URL)
	declared := observabilitytest.Declared{Metrics: registry.Metrics(), Spans: registry.Spans(), Logs: registry.Logs()}.Of(
		"github.com/neuroglia-go/neuroglia/web", "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp")
	observabilitytest.Diff(t, rec.Drift(declared), "")
}

// shedOne has a request shed, as the second of two.
func (p *pizzeria) shedOne(t *testing.T, client *http.Client, url string) {
	t.Helper()
	p.Handle("POST /wait", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { p.cooking <- ""; <-p.wait }))
	done := make(chan struct{})
	go func() {
		defer close(done)
		ask(t, client, "POST", url+"/wait")
	}()
	<-p.cooking
	ask(t, client, "GET", url+"/api/orders")
	close(p.wait)
	<-done
}

func ask(t *testing.T, client *http.Client, method, url string) {
	t.Helper()
	ctx := web.WithURLTemplate(t.Context(), "/echo/{id}")
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", "curl")
	r.Header.Set("X-Forwarded-For", "192.0.2.9")
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
}
