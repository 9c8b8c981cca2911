package web_test

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/web"
)

// waiting returns an API whose requests wait, and where they say that they do.
func waiting(rec *observabilitytest.Recorder, goOn <-chan struct{}) (api *web.API, begun <-chan struct{}) {
	began := make(chan struct{})
	api = web.New(mediator.New(), web.Config{Telemetry: rec.Providers()})
	api.Handle("/wait", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		began <- struct{}{}
		<-goOn
	}))
	return api, began
}

func TestActiveRequestsAreThoseOfAllAPIs(t *testing.T) {
	t.Parallel()
	rec := observabilitytest.New(t)
	goOn, ended := make(chan struct{}), make(chan struct{})
	requests := []string{"GET", "GET", "POST", "BREW"}
	for range 2 {
		api, begun := waiting(rec, goOn)
		for _, method := range requests {
			r := httptest.NewRequestWithContext(t.Context(), method, "/wait", nil)
			go func() {
				api.ServeHTTP(httptest.NewRecorder(), r)
				ended <- struct{}{}
			}()
			<-begun
		}
		defer runtime.KeepAlive(api)
	}
	observabilitytest.Diff(t, rec.Metrics("http.server.active_requests"), `
		http.server.active_requests updowncounter {request}
		  {http.request.method=GET url.scheme=http} value=4
		  {http.request.method=POST url.scheme=http} value=2
		  {http.request.method=_OTHER url.scheme=http} value=2
	`)
	close(goOn)
	for range 2 * len(requests) {
		<-ended
	}
	observabilitytest.Diff(t, rec.Metrics("http.server.active_requests"), `
		http.server.active_requests updowncounter {request}
		  {http.request.method=GET url.scheme=http} value=0
		  {http.request.method=POST url.scheme=http} value=0
		  {http.request.method=_OTHER url.scheme=http} value=0
	`)
}
