package observability

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// trustedBaggage lets only listed keys of baggage in and out. Baggage comes from and goes to strangers, so what is not
// listed ends here.
type trustedBaggage struct {
	propagation.TextMapPropagator
	keys []string
}

var _ propagation.TextMapPropagator = trustedBaggage{}

// Inject implements [propagation.TextMapPropagator].
func (p trustedBaggage) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	p.TextMapPropagator.Inject(p.filter(ctx), carrier)
}

// Extract implements [propagation.TextMapPropagator].
func (p trustedBaggage) Extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	return p.filter(p.TextMapPropagator.Extract(ctx, carrier))
}

func (p trustedBaggage) filter(ctx context.Context) context.Context {
	all := baggage.FromContext(ctx)
	if all.Len() == 0 {
		return ctx
	}
	var kept []baggage.Member
	for _, key := range p.keys {
		if m := all.Member(key); m.Key() != "" {
			kept = append(kept, m)
		}
	}
	b, err := baggage.New(kept...)
	if err != nil {
		return baggage.ContextWithoutBaggage(ctx) // more than the format allows
	}
	return baggage.ContextWithBaggage(ctx, b)
}

// baggageCopier copies the values of listed keys of baggage to every span that starts.
type baggageCopier struct{ keys []string }

var _ sdktrace.SpanProcessor = baggageCopier{}

// OnStart implements [sdktrace.SpanProcessor].
func (c baggageCopier) OnStart(ctx context.Context, span sdktrace.ReadWriteSpan) {
	all := baggage.FromContext(ctx)
	if all.Len() == 0 {
		return
	}
	for _, key := range c.keys {
		if value := all.Member(key).Value(); value != "" {
			span.SetAttributes(attribute.String(key, value))
		}
	}
}

// OnEnd implements [sdktrace.SpanProcessor].
func (baggageCopier) OnEnd(sdktrace.ReadOnlySpan) {}

// Shutdown implements [sdktrace.SpanProcessor].
func (baggageCopier) Shutdown(context.Context) error { return nil }

// ForceFlush implements [sdktrace.SpanProcessor].
func (baggageCopier) ForceFlush(context.Context) error { return nil }
