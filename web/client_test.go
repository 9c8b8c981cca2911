package web_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/web"
)

func newPayments(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/broken" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		user, password, _ := r.BasicAuth()
		fmt.Fprint(w, r.URL.RawQuery, " ", user, " ", password, " ", r.Header.Get("Traceparent") != "")
	}))
	t.Cleanup(s.Close)
	return s
}

func TestOutgoingRequestsAreTracedAndMeasuredWithoutSecrets(t *testing.T) {
	t.Parallel()
	payments := newPayments(t)
	rec := observabilitytest.New(t, observabilitytest.Leave("server.port", "url.full", "network.protocol.version", "network.protocol.name"))
	client := web.NewClient(web.WithClientTelemetry(rec.Providers()))
	t.Cleanup(client.CloseIdleConnections)
	ctx, span := rec.Providers().Tracer.Tracer("test").Start(t.Context(), "Command.Pay")
	target := strings.Replace(payments.URL, "http://", "http://mario:secret@", 1)
	for _, c := range []struct {
		ctx          context.Context
		method, path string
	}{
		{ctx, "GET", "/payments?token=secret#fragment"},
		{web.WithURLTemplate(ctx, "/payments/{id}"), "POST", "/payments/7?token=secret"},
		{ctx, "PUT", "/broken"},
	} {
		r, err := http.NewRequestWithContext(c.ctx, c.method, target+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		_, query, _ := strings.Cut(strings.TrimSuffix(c.path, "#fragment"), "?")
		if got, want := string(body), query+" mario secret true"; got != want {
			t.Errorf("the server got %q, want %q", got, want)
		}
		if response.Request.URL.Host != r.URL.Host || response.Request.URL.RawQuery != r.URL.RawQuery {
			t.Errorf("got the answer to %s", response.Request.URL)
		}
	}
	span.End()
	observabilitytest.Diff(t, rec.Spans(), `
		Command.Pay INTERNAL
		  GET CLIENT http.request.method=GET http.response.status_code=200 server.address=127.0.0.1
		  POST /payments/{id} CLIENT http.request.method=POST http.response.status_code=200 server.address=127.0.0.1 url.template=/payments/{id}
		  PUT CLIENT ERROR() error.type=503 http.request.method=PUT http.response.status_code=503 server.address=127.0.0.1
	`)
	observabilitytest.Diff(t, rec.Metrics("http.client.request.duration"), `
		http.client.request.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10]
		  {error.type=503 http.request.method=PUT http.response.status_code=503 server.address=127.0.0.1 url.scheme=http} count=1
		  {http.request.method=GET http.response.status_code=200 server.address=127.0.0.1 url.scheme=http} count=1
		  {http.request.method=POST http.response.status_code=200 server.address=127.0.0.1 url.scheme=http url.template=/payments/{id}} count=1
	`)
	for _, stub := range rec.SpanStubs() {
		for _, attr := range stub.Attributes {
			if strings.Contains(attr.Value.String(), "secret") {
				t.Errorf("%s has a secret in %s=%s", stub.Name, attr.Key, attr.Value.String())
			}
			if attr.Key == "url.full" && stub.Name == "GET" && attr.Value.String() != payments.URL+"/payments?token=REDACTED" {
				t.Errorf("got %s", attr.Value.String())
			}
		}
	}
}

func TestOutgoingRequestsThatFailAreErrors(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	_ = listener.Close()
	rec := observabilitytest.New(t, observabilitytest.Leave("server.port", "url.full"))
	client := web.NewClient(web.WithClientTelemetry(rec.Providers()))
	secret := strings.Replace(url, "//", "//mario:s3cret@", 1) + "/x?token=s3cret"
	if _, err := send(t.Context(), client, "GET", secret, ""); err == nil {
		t.Fatal("got no error")
	}
	if text := fmt.Sprint(rec.SpanStubs(), rec.Metrics("http."), rec.Logs()); strings.Contains(text, "s3cret") {
		t.Errorf("telemetry has a secret: %s", text)
	}
	if spans := rec.Spans(); !strings.Contains(spans, "error.type=") || !strings.Contains(spans, "ERROR(") {
		t.Error(spans)
	}
}

type failing struct{ err error }

func (f failing) RoundTrip(r *http.Request) (*http.Response, error) {
	return nil, fmt.Errorf("%w: %s, query ?%s", f.err, r.URL, r.URL.RawQuery)
}

func TestErrorsOfTransportsTellNoSecretsOfTheURL(t *testing.T) {
	t.Parallel()
	rec := observabilitytest.New(t, observabilitytest.Leave("url.full", "network.protocol.version"))
	broken := errors.New("broken")
	client := web.NewClient(web.WithClientTelemetry(rec.Providers()), web.WithTransport(failing{broken}))
	_, err := send(t.Context(), client, "GET", "http://mario:s3cret@127.0.0.1:1/x?token=s3cret", "")
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "broken: http://mario:s3cret@127.0.0.1:1/x") {
		t.Errorf("got %v, want the error of the transport", err)
	}
	observabilitytest.Diff(t, rec.Spans(), `
		GET CLIENT ERROR(broken: http://127.0.0.1:1/x?token=REDACTED, query ?token=REDACTED) error.type=*errors.errorString http.request.method=GET server.address=127.0.0.1 server.port=1
	`)
	if text := rec.Metrics("http.") + rec.Logs(); strings.Contains(text, "s3cret") || !strings.Contains(text, "error.type=") {
		t.Error(text)
	}
}

func TestOutgoingRequestsEndInTime(t *testing.T) {
	t.Parallel()
	never := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-never }))
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(never) })
	rec := observabilitytest.New(t)
	client := web.NewClient(web.WithClientTelemetry(rec.Providers()), web.WithClientTimeout(10*time.Millisecond))
	_, err := send(t.Context(), client, "GET", s.URL, "")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestTracesGoFromClientToServer(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, nil)
	url, _ := p.start(t)
	client := web.NewClient(web.WithClientTelemetry(p.recorder.Providers()))
	if status, err := send(t.Context(), client, "DELETE", url+"/api/orders/7", ""); status != http.StatusNoContent {
		t.Fatal(err)
	}
	client.CloseIdleConnections()
	observabilitytest.Eventually(t, func() string {
		return strings.ReplaceAll(p.recorder.Spans(), url, "http://server")
	}, `
		DELETE CLIENT http.request.method=DELETE http.response.status_code=204 url.full=http://server/api/orders/7
		  DELETE /api/orders/{id} SERVER http.request.method=DELETE http.response.status_code=204 http.route=/api/orders/{id} url.path=/api/orders/7
		    Command.RemoveOrder INTERNAL neuroglia.message.kind=command neuroglia.message.type=RemoveOrder neuroglia.outcome=success
	`)
}
