package eventbus_test

import (
	"context"
	"maps"
	"testing"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
)

const (
	traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	another     = "00-11111111111111111111111111111111-2222222222222222-00"
)

// traced returns a context in the trace of traceparent.
func traced(t *testing.T) context.Context {
	t.Helper()
	traceID, err := trace.TraceIDFromHex("0af7651916cd43dd8448eb211c80319c")
	if err != nil {
		t.Fatal(err)
	}
	spanID, err := trace.SpanIDFromHex("b7ad6b7169203331")
	if err != nil {
		t.Fatal(err)
	}
	return trace.ContextWithSpanContext(t.Context(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: traceID, SpanID: spanID, TraceFlags: trace.FlagsSampled,
	}))
}

// carrying returns ctx with baggage.
func carrying(t *testing.T, ctx context.Context, text string) context.Context { //nolint:revive // t comes first in helpers
	t.Helper()
	bag, err := baggage.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return baggage.ContextWithBaggage(ctx, bag)
}

func TestPublishWritesTheTraceContextAndTheBaggageThatIsAllowed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name       string
		ctx        context.Context
		extensions map[string]string
		opts       []eventbus.Option
		want       map[string]string
	}{
		{
			"no trace", t.Context(), map[string]string{"tenant": "north"}, nil,
			map[string]string{"tenant": "north"},
		},
		{
			"a trace", traced(t), map[string]string{"tenant": "north"}, nil,
			map[string]string{"tenant": "north", "traceparent": traceparent},
		},
		{
			"the trace context of its creation stays", traced(t), map[string]string{"traceparent": another}, nil,
			map[string]string{"traceparent": another},
		},
		{
			"no baggage by default", carrying(t, traced(t), "tenant=north,user=mario"), nil, nil,
			map[string]string{"traceparent": traceparent},
		},
		{
			"allowed baggage", carrying(t, traced(t), "tenant=north;kind=shop,user=mario"), nil,
			[]eventbus.Option{eventbus.WithBaggage("tenant", "missing")},
			map[string]string{"traceparent": traceparent, "baggage": "tenant=north;kind=shop"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var transport recorder
			e := event("{}")
			e.Extensions = maps.Clone(tt.extensions)
			if err := newBus(t, &transport, tt.opts...).Publish(tt.ctx, e); err != nil {
				t.Fatalf("Publish: %v", err)
			}
			if got := transport.published[0].Extensions; !maps.Equal(got, tt.want) {
				t.Errorf("published the extensions %v, want %v", got, tt.want)
			}
			if !maps.Equal(e.Extensions, tt.extensions) {
				t.Errorf("the publisher's own extensions became %v, want %v", e.Extensions, tt.extensions)
			}
		})
	}
}

func TestASubscriberRunsInTheTraceOfTheEventWithTheBaggageThatIsAllowed(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		opts []eventbus.Option
		want string
	}{
		"by default":           {nil, ""},
		"with allowed baggage": {[]eventbus.Option{eventbus.WithBaggage("tenant")}, "tenant=north"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var remote trace.SpanContext
			var carried string
			handle := func(ctx context.Context, _ cloudevent.Event) error {
				remote, carried = trace.SpanContextFromContext(ctx), baggage.FromContext(ctx).String()
				return nil
			}
			var transport recorder
			deliver := transport.subscribed(t, newBus(t, &transport, tt.opts...), func(b *eventbus.Bus) error {
				return eventbus.Subscribe(b, "kitchen", created, handle)
			})
			e := event("{}")
			e.Extensions = map[string]string{"traceparent": traceparent, "baggage": "tenant=north,admin=true"}
			if err := deliver(t.Context(), e, 1); err != nil {
				t.Fatalf("deliver: %v", err)
			}
			if got, want := remote.TraceID().String(), "0af7651916cd43dd8448eb211c80319c"; got != want || !remote.IsRemote() {
				t.Errorf("the handler ran in the trace %s, want %s", got, want)
			}
			if carried != tt.want {
				t.Errorf("the handler got the baggage %q, want %q", carried, tt.want)
			}
		})
	}
}

func TestWhatASubscriberPublishesContinuesTheTrace(t *testing.T) {
	t.Parallel()
	var transport recorder
	next := newBus(t, &transport)
	deliver := subscribed(t, func(ctx context.Context, e cloudevent.Event) error {
		e.Type, e.Extensions = "order.cooked.v1", nil
		return next.Publish(ctx, e)
	})
	e := event("{}")
	e.Extensions = map[string]string{"traceparent": traceparent}
	if err := deliver(t.Context(), e, 1); err != nil {
		t.Fatalf("deliver: %v", err)
	}
	if got := transport.published[0].Extensions["traceparent"]; got != traceparent {
		t.Errorf("published with traceparent %q, want %q", got, traceparent)
	}
}
