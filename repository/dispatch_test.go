package repository_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

func TestErrorsOfTheDispatcherAreLoggedAndDoNotFailTheChange(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		err  error
		want string
	}{
		"failure":          {errors.New("printer on fire"), "printer on fire"},
		"refusal":          {fault.New(fault.Rejected, "no paper"), "no paper"},
		"failure recorded": {telemetry.MarkRecorded(errors.New("printer on fire")), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			f := setup(t, repository.WithTelemetry(telemetry.Providers{Logger: slog.New(slog.NewTextHandler(&log, nil))}))
			f.dispatcher.fail = tt.err
			err := f.Update(t.Context(), "a", func(a *account) error {
				return errors.Join(a.deposit(1), a.deposit(2))
			})
			if err != nil || f.balance(t) != 3 {
				t.Errorf("Update = %v with balance %d, want 3", err, f.balance(t))
			}
			if got := len(f.dispatcher.events); got != 2 {
				t.Errorf("%d events dispatched, want both", got)
			}
			if got := log.String(); tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("log = %q, want %q in it", got, tt.want)
			}
		})
	}
}

func TestEventsAreDispatchedThoughTheCallerHasGone(t *testing.T) {
	t.Parallel()
	f := setup(t, repository.WithDispatchTimeout(time.Minute))
	type key struct{}
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "kept"))
	defer cancel()
	var left time.Duration
	f.dispatcher.during = func(ctx context.Context) {
		cancel()
		if ctx.Err() != nil || ctx.Value(key{}) != "kept" {
			t.Errorf("the context of the handlers has error %v and value %v", ctx.Err(), ctx.Value(key{}))
		}
		deadline, _ := ctx.Deadline()
		left = time.Until(deadline)
	}
	err := f.Update(ctx, "a", func(a *account) error { return errors.Join(a.deposit(1), a.deposit(2)) })
	if err != nil || len(f.dispatcher.events) != 2 {
		t.Errorf("Update = %v with %d events, want 2", err, len(f.dispatcher.events))
	}
	if left <= 0 || left > time.Minute {
		t.Errorf("handlers have %v left, want at most a minute", left)
	}
}

func TestARepositoryWithoutDispatcherDropsEvents(t *testing.T) {
	t.Parallel()
	r := repository.New(setup(t).store, nil)
	if err := r.Update(t.Context(), "a", deposit(1)); err != nil {
		t.Errorf("Update: %v", err)
	}
}

func TestEventsAreRaisedOnce(t *testing.T) {
	t.Parallel()
	f := setup(t)
	b := newAccount("b")
	if err := b.deposit(5); err != nil {
		t.Fatal(err)
	}
	if err := f.Add(t.Context(), b); err != nil {
		t.Fatalf("Add: %v", err)
	}
	if err := f.Add(t.Context(), b); !errors.Is(err, repository.ErrExists) {
		t.Errorf("second Add = %v, want ErrExists", err)
	}
	events := f.dispatcher.events
	if len(events) != 1 {
		t.Fatalf("dispatched %+v, want one event", events)
	}
	got := events[0]
	if got.ID == "" || got.At.IsZero() {
		t.Errorf("the event has identity %q and time %v", got.ID, got.At)
	}
	got.ID, got.At = "", time.Time{}
	if got.Event != (deposited{5}) || got.AggregateType != "account" || got.AggregateID != "b" || got.Version != 1 || got.Attempt != 1 {
		t.Errorf("dispatched %+v", got)
	}
}

func TestTheTimeForEventsBoundsWhatTheirHandlersRaiseToo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := setup(t, repository.WithDispatchTimeout(time.Minute))
		var deadlines []time.Time
		f.dispatcher.during = func(ctx context.Context) {
			deadline, _ := ctx.Deadline()
			deadlines = append(deadlines, deadline)
			time.Sleep(20 * time.Second)
			if len(deadlines) < 3 {
				_ = f.Update(ctx, "a", func(a *account) error { return a.deposit(1) })
			}
		}
		if err := f.Update(t.Context(), "a", func(a *account) error { return a.deposit(1) }); err != nil {
			t.Fatal(err)
		}
		if len(deadlines) != 3 || deadlines[2] != deadlines[0] {
			t.Errorf("the handlers have until %v, want one end for all", deadlines)
		}
	})
}
