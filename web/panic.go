package web

import (
	"log/slog"
	"net/http"
	"runtime/debug"

	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// recover must be deferred. It answers a request whose handler panicked, inside the instrumentation, so that it is
// measured. If the answer has begun, the connection is closed, so that the client does not take it for complete.
func (a *API) recover(r *http.Request, x *exchange) {
	v := recover()
	if v == nil {
		return
	}
	w := &x.out
	if v == http.ErrAbortHandler { //nolint:errorlint // net/http compares in this way
		x.aborted = true
		x.fail(r.Context(), "aborted")
		if w.status == 0 {
			w.WriteHeader(http.StatusInternalServerError)
		}
		return
	}
	err := &instrument.PanicError{Value: v, Stack: string(debug.Stack())}
	if w.status == 0 {
		a.fail(w, r, err)
		return
	}
	x.aborted = true
	x.fail(r.Context(), fault.TypeOf(err))
	a.logFailure(r, err)
}

// logFailure logs an error that is final here, unless a layer further in has done so.
func (a *API) logFailure(r *http.Request, err error) {
	if telemetry.Recorded(err) {
		return
	}
	a.config.Telemetry.Logger.LogAttrs(r.Context(), slog.LevelError, "request failed",
		append(requestAttrs(r), instrument.Exception(err)...)...)
}

func requestAttrs(r *http.Request) []slog.Attr {
	attrs := []slog.Attr{slog.String(string(semconv.HTTPRequestMethodKey), cut(r.Method, maxText))}
	if x := exchangeFrom(r.Context()); x != nil && x.endpoint.route != "" {
		attrs = append(attrs, slog.String(string(semconv.HTTPRouteKey), x.endpoint.route))
	}
	return attrs
}
