package observability_test

import (
	"context"
	"errors"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/observability"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
)

// inSpan returns a recorder, and a context in a span of its own provider.
func inSpan(t *testing.T, opts ...observabilitytest.Option) (context.Context, trace.Span, *observabilitytest.Recorder) {
	t.Helper()
	rec := observabilitytest.New(t, opts...)
	ctx, span := rec.Providers().Tracer.Tracer("test").Start(t.Context(), "parent") //nolint:spancheck // the test ends it
	return ctx, span, rec                                                           //nolint:spancheck // the test ends it
}

func TestTraceMakesAChildSpanOfTheCallingPackage(t *testing.T) {
	t.Parallel()
	ctx, span, rec := inSpan(t, observabilitytest.Scopes())
	if err := observability.Trace(ctx, "bake", func(ctx context.Context) error {
		observability.SetAttributes(ctx, attribute.Int("oven", 2))
		observability.AddEvent(ctx, "preheated", attribute.Int("degrees", 250))
		return nil
	}, attribute.String("pizza", "margherita")); err != nil {
		t.Error(err)
	}
	minutes, err := observability.TraceValue(ctx, "measure", func(context.Context) (int, error) { return 7, nil })
	if minutes != 7 || err != nil {
		t.Errorf("got %d, %v", minutes, err)
	}
	span.End()
	observabilitytest.Diff(t, rec.Spans(), `
		parent INTERNAL scope=test
		  bake INTERNAL oven=2 pizza=margherita scope=github.com/neuroglia-go/neuroglia/observability_test
		    event preheated degrees=250
		  measure INTERNAL scope=github.com/neuroglia-go/neuroglia/observability_test
	`)
}

func TestTraceRecordsFailuresAndNotRefusals(t *testing.T) {
	t.Parallel()
	ctx, span, rec := inSpan(t)
	failed := errors.New("oven is cold")
	_, err := observability.TraceValue(ctx, "fails", func(context.Context) (int, error) { return 0, failed })
	if !errors.Is(err, failed) {
		t.Errorf("got %v", err)
	}
	refused := fault.New(fault.NotFound, "no such pizza")
	if err := observability.Trace(ctx, "refuses", func(context.Context) error { return refused }); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
	observability.RecordError(ctx, nil)
	observability.RecordError(ctx, fault.New(fault.Timeout, "too slow"))
	span.End()
	observabilitytest.Diff(t, rec.Spans(), `
		parent INTERNAL ERROR(too slow) error.type=timeout
		  fails INTERNAL ERROR(oven is cold) error.type=*errors.errorString
		  refuses INTERNAL
	`)
}

func TestTraceEndsTheSpanOfAPanicAndPassesItOn(t *testing.T) {
	t.Parallel()
	ctx, span, rec := inSpan(t)
	func() {
		defer func() {
			if r := recover(); r != "fire" {
				t.Errorf("got panic %v, want fire", r)
			}
		}()
		_ = observability.Trace(ctx, "burns", func(context.Context) error { panic("fire") })
	}()
	span.End()
	observabilitytest.Diff(t, rec.Spans(), `
		parent INTERNAL
		  burns INTERNAL ERROR(panic) error.type=panic
	`)
}

func TestHelpersDoNothingWithoutASpan(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	observability.SetAttributes(ctx, attribute.Int("oven", 2))
	observability.AddEvent(ctx, "preheated")
	observability.RecordError(ctx, errors.New("oven is cold"))
	if err := observability.Trace(ctx, "bake", func(context.Context) error { return nil }); err != nil {
		t.Error(err)
	}
}

func TestThePackageOfAFunction(t *testing.T) {
	t.Parallel()
	for function, want := range map[string]string{
		"main.main":                                   "main",
		"example.com/a/b.F":                           "example.com/a/b",
		"example.com/a/b.(*T).M":                      "example.com/a/b",
		"example.com/a/b.F.func1":                     "example.com/a/b",
		"example.com/a/b.F[...]":                      "example.com/a/b",
		"example.com/a/b.F[go.shape.example.com/x.T]": "example.com/a/b",
		"gopkg.in/yaml%2ev3.Unmarshal":                "gopkg.in/yaml.v3",
		"nothing":                                     "nothing",
	} {
		if got := observability.PackageOf(function); got != want {
			t.Errorf("%s: got %s, want %s", function, got, want)
		}
	}
}

func FuzzThePackageOfAnyTextIsPartOfIt(f *testing.F) {
	f.Add("example.com/a/b.(*T).M")
	f.Add("a[/.]/%2e")
	f.Fuzz(func(t *testing.T, function string) {
		if got := observability.PackageOf(function); len(got) > len(function) {
			t.Errorf("got %q of %q", got, function)
		}
	})
}

func BenchmarkTrace(b *testing.B) {
	bake := func(context.Context) error { return nil }
	for name, sampler := range map[string]sdktrace.Sampler{"sampled": sdktrace.AlwaysSample(), "unsampled": sdktrace.NeverSample()} {
		provider := sdktrace.NewTracerProvider(sdktrace.WithSampler(sampler))
		ctx, span := provider.Tracer("test").Start(b.Context(), "parent")
		b.Run(name+"/by hand", func(b *testing.B) {
			tracer := provider.Tracer("test")
			b.ReportAllocs()
			for b.Loop() {
				ctx, span := tracer.Start(ctx, "bake")
				if err := bake(ctx); err != nil {
					span.RecordError(err)
				}
				span.End()
			}
		})
		b.Run(name+"/Trace", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = observability.Trace(ctx, "bake", bake)
			}
		})
		span.End()
	}
}

func BenchmarkTracer(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_ = observability.Tracer()
	}
}
