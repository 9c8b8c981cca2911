package web_test

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/web"
)

func TestReadinessNamesThePartsThatAreNotReady(t *testing.T) {
	t.Parallel()
	never := make(chan struct{})
	for name, c := range map[string]struct {
		ready  func(context.Context) error
		status int
		want   string
	}{
		"no check": {nil, 200, ""},
		"ready":    {func(context.Context) error { return nil }, 200, ""},
		"one part": {func(context.Context) error { return errors.New("store: secret host") }, 503, "not ready: store"},
		"parts": {func(context.Context) error {
			return errors.Join(errors.New("store: secret host"), errors.New("bus: secret host"))
		}, 503, "not ready: store, bus"},
		"starting": {func(context.Context) error { return errors.New("the service is starting or stopping") }, 503, "the service is starting or stopping"},
		"hanging":  {func(context.Context) error { <-never; return nil }, 503, "the checks took too long"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPizzeria(t, func(config *web.Config) {
				config.Ready, config.ReadyTimeout = c.ready, time.Minute
				if name == "hanging" {
					config.ReadyTimeout = 10 * time.Millisecond
				}
			})
			for range 2 {
				status, header, body := p.ask(t, "GET", "/readyz", "")
				if status != c.status {
					t.Fatalf("got %d %s", status, body)
				}
				if got := header.Get("Content-Type"); c.want != "" && got != "application/problem+json" {
					t.Errorf("got %s", got)
				}
				if problem := (web.Problem{}); c.want != "" {
					decode(t, body, &problem)
					if problem.Detail != c.want {
						t.Errorf("got %s, want %s", problem.Detail, c.want)
					}
				}
			}
			observabilitytest.Diff(t, p.recorder.Spans(), "")
			observabilitytest.Diff(t, p.recorder.Metrics("http."), "")
		})
	}
}

func TestChangesOfReadinessAreLoggedOnce(t *testing.T) {
	t.Parallel()
	broken := true
	p := newPizzeria(t, func(c *web.Config) {
		c.Ready = func(context.Context) error {
			if broken {
				return errors.New("store: disk full")
			}
			return nil
		}
	})
	for _, broken = range []bool{true, true, false, false} {
		p.ask(t, "GET", "/readyz", "")
	}
	observabilitytest.Diff(t, p.recorder.Logs(), `
		WARN not ready error="store: disk full"
		INFO ready again
	`)
}

func TestACheckThatPanicsIsNotReadyAndLoggedOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		check func(context.Context) error
		log   string
	}{
		"panic": {
			func(context.Context) error { panic("secret") },
			`ERROR not ready error.type=panic exception.message="panic: secret" exception.stacktrace=* exception.type=*instrument.PanicError`,
		},
		"exit": {
			func(context.Context) error { runtime.Goexit(); return nil },
			`ERROR not ready error.type=panic exception.message=* exception.type=instrument.unfinished`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPizzeria(t, func(config *web.Config) { config.Ready = c.check })
			for range 3 {
				status, header, body := p.ask(t, "GET", "/readyz", "")
				if status != http.StatusServiceUnavailable || header.Get("Content-Type") != "application/problem+json" ||
					!strings.Contains(body, "the checks panicked") || strings.Contains(body, "secret") {
					t.Errorf("got %d %s", status, body)
				}
			}
			if name == "exit" {
				if got := p.recorder.LogRecords(); len(got) != 1 {
					t.Errorf("got logs %s", p.recorder.Logs())
				}
				return
			}
			observabilitytest.Diff(t, p.recorder.Logs(), c.log)
		})
	}
}

func TestHealthAnswersWhileAlive(t *testing.T) {
	t.Parallel()
	status, _, body := newPizzeria(t, nil).ask(t, "GET", "/healthz", "")
	if status != http.StatusOK || body != `{"status":"alive"}`+"\n" {
		t.Errorf("got %d %s", status, body)
	}
}
