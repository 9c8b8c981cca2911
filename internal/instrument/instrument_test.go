package instrument_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/embedded"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

func TestOutcomeOf(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tt := range []struct {
		name string
		ctx  context.Context
		err  error
		want instrument.Outcome
	}{
		{"no error", t.Context(), nil, instrument.Success},
		{"no error after the end", ended, nil, instrument.Success},
		{"refusal", t.Context(), fmt.Errorf("place: %w", fault.New(fault.Rejected, "sold out")), instrument.Rejected},
		{"refusal after the end", ended, fault.New(fault.NotFound, "none"), instrument.Rejected},
		{"unclassified", t.Context(), errors.New("broken"), instrument.Failure},
		{"unavailable", t.Context(), fault.New(fault.Unavailable, "down"), instrument.Failure},
		{"deadline", ended, context.DeadlineExceeded, instrument.Failure},
		{"the caller gave up", ended, context.Canceled, instrument.Canceled},
		{"something else was canceled", t.Context(), context.Canceled, instrument.Failure},
		{"refusals joined", t.Context(), errors.Join(fault.New(fault.Invalid, "a"), fault.New(fault.Conflict, "b")),
			instrument.Rejected},
		{"a failure hidden by refusals", t.Context(), errors.Join(fault.New(fault.Invalid, "a"), errors.New("b")),
			instrument.Failure},
		{"a failure hidden by the end", ended, errors.Join(context.Canceled, errors.New("b")), instrument.Failure},
		{"panic with a refusal", t.Context(), panicking(fault.New(fault.Invalid, "a")), instrument.Failure},
	} {
		if got := instrument.OutcomeOf(tt.ctx, tt.err); got != tt.want {
			t.Errorf("%s: OutcomeOf() = %q, want %q", tt.name, got, tt.want)
		}
	}
}

// panicking returns what a panic with the value becomes.
func panicking(value any) (err error) {
	defer instrument.Recover(&err)
	panic(value)
}

func TestRecoverTurnsAPanicIntoAnError(t *testing.T) {
	t.Parallel()
	cause := errors.New("no oven")
	for want, value := range map[string]any{"panic: no oven": cause, "panic: 7": 7} {
		err := panicking(value)
		if err == nil || err.Error() != want || fault.TypeOf(err) != "panic" {
			t.Errorf("got %v of type %q, want %q of type panic", err, fault.TypeOf(err), want)
		}
		if errors.Is(err, cause) {
			t.Error("what was panicked with is taken for an error that was returned")
		}
		wrapped := telemetry.MarkRecorded(fmt.Errorf("cook: %w", err))
		if stack := instrument.PanicStack(wrapped); !strings.Contains(stack, "instrument_test.panicking(") {
			t.Errorf("the stack is %q, want the function that panicked in it", stack)
		}
	}
	var nilPanic *runtime.PanicNilError
	if err, ok := errors.AsType[*instrument.PanicError](panicking(nil)); !ok || !errors.As(err.Value.(error), &nilPanic) {
		t.Errorf("got %v for panic(nil), want an error", err)
	}
}

func TestRecoverLeavesOtherErrorsAlone(t *testing.T) {
	t.Parallel()
	want := errors.New("broken")
	got := func() (err error) {
		defer instrument.Recover(&err)
		return want
	}()
	if got != want { //nolint:errorlint // the very same error is wanted
		t.Errorf("got %v, want %v", got, want)
	}
	if stack := instrument.PanicStack(got); stack != "" {
		t.Errorf("PanicStack() = %q of an error that is no panic, want none", stack)
	}
}

type kitchen struct{}

type oven struct{}

func (kitchen) cook() {}
func (*oven) clean()  {}

func generic[T any](T) {}

func TestNamesOfFunctions(t *testing.T) {
	t.Parallel()
	const path = "github.com/neuroglia-go/neuroglia/internal/"
	var none func()
	for _, tt := range []struct {
		f           any
		full, short string
	}{
		{panicking, path + "instrument_test.panicking", "instrument_test.panicking"},
		{kitchen{}.cook, path + "instrument_test.kitchen.cook", "instrument_test.kitchen.cook"},
		{(&oven{}).clean, path + "instrument_test.(*oven).clean", "instrument_test.(*oven).clean"},
		{func() {}, path + "instrument_test.TestNamesOfFunctions.func1", "instrument_test.TestNamesOfFunctions.func1"},
		{generic[kitchen], path + "instrument_test.generic[...]", "instrument_test.generic[...]"},
		{strings.ToUpper, "strings.ToUpper", "strings.ToUpper"},
		{none, "unknown", "unknown"},
	} {
		if got := instrument.FuncName(tt.f); got != tt.full {
			t.Errorf("FuncName() = %q, want %q", got, tt.full)
		}
		if got := instrument.ShortName(instrument.FuncName(tt.f)); got != tt.short {
			t.Errorf("ShortName() = %q, want %q", got, tt.short)
		}
	}
}

// provider is a tracer provider that is neither a no-op nor OpenTelemetry's placeholder.
type provider struct{ embedded.TracerProvider }

func (provider) Tracer(string, ...trace.TracerOption) trace.Tracer { return noop.Tracer{} }

func TestATracerIsOnWhenSomebodyListens(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		provider trace.TracerProvider
		want     bool
	}{
		{"no-op", noop.NewTracerProvider(), false},
		{"placeholder", otel.GetTracerProvider(), false},
		{"another", provider{}, true},
	} {
		if got := instrument.NewScope("mediator").Tracer(tt.provider).On(); got != tt.want {
			t.Errorf("%s: On() = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestAScopeIsThePathOfItsPackage(t *testing.T) {
	t.Parallel()
	got := instrument.NewScope("mediator")
	want := instrument.Scope{Name: "github.com/neuroglia-go/neuroglia/mediator", Version: "(devel)"}
	if got != want {
		t.Errorf("NewScope() = %+v, want %+v", got, want)
	}
}

func TestMeasurementsAreMadeWhenSomebodyListens(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		provider metric.MeterProvider
		want     bool
	}{
		{"no-op", metricnoop.NewMeterProvider(), false},
		{"placeholder", otel.GetMeterProvider(), false},
		{"another", meters{}, true},
	} {
		if got := instrument.Measuring(tt.provider); got != tt.want {
			t.Errorf("%s: Measuring() = %v, want %v", tt.name, got, tt.want)
		}
	}
}

// meters is a meter provider that is neither a no-op nor OpenTelemetry's placeholder.
type meters struct{ metric.MeterProvider }
