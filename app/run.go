package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Main runs a service until SIGINT or SIGTERM. It returns after an orderly stop, and otherwise exits with 1 and the
// error on standard error. A second signal ends the process at once.
func Main(name string, setups ...Setup) {
	ctx, end := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		received := <-signals
		signal.Stop(signals) // before anything else, so that no second signal is missed
		end(fmt.Errorf("signal: %s", received))
	}()
	if err := Run(ctx, name, setups...); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

// Run runs a service until ctx ends or a part fails, and returns when every part has stopped. It returns what went
// wrong in setting up, starting, running or stopping, joined; nil after an orderly life. A panic of a part's functions
// is an error with its stack; one of a Setup is not recovered.
func Run(ctx context.Context, name string, setups ...Setup) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	h := &Host{name: name, end: end}
	started, err := h.start(ctx, setups)
	if err == nil {
		h.ready.Store(true)
		<-ctx.Done()
		h.ready.Store(false)
		slog.InfoContext(ctx, "stopping", "reason", context.Cause(ctx).Error())
	}
	reason := context.Cause(ctx)
	if reason != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, reason)) {
		err = nil // the start was given up, for that reason
	}
	if failed, ok := errors.AsType[*failure](reason); ok {
		err = errors.Join(failed.error, err)
	}
	return errors.Join(err, stop(context.WithoutCancel(ctx), started))
}

// failure is the cause of the end of a service that a part ends with [Host.Fail].
type failure struct{ error }

// start sets up all parts and starts them in order. It returns the parts that must be stopped, also with an error.
func (h *Host) start(ctx context.Context, setups []Setup) ([]Part, error) {
	began := time.Now()
	for _, setup := range setups {
		if err := h.runSetup(ctx, setup); err != nil {
			return withoutStart(h.parts), err
		}
	}
	h.setUp.Store(true)
	names := make([]string, len(h.parts))
	for i, p := range h.parts {
		if err := startPart(ctx, p); err != nil {
			return slices.Concat(h.parts[:i], withoutStart(h.parts[i+1:])), fmt.Errorf("start %s: %w", p.Name, err)
		}
		names[i] = p.Name
	}
	slog.InfoContext(ctx, "ready", "service", h.name, "parts", strings.Join(names, ","),
		"took", time.Since(began).Round(time.Millisecond).String())
	return h.parts, nil
}

func (h *Host) runSetup(ctx context.Context, setup Setup) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return setup(ctx, h)
}

// withoutStart returns the parts that hold something from the moment they are added.
func withoutStart(parts []Part) []Part {
	return slices.DeleteFunc(slices.Clone(parts), func(p Part) bool { return p.Start != nil })
}

// startPart starts a part. One that goes on starting after ctx has ended does not keep the others from stopping.
func startPart(ctx context.Context, p Part) error {
	if p.Start == nil {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return p.await(ctx, p.Start, p.StopTimeout)
}

// stop stops the parts, last first. A part that does not stop in time does not keep the others from it.
func stop(ctx context.Context, parts []Part) error {
	var errs []error
	for _, p := range slices.Backward(parts) {
		if p.Stop == nil {
			continue
		}
		if err := stopPart(ctx, p); err != nil {
			errs = append(errs, fmt.Errorf("stop %s: %w", p.Name, err))
		}
	}
	return errors.Join(errs...)
}

// lastWords is how long a Stop whose time is up may take to say what it could not do.
const lastWords = 250 * time.Millisecond

func stopPart(ctx context.Context, p Part) error {
	ctx, cancel := context.WithTimeout(ctx, p.StopTimeout)
	defer cancel()
	return p.await(ctx, p.Stop, lastWords)
}

// await runs f, and leaves it alone when it has not returned some time after its context has ended.
func (p Part) await(ctx context.Context, f func(context.Context) error, patience time.Duration) error {
	done := make(chan error, 1)
	go func() {
		var err error
		defer func() { done <- err }()
		defer recovered(&err)
		err = f(ctx)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(patience):
		return fmt.Errorf("not done within %s", p.StopTimeout)
	}
}
