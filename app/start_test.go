package app_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/neuroglia-go/neuroglia/app"
)

var errBroken = errors.New("broken")

func TestPartsStartInOrderAndStopInReverseOrder(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var j journal
	err := app.Run(ctx, "pizzeria", setup(j.part("telemetry"), j.open("storage")), setup(j.part("web"), ending(cancel)))
	if err != nil {
		t.Errorf("Run() = %v after an orderly life, want nil", err)
	}
	j.want(t, "start telemetry", "start web", "stop web", "stop storage", "stop telemetry")
}

func TestSetupsAreGivenTheHostAndTheContextOfRun(t *testing.T) {
	t.Parallel()
	type key struct{}
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "value"))
	value := func(ctx context.Context) error {
		if got := ctx.Value(key{}); got != "value" {
			t.Errorf("the context holds %v, want that of Run", got)
		}
		return nil
	}
	err := app.Run(ctx, "pizzeria", func(ctx context.Context, h *app.Host) error {
		if got, want := h.Name(), "pizzeria"; got != want {
			t.Errorf("Name() = %q, want %q", got, want)
		}
		h.Add(app.Part{Name: "part", Start: value, Stop: value, Check: value})
		return value(ctx)
	}, setup(ending(cancel)))
	if err != nil {
		t.Errorf("Run() = %v, want nil", err)
	}
}

func TestAFailingSetupStopsOnlyPartsWithoutStart(t *testing.T) {
	t.Parallel()
	var j journal
	err := app.Run(t.Context(), "pizzeria",
		setup(j.part("telemetry"), j.open("storage"), j.part("bus"), j.open("cache")),
		func(context.Context, *app.Host) error { return errBroken },
		func(context.Context, *app.Host) error { j.write("next setup"); return nil })
	if got, want := err.Error(), "broken"; got != want || !errors.Is(err, errBroken) {
		t.Errorf("Run() = %q, want %q", got, want)
	}
	j.want(t, "stop cache", "stop storage")
}

func TestAFailingStartStopsWhatHasStartedAndPartsWithoutStart(t *testing.T) {
	t.Parallel()
	var j journal
	err := app.Run(t.Context(), "pizzeria", setup(j.part("telemetry"), j.open("storage"),
		j.failing("bus", errBroken), j.open("cache"), j.part("web"), j.open("files")))
	if got, want := err.Error(), "start bus: broken"; got != want || !errors.Is(err, errBroken) {
		t.Errorf("Run() = %q, want %q", got, want)
	}
	j.want(t, "start telemetry", "start bus", "stop files", "stop cache", "stop storage", "stop telemetry")
}

func TestErrorsOfStartAndStopAreJoined(t *testing.T) {
	t.Parallel()
	errStuck := errors.New("stuck")
	stuck := app.Part{Name: "storage", Stop: func(context.Context) error { return errStuck }}
	var j journal
	err := app.Run(t.Context(), "pizzeria", setup(stuck, j.failing("bus", errBroken)))
	if got, want := err.Error(), "start bus: broken\nstop storage: stuck"; got != want {
		t.Errorf("Run() = %q, want %q", got, want)
	}
	if !errors.Is(err, errBroken) || !errors.Is(err, errStuck) {
		t.Errorf("Run() = %v, want both errors to be found", err)
	}
}

func TestToldToStopWhileStartingIsAnOrderlyLife(t *testing.T) {
	t.Parallel()
	for name, reason := range map[string]error{"canceled": nil, "for a reason": errBroken} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancelCause(t.Context())
			var j journal
			waiting := app.Part{Name: "bus", Start: func(ctx context.Context) error {
				cancel(reason)
				<-ctx.Done()
				return context.Cause(ctx)
			}}
			if err := app.Run(ctx, "pizzeria", setup(j.part("telemetry"), waiting, j.part("web"))); err != nil {
				t.Errorf("Run() = %v, want nil", err)
			}
			j.want(t, "start telemetry", "stop telemetry")
		})
	}
}

func TestNothingIsSetUpOrStartedOnceToldToStop(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var j journal
	if err := app.Run(ctx, "pizzeria", setup(j.part("telemetry"), ending(cancel), j.part("web"), j.open("cache"))); err != nil {
		t.Errorf("Run() = %v, want nil", err)
	}
	j.want(t, "start telemetry", "stop cache", "stop telemetry")
	if err := app.Run(ctx, "pizzeria", func(context.Context, *app.Host) error {
		t.Error("set up after the end")
		return nil
	}); err != nil {
		t.Errorf("Run() = %v, want nil", err)
	}
}

func TestARealErrorOfAStartThatWasGivenUpIsReturned(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	part := app.Part{Name: "bus", Start: func(context.Context) error { cancel(); return errBroken }}
	if err := app.Run(ctx, "pizzeria", setup(part)); !errors.Is(err, errBroken) {
		t.Errorf("Run() = %v, want %v", err, errBroken)
	}
}

func TestAStartThatDoesNotEndDoesNotKeepOthersFromStopping(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		release := make(chan struct{})
		defer close(release)
		var j journal
		hanging := app.Part{Name: "bus", StopTimeout: 3 * time.Second, Start: func(context.Context) error {
			cancel()
			<-release
			return nil
		}}
		began := time.Now()
		err := app.Run(ctx, "pizzeria", setup(j.part("telemetry"), hanging))
		if err == nil || err.Error() != "start bus: not done within 3s" {
			t.Errorf("Run() = %v, want that the start of bus did not end", err)
		}
		if got, want := time.Since(began), 3*time.Second; got != want {
			t.Errorf("Run took %v, want %v", got, want)
		}
		j.want(t, "start telemetry", "stop telemetry")
	})
}
