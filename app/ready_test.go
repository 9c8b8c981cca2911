package app_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/neuroglia-go/neuroglia/app"
)

// running runs a service with the parts until the test ends, and returns its host.
func running(t *testing.T, parts ...app.Part) *app.Host {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var host *app.Host
	done := make(chan error, 1)
	go func() {
		done <- app.Run(ctx, "pizzeria", setup(parts...), func(_ context.Context, h *app.Host) error {
			host = h
			return nil
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run() = %v, want nil", err)
		}
	})
	synctest.Wait()
	return host
}

func TestReadyOnlyBetweenStartAndStop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var host *app.Host
		notReady := func(context.Context) error {
			if err := host.Ready(t.Context()); err == nil {
				t.Error("ready while starting or stopping")
			}
			return nil
		}
		done := make(chan error, 1)
		go func() {
			done <- app.Run(ctx, "pizzeria", func(ctx context.Context, h *app.Host) error {
				host = h
				h.Add(app.Part{Name: "web", Start: notReady, Stop: notReady})
				return notReady(ctx)
			})
		}()
		synctest.Wait()
		if err := host.Ready(t.Context()); err != nil {
			t.Errorf("Ready() = %v after the start, want nil", err)
		}
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run() = %v, want nil", err)
		}
		_ = notReady(ctx)
	})
}

func TestChecksRunAtOnceAndTheirErrorsAreJoined(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := func(err error) func(context.Context) error {
			return func(context.Context) error {
				time.Sleep(time.Second)
				return err
			}
		}
		host := running(t, app.Part{Name: "storage", Check: slow(errBroken)}, app.Part{Name: "web"},
			app.Part{Name: "cache", Check: slow(nil)}, app.Part{Name: "bus", Check: slow(errBroken)})
		began := time.Now()
		err := host.Ready(t.Context())
		if got, want := time.Since(began), time.Second; got != want {
			t.Errorf("Ready took %v, want %v: one after another?", got, want)
		}
		if err == nil || err.Error() != "storage: broken\nbus: broken" || !errors.Is(err, errBroken) {
			t.Errorf("Ready() = %v, want the errors of storage and bus, in order", err)
		}
	})
}

func TestChecksAreGivenTheContextOfReady(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		host := running(t, app.Part{Name: "bus", Check: func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := host.Ready(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Ready() = %v, want %v", err, context.DeadlineExceeded)
		}
	})
}

func TestACheckThatPanicsIsOneThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		host := running(t, app.Part{Name: "moody", Check: func(context.Context) error { panic("not now") }})
		if err := host.Ready(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "moody: panic: not now") {
			t.Errorf("Ready() = %v, want the panic", err)
		}
	})
}

func TestPartsAreAddedBySetupsOnly(t *testing.T) {
	t.Parallel()
	err := app.Run(t.Context(), "test", func(_ context.Context, h *app.Host) error {
		h.Add(app.Part{Name: "late", Start: func(context.Context) error {
			h.Add(app.Part{Name: "later"})
			return nil
		}})
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "start late: panic: app: Host.Add(later): parts are added by a Setup") {
		t.Errorf("Run() = %v, want that later was added too late", err)
	}
}
