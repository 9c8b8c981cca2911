package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/neuroglia-go/neuroglia/internal/instrument"
)

// alive answers as long as the process serves at all.
func (a *API) alive(w http.ResponseWriter, _ *http.Request) error {
	return writeStatus(w, "alive")
}

// readyz answers whether the service can take work now.
func (a *API) readyz(w http.ResponseWriter, r *http.Request) error {
	if a.stopping.Load() {
		return &refusal{status: http.StatusServiceUnavailable, detail: "the service is stopping"}
	}
	if err := a.ready.now(r.Context()); err != nil {
		return notReady(err)
	}
	return writeStatus(w, "ready")
}

func writeStatus(w http.ResponseWriter, status string) error {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(`{"status":"` + status + `"}` + "\n")) // a prober that is gone needs no answer
	return nil
}

// notReady names the parts that are not ready. What is wrong with them is in the log and nobody else's business.
func notReady(err error) *refusal {
	refused := &refusal{status: http.StatusServiceUnavailable}
	if isPanic(err) {
		refused.detail = "the checks panicked"
		return refused
	}
	errs := []error{err}
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		errs = joined.Unwrap()
	}
	var names []string
	for _, err := range errs {
		name, _, named := strings.Cut(err.Error(), ": ")
		if !named {
			return &refusal{status: http.StatusServiceUnavailable, detail: err.Error()}
		}
		names = append(names, name)
		refused.errors = append(refused.errors, ProblemDetail{Location: name, Message: "not ready"})
	}
	refused.detail = "not ready: " + strings.Join(names, ", ")
	return refused
}

// readiness runs a check for any number of probers, one at a time, in bounded time.
type readiness struct {
	check   func(context.Context) error
	timeout time.Duration
	logger  *slog.Logger

	mu      sync.Mutex
	running *readinessRun
	failing bool
}

type readinessRun struct {
	done chan struct{}
	err  error
}

// now returns the outcome of a check. A check that hangs keeps all others from starting, so that hanging checks do not
// pile up. One that panics is one that fails.
func (c *readiness) now(ctx context.Context) error {
	if c.check == nil {
		return nil
	}
	timeout := time.NewTimer(c.timeout)
	defer timeout.Stop()
	run := c.join(context.WithoutCancel(ctx))
	select {
	case <-run.done:
		return run.err
	case <-timeout.C:
		return errors.New("the checks took too long")
	case <-ctx.Done():
		return errors.New("the prober did not wait for the checks")
	}
}

func (c *readiness) join(ctx context.Context) *readinessRun {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running != nil {
		return c.running
	}
	run := &readinessRun{done: make(chan struct{})}
	c.running = run
	go func() {
		ctx, cancel := context.WithTimeout(ctx, c.timeout)
		defer cancel()
		defer c.finish(ctx, run)
		defer instrument.Recover(&run.err)
		run.err = instrument.ErrUnfinished
		run.err = c.check(ctx)
	}()
	return run
}

func (c *readiness) finish(ctx context.Context, run *readinessRun) {
	c.mu.Lock()
	changed := c.failing != (run.err != nil)
	c.failing = run.err != nil
	c.running = nil
	c.mu.Unlock()
	switch {
	case changed && c.failing && isPanic(run.err):
		c.logger.LogAttrs(ctx, slog.LevelError, "not ready", instrument.Exception(run.err)...)
	case changed && c.failing:
		c.logger.WarnContext(ctx, "not ready", "error", run.err)
	case changed:
		c.logger.InfoContext(ctx, "ready again")
	}
	close(run.done)
}
