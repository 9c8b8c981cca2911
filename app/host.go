// Package app is the life of a service: its parts are set up and started in order, it is ready when all have started,
// and on a signal they stop in reverse order, each within a deadline.
//
//	func main() { app.Main("mario-pizzeria", observability.Setup, setup) }
//
// A [Setup] builds parts and adds them to the [Host]. What is added first stops last, so telemetry, which comes first,
// still sees the end of everything else.
package app

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// Setup builds one or more parts of a service and adds them to the host. An error stops the start.
type Setup func(ctx context.Context, h *Host) error

// Part is a piece of a service with a life of its own. Every field but Name may be left out.
type Part struct {
	Name string

	// Start returns when the part is ready. Its context ends when the start is given up, after which it has StopTimeout
	// to return; work that goes on after Start returned must not use it.
	Start func(ctx context.Context) error

	// Stop ends the part and releases what it holds. It is called once, if Start succeeded or is nil, also when a
	// later part fails to start.
	Stop func(ctx context.Context) error

	// StopTimeout is when the context of Stop ends. Defaults to 5 seconds.
	StopTimeout time.Duration

	// Check reports whether the part can do its work now; readiness is all checks passing. Called concurrently.
	Check func(ctx context.Context) error
}

const defaultStopTimeout = 5 * time.Second

// Host holds the parts of one service. Its methods are safe for concurrent use; [Host.Add] must be called from a Setup.
type Host struct {
	name  string
	parts []Part
	setUp atomic.Bool // no more parts
	ready atomic.Bool
	end   context.CancelCauseFunc
}

// Name returns the name of the service.
func (h *Host) Name() string { return h.name }

// Add gives the host a part to start, check and stop. It panics if it is not called from a Setup: the part would never
// be started.
func (h *Host) Add(p Part) {
	if h.setUp.Load() {
		panic("app: Host.Add(" + p.Name + "): parts are added by a Setup")
	}
	if p.StopTimeout <= 0 {
		p.StopTimeout = defaultStopTimeout
	}
	h.parts = append(h.parts, p)
}

// Fail stops the service, or gives up its start, because a part that was running can go no further. Only the first call
// counts, and none after the service has been told to stop. Fail(nil) stops it in good order.
func (h *Host) Fail(err error) {
	if err != nil {
		err = &failure{err}
	}
	h.end(err)
}

// Ready runs every check and returns nil if the service can take work, else what prevents it: one error for each
// failing check, joined. It fails before everything has started and from the moment the service begins to stop.
func (h *Host) Ready(ctx context.Context) error {
	if !h.ready.Load() {
		return errors.New("the service is starting or stopping")
	}
	errs := make([]error, len(h.parts))
	var wg sync.WaitGroup
	for i, p := range h.parts {
		if p.Check == nil {
			continue
		}
		wg.Go(func() {
			if err := p.check(ctx); err != nil {
				errs[i] = fmt.Errorf("%s: %w", p.Name, err)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (p Part) check(ctx context.Context) (err error) {
	defer recovered(&err)
	return p.Check(ctx)
}

// recovered turns a panic into *err, with its stack. It must be deferred.
func recovered(err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
	}
}
