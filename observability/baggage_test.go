package observability_test

import (
	"testing"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/neuroglia-go/neuroglia/observability"
)

func TestOnlyTrustedBaggageCrossesTheBoundary(t *testing.T) {
	t.Parallel()
	p := observability.TrustedBaggage(propagation.Baggage{}, "tenant")

	out := propagation.MapCarrier{}
	p.Inject(withBaggage(t, t.Context(), "tenant", "t1", "user", "secret"), out)
	if got := out["baggage"]; got != "tenant=t1" {
		t.Errorf("let out %q, want tenant=t1", got)
	}

	in := p.Extract(t.Context(), propagation.MapCarrier{"baggage": "tenant=t2,stranger=x"})
	if got := baggage.FromContext(in).String(); got != "tenant=t2" {
		t.Errorf("let in %q, want tenant=t2", got)
	}
}

func TestNoBaggageIsTrustedUnlessListed(t *testing.T) {
	t.Parallel()
	p := observability.TrustedBaggage(propagation.Baggage{})
	out := propagation.MapCarrier{}
	p.Inject(withBaggage(t, t.Context(), "tenant", "t1"), out)
	if len(out) > 0 {
		t.Errorf("let out %v", out)
	}
}

func TestTrustedBaggageIsCopiedToSpans(t *testing.T) {
	t.Parallel()
	spans := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithSpanProcessor(observability.BaggageCopier("tenant", "absent")), sdktrace.WithSpanProcessor(spans))
	_, span := provider.Tracer("test").Start(withBaggage(t, t.Context(), "tenant", "t1", "user", "secret"), "with")
	span.End()
	_, span = provider.Tracer("test").Start(t.Context(), "without")
	span.End()
	with, without := spans.Ended()[0].Attributes(), spans.Ended()[1].Attributes()
	if len(with) != 1 || with[0].Key != "tenant" || with[0].Value.AsString() != "t1" || len(without) != 0 {
		t.Errorf("got %v and %v", with, without)
	}
}
