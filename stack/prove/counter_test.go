package prove_test

import (
	"context"
	"net/http"
	"net/http/httptest"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/web"
)

// newCounter returns the courier's counter, where one customer is served at once: who is served asks again, and is turned
// away.
func newCounter(providers telemetry.Providers) http.Handler {
	counter := web.New(mediator.New(mediator.WithTelemetry(providers)), web.Config{Telemetry: providers, MaxInFlight: 1, MaxWait: -1})
	counter.Handle("GET /counter", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		ask(counter)
		w.WriteHeader(http.StatusNoContent)
	}))
	return counter
}

func ask(counter http.Handler) {
	counter.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/counter", nil))
}
