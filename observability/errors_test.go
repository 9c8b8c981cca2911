package observability_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr"

	"github.com/neuroglia-go/neuroglia/observability"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
)

func TestTheFirstErrorOfAKindIsToldAtOnceAndTheRestCounted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rec := observabilitytest.New(t)
		handle, rest := observability.NewErrorHandler(rec.Providers().Logger, time.Now)
		for i := range 100 {
			handle(fmt.Errorf("traces export: dial 127.0.0.1:%d", i))
		}
		handle(errors.New("logs export: dial"))
		handle(nil)
		time.Sleep(31 * time.Second) //nolint:forbidigo // the clock of the test
		handle(errors.New("traces export: dial 127.0.0.1:7"))
		handle(errors.New("traces export: dial 127.0.0.1:8"))
		observabilitytest.Diff(t, rec.Logs(), `
			WARN telemetry error error="traces export: dial 127.0.0.1:0"
			WARN telemetry error error="logs export: dial"
			WARN telemetry error error="traces export: dial 127.0.0.1:7" suppressed=99
		`)
		if got := rest(); got != 1 {
			t.Errorf("got %d untold errors, want 1", got)
		}
	})
}

func TestErrorsOfManyKindsAreAtMostADozenLinesAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rec := observabilitytest.New(t)
		handle, _ := observability.NewErrorHandler(rec.Providers().Logger, time.Now)
		const minutes = 3
		for range minutes * 120 {
			for kind := range 120 {
				handle(errors.New(strings.Repeat("x", kind%60) + "failed"))
			}
			time.Sleep(500 * time.Millisecond) //nolint:forbidigo // the clock of the test
		}
		if got := len(rec.LogRecords()); got > minutes*12 {
			t.Errorf("got %d lines in %d minutes", got, minutes)
		}
	})
}

func TestTheSDKsOwnLogIsGatedByItsLevel(t *testing.T) {
	t.Parallel()
	const warn, info, debug = 1, 4, 8 // as the SDK calls them
	for level, want := range map[string]string{
		"":      "ERROR e|WARN w",
		"none":  "",
		"error": "ERROR e",
		"warn":  "ERROR e|WARN w",
		"info":  "ERROR e|WARN w|INFO i",
		"debug": "ERROR e|WARN w|INFO i|DEBUG d",
	} {
		t.Run("level "+level, func(t *testing.T) {
			t.Parallel()
			rec := observabilitytest.New(t, observabilitytest.Leave("err", "error", "suppressed", "logger"))
			logger := logr.FromSlogHandler(observability.NewSDKLogger(rec.Providers().Logger.Handler(), level)).
				WithName("sdk").WithValues("error", "x")
			logger.Error(errors.New("x"), "e")
			logger.Error(errors.New("x"), "e")
			logger.V(warn).Info("w")
			logger.V(info).Info("i")
			logger.V(debug).Info("d")
			observabilitytest.Diff(t, rec.Logs(), strings.ReplaceAll(want, "|", "\n"))
		})
	}
}

func TestAnErrorOfTelemetryDoesNotGoOverOTLP(t *testing.T) {
	t.Parallel()
	o := newOutputs(slog.LevelInfo)
	var stdout bytes.Buffer
	handle, _ := observability.NewErrorHandler(observability.NewLogger(&stdout, nil, slog.LevelInfo), time.Now)
	handle(errors.New("logs export: refused"))
	if o.export.String() != "" || !strings.Contains(stdout.String(), "logs export: refused") {
		t.Errorf("got %q exported and %q on standard output", o.export.String(), stdout.String())
	}
}
