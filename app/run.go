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

// Main runs a service until SIGINT or SIGTERM and exits: with 0 after an orderly stop, with 1 and the error on standard
// error otherwise. A second signal ends the process at once.
func Main(name string, setups ...Setup) {
	ctx, restore := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, restore)
	if err := Run(ctx, name, setups...); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

// Run runs a service until ctx ends or a part fails, and returns when every part has stopped. It returns what went
// wrong in setting up, starting, running or stopping, joined; nil after an orderly life.
func Run(ctx context.Context, name string, setups ...Setup) error {
	h := newHost(name)
	started, err := h.start(ctx, setups)
	if err == nil {
		h.ready.Store(true)
		select {
		case <-ctx.Done():
		case err = <-h.failed:
		}
		h.ready.Store(false)
		slog.InfoContext(ctx, "stopping", "reason", stopReason(ctx, err))
	} else if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = nil // told to stop while starting
	}
	return errors.Join(err, stop(context.WithoutCancel(ctx), started))
}

// start sets up all parts and starts them in order. It returns the parts that must be stopped, also with an error.
func (h *Host) start(ctx context.Context, setups []Setup) ([]Part, error) {
	begin := time.Now()
	for _, setup := range setups {
		if err := h.setUp(ctx, setup); err != nil {
			return slices.DeleteFunc(h.parts, func(p Part) bool { return p.Start != nil }), err
		}
	}
	var names []string
	for i, p := range h.parts {
		if p.Start != nil {
			if err := p.Start(ctx); err != nil {
				waiting := slices.DeleteFunc(slices.Clone(h.parts[i+1:]), func(p Part) bool { return p.Start != nil })
				return append(slices.Clone(h.parts[:i]), waiting...), fmt.Errorf("start %s: %w", p.Name, err)
			}
		}
		names = append(names, p.Name)
	}
	slog.InfoContext(ctx, "ready", "service", h.name, "parts", strings.Join(names, ","),
		"took", time.Since(begin).Round(time.Millisecond).String())
	return h.parts, nil
}

func (h *Host) setUp(ctx context.Context, setup Setup) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return setup(ctx, h)
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

func stopPart(ctx context.Context, p Part) error {
	ctx, cancel := context.WithTimeout(ctx, p.StopTimeout)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- p.Stop(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("not done within %s", p.StopTimeout)
	}
}

func stopReason(ctx context.Context, failed error) string {
	if failed != nil {
		return failed.Error()
	}
	return context.Cause(ctx).Error()
}
