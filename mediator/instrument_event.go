package mediator

import (
	"context"
	"log/slog"
	"reflect"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// eventTelemetry is what the handlers of one type of event share.
type eventTelemetry struct {
	*instruments
	name       string
	span       string
	tags       *tags
	lagOptions []metric.RecordOption
}

// newEventTelemetry makes it. Tags that are wrong were reported by Build, if the type was known then; if it comes as an
// implementation of an interface, it goes without them: an event is not lost for an attribute.
func newEventTelemetry(i *instruments, event reflect.Type) *eventTelemetry {
	tags, err := compileTags(event)
	if err != nil {
		i.logger.Error("event has wrong tags and goes without them", "error", err)
	}
	t := &eventTelemetry{instruments: i, name: instrument.TypeName(event), tags: tags}
	t.span = "Event." + t.name
	t.lagOptions = []metric.RecordOption{metric.WithAttributeSet(attribute.NewSet(registry.EventType.String(t.name)))}
	return t
}

func (t *eventTelemetry) lag(ctx context.Context, raised time.Time) {
	if t.on {
		t.eventLag.Record(ctx, time.Since(raised).Seconds(), t.lagOptions...)
	}
}

// handlerTelemetry is one handler of one type of event, with its instrumentation.
type handlerTelemetry struct {
	*eventTelemetry
	call       func(context.Context, any) error
	identity   string                  // by which it is known who has handled an event
	name       string                  // the same without the path of its package
	start      []trace.SpanStartOption // of a span that gets its outcome later
	succeed    []trace.SpanStartOption // of one that has no more attributes
	attributes []attribute.KeyValue
	success    []metric.RecordOption
}

// newHandlerTelemetry makes it. The nth handler that has one name, such as a method of several values, is told apart.
func newHandlerTelemetry(e *eventTelemetry, h *eventHandler, nth int) *handlerTelemetry {
	t := &handlerTelemetry{eventTelemetry: e, call: h.call, identity: h.function}
	if nth > 1 {
		t.identity += "#" + strconv.Itoa(nth)
	}
	t.name = instrument.ShortName(t.identity)
	event, handler := registry.EventType.String(e.name), registry.EventHandler.String(t.name)
	success := registry.Outcome.String(string(instrument.Success))
	function := semconv.CodeFunctionName(h.function)
	t.start = []trace.SpanStartOption{trace.WithAttributes(event, handler, function)}
	t.succeed = []trace.SpanStartOption{trace.WithAttributes(event, handler, function, success)}
	t.attributes = []attribute.KeyValue{event, handler}
	t.success = []metric.RecordOption{metric.WithAttributeSet(attribute.NewSet(event, handler, success))}
	return t
}

func (t *handlerTelemetry) handle(ctx context.Context, r *aggregate.Raised) (err error) {
	if !t.on {
		err = t.run(ctx, r)
		return t.conclude(ctx, instrument.NoSpan(), r, 0, err)
	}
	begin := time.Now()
	ctx, span := t.begin(ctx, r)
	err = instrument.ErrUnfinished
	defer func() {
		err = t.conclude(ctx, span, r, time.Since(begin), err)
		span.End()
	}()
	return t.run(ctx, r)
}

// conclude notes, measures and logs what came of a handler.
func (t *handlerTelemetry) conclude(
	ctx context.Context, span trace.Span, r *aggregate.Raised, took time.Duration, err error) error {
	var wait time.Duration
	var again bool
	if r.Delivery != nil {
		wait, again = r.Delivery.Done(t.identity, err)
	}
	if err == nil {
		if t.on {
			t.eventDuration.Record(ctx, took.Seconds(), t.success...)
		}
		if t.logger.Enabled(ctx, slog.LevelDebug) {
			_ = t.log(ctx, instrument.Success, nil)
		}
		return nil
	}
	outcome := instrument.OutcomeOfHandler(ctx, err)
	var more []slog.Attr
	if again {
		outcome, more = instrument.Retried, instrument.Retry(span, r.Attempt, wait)
	}
	if t.on {
		t.eventDuration.Record(ctx, took.Seconds(), instrument.Conclude(span, outcome, err, t.attributes...))
	}
	return t.log(ctx, outcome, err, more...)
}

func (t *handlerTelemetry) begin(ctx context.Context, r *aggregate.Raised) (context.Context, trace.Span) {
	if !t.tracing {
		return ctx, instrument.NoSpan()
	}
	start := t.succeed
	if r.AggregateType != "" {
		start = t.start
	}
	ctx, span := t.tracer.Start(ctx, t.span, start...)
	if span.IsRecording() {
		if r.AggregateType != "" {
			span.SetAttributes(registry.AggregateType.String(r.AggregateType), registry.AggregateID.String(r.AggregateID),
				registry.Outcome.String(string(instrument.Success))) // as in newMessageTelemetry
		}
		if r.Attempt > 1 {
			span.SetAttributes(registry.Attempt.Int(r.Attempt))
		}
		if t.tags != nil {
			span.SetAttributes(t.tags.of(r.Event)...)
		}
	}
	return ctx, span
}

func (t *handlerTelemetry) run(ctx context.Context, r *aggregate.Raised) (err error) {
	defer instrument.Recover(&err)
	return t.call(ctx, r.Event)
}

func (t *handlerTelemetry) log(ctx context.Context, outcome instrument.Outcome, err error, more ...slog.Attr) error {
	attrs := append([]slog.Attr{
		slog.String(string(registry.EventType), t.eventTelemetry.name), slog.String(string(registry.EventHandler), t.name),
	}, more...)
	return instrument.Log(ctx, t.logger, "event", attrs, outcome, err)
}
