package app_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/neuroglia-go/neuroglia/app"
)

func TestStopHasALiveContextWithADeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		left := map[time.Duration]bool{}
		stop := func(ctx context.Context) error {
			deadline, _ := ctx.Deadline()
			left[time.Until(deadline)] = true
			return ctx.Err()
		}
		err := app.Run(ctx, "pizzeria", setup(app.Part{Name: "default", Stop: stop},
			app.Part{Name: "long", Stop: stop, StopTimeout: time.Minute}, ending(cancel)))
		if err != nil {
			t.Errorf("Run() = %v, want nil", err)
		}
		if len(left) != 2 || !left[5*time.Second] || !left[time.Minute] {
			t.Errorf("the parts had %v to stop, want 5s and 1m", left)
		}
	})
}

func TestAPartThatDoesNotStopInTimeDoesNotKeepOthersFromIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		release := make(chan struct{})
		defer close(release)
		var j journal
		hanging := app.Part{Name: "bus", StopTimeout: 2 * time.Second, Stop: func(context.Context) error {
			<-release
			return nil
		}}
		began := time.Now()
		err := app.Run(ctx, "pizzeria", setup(j.part("telemetry"), hanging, j.part("web"), ending(cancel)))
		if err == nil || err.Error() != "stop bus: not done within 2s" {
			t.Errorf("Run() = %v, want that bus did not stop", err)
		}
		if got := time.Since(began); got < 2*time.Second || got > 3*time.Second {
			t.Errorf("Run took %v, want about 2s", got)
		}
		j.want(t, "start telemetry", "start web", "stop web", "stop telemetry")
	})
}

func TestAStopWhoseTimeIsUpSaysWhatItCouldNotDo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		honest := app.Part{Name: "bus", Stop: func(ctx context.Context) error {
			<-ctx.Done()
			time.Sleep(10 * time.Millisecond) // what it takes to find out
			return errors.New("3 events were lost")
		}}
		err := app.Run(ctx, "pizzeria", setup(honest, ending(cancel)))
		if err == nil || err.Error() != "stop bus: 3 events were lost" {
			t.Errorf("Run() = %v, want what Stop returned", err)
		}
	})
}

func TestErrorsOfAllStopsAreJoined(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	broken := func(context.Context) error { return errBroken }
	err := app.Run(ctx, "pizzeria", setup(app.Part{Name: "a", Stop: broken}, app.Part{Name: "b", Stop: broken}, ending(cancel)))
	if err == nil || err.Error() != "stop b: broken\nstop a: broken" {
		t.Errorf("Run() = %v, want both errors, last part first", err)
	}
}

func TestFailStopsARunningService(t *testing.T) {
	t.Parallel()
	var j journal
	err := app.Run(t.Context(), "pizzeria", setup(j.part("telemetry")), func(_ context.Context, h *app.Host) error {
		h.Add(app.Part{Name: "web", Start: func(context.Context) error {
			go func() {
				h.Fail(errBroken)
				h.Fail(errors.New("another"))
			}()
			return nil
		}})
		return nil
	})
	if !errors.Is(err, errBroken) || err.Error() != "broken" {
		t.Errorf("Run() = %v, want the first error that the part failed with", err)
	}
	j.want(t, "start telemetry", "stop telemetry")
}

func TestFailGivesUpTheStart(t *testing.T) {
	t.Parallel()
	var j journal
	err := app.Run(t.Context(), "pizzeria", setup(j.part("telemetry")), func(_ context.Context, h *app.Host) error {
		h.Add(app.Part{Name: "bus", Start: func(ctx context.Context) error {
			h.Fail(errBroken)
			<-ctx.Done()
			return ctx.Err()
		}})
		return nil
	}, setup(j.part("web")))
	if err == nil || err.Error() != "broken" {
		t.Errorf("Run() = %v, want what the part failed with", err)
	}
	j.want(t, "start telemetry", "stop telemetry")
}

func TestAFailureIsNotLostWhenTheServiceIsToldToStopAtTheSameTime(t *testing.T) {
	t.Parallel()
	for range 100 {
		ctx, cancel := context.WithCancel(t.Context())
		err := app.Run(ctx, "pizzeria", func(_ context.Context, h *app.Host) error {
			h.Add(app.Part{Name: "web", Start: func(context.Context) error {
				h.Fail(errBroken)
				cancel()
				return nil
			}})
			return nil
		})
		if !errors.Is(err, errBroken) {
			t.Fatalf("Run() = %v, want %v", err, errBroken)
		}
	}
}

func TestFailWithoutAnErrorStopsInGoodOrder(t *testing.T) {
	t.Parallel()
	var j journal
	err := app.Run(t.Context(), "pizzeria", func(_ context.Context, h *app.Host) error {
		h.Add(j.part("web"))
		h.Add(ending(func() { h.Fail(nil) }))
		return nil
	})
	if err != nil {
		t.Errorf("Run() = %v, want nil", err)
	}
	j.want(t, "start web", "stop web")
}

func TestFailMayBeCalledByManyAndWhileStopping(t *testing.T) {
	t.Parallel()
	var failing sync.WaitGroup
	err := app.Run(t.Context(), "pizzeria", func(_ context.Context, h *app.Host) error {
		h.Add(app.Part{
			Name: "web",
			Start: func(context.Context) error {
				for range 8 {
					failing.Go(func() { h.Fail(errBroken) })
				}
				return nil
			},
			Stop: func(context.Context) error {
				h.Fail(errors.New("too late"))
				failing.Wait()
				return nil
			},
		})
		return nil
	})
	if !errors.Is(err, errBroken) || strings.Contains(err.Error(), "too late") {
		t.Errorf("Run() = %v, want %v alone", err, errBroken)
	}
}
