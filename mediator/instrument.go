package mediator

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// instruments are made once per mediator.
type instruments struct {
	tracing, on     bool
	tracer          instrument.Tracer
	commandDuration metric.Float64Histogram
	queryDuration   metric.Float64Histogram
	active          metric.Int64ObservableUpDownCounter
	activities      []*instrument.Activity
	meter           metric.Meter
	eventDuration   metric.Float64Histogram
	eventLag        metric.Float64Histogram
	logger          *slog.Logger
}

func newInstruments(p telemetry.Providers) (*instruments, error) {
	scope := instrument.NewScope("mediator")
	meter := scope.Meter(p.Meter)
	i := &instruments{tracer: scope.Tracer(p.Tracer), meter: meter, logger: p.Logger}
	i.tracing = i.tracer.On()
	i.on = i.tracing || instrument.Measuring(p.Meter)
	var errs [5]error
	i.commandDuration, errs[0] = registry.CommandDuration().Float64Histogram(meter)
	i.queryDuration, errs[1] = registry.QueryDuration().Float64Histogram(meter)
	i.active, errs[2] = registry.ActiveMessages().Int64ObservableUpDownCounter(meter)
	i.eventDuration, errs[3] = registry.EventProcessingDuration().Float64Histogram(meter)
	i.eventLag, errs[4] = registry.EventLag().Float64Histogram(meter)
	return i, errors.Join(errs[:]...)
}

// watch has the messages in progress read as long as there is somebody who sends messages.
func (i *instruments) watch(t *table) error {
	if !i.on {
		return nil
	}
	return instrument.Watch(t, i.meter, i.active, i.activities)
}

// messageTelemetry is the instrumentation of one type of message, with all that is known at registration made then.
type messageTelemetry struct {
	*instruments
	info            Message
	span            string
	start           []trace.SpanStartOption
	message, answer *tags
	duration        metric.Float64Histogram
	activity        *instrument.Activity
	attribute       attribute.KeyValue
	success         []metric.RecordOption
	level           slog.Level  // of the record of a success
	handled         string      // its text
	record          []slog.Attr // what every record has, clipped
}

func newMessageTelemetry(i *instruments, info Message, function string, message, answer reflect.Type) (
	*messageTelemetry, error) {
	t := &messageTelemetry{instruments: i, info: info}
	t.span, t.duration, t.level = "Command."+info.Type, i.commandDuration, slog.LevelInfo
	if info.Kind == KindQuery {
		t.span, t.duration, t.level = "Query."+info.Type, i.queryDuration, slog.LevelDebug
	}
	t.handled = info.Kind.String() + " handled"
	t.record = []slog.Attr{slog.String(string(registry.MessageType), info.Type)}
	kind, name := registry.MessageKind.String(info.Kind.String()), registry.MessageType.String(info.Type)
	success := registry.Outcome.String(string(instrument.Success))
	t.start = []trace.SpanStartOption{
		// The outcome is given at the start as what it most likely will be: setting it later costs more.
		trace.WithAttributes(kind, name, success, semconv.CodeFunctionName(function)),
	}
	t.activity = instrument.NewActivity(kind, name)
	i.activities = append(i.activities, t.activity)
	t.attribute = name
	t.success = []metric.RecordOption{metric.WithAttributeSet(attribute.NewSet(name, success))}
	var errs [2]error
	t.message, errs[0] = compileTags(message)
	t.answer, errs[1] = compileTags(answer)
	return t, errors.Join(errs[:]...)
}

func (t *messageTelemetry) begin(ctx context.Context) (context.Context, trace.Span) {
	t.activity.Begin()
	if !t.tracing {
		return ctx, instrument.NoSpan()
	}
	return t.tracer.Start(ctx, t.span, t.start...)
}

// conclude measures work that has ended, and sets on its span what came of it.
func (t *messageTelemetry) conclude(ctx context.Context, span trace.Span, took time.Duration, err error) instrument.Outcome {
	if err == nil {
		t.duration.Record(ctx, took.Seconds(), t.success...)
		return instrument.Success
	}
	outcome := instrument.OutcomeOf(ctx, err)
	t.duration.Record(ctx, took.Seconds(), instrument.Conclude(span, outcome, err, t.attribute))
	return outcome
}

// end finishes what begin began.
func (t *messageTelemetry) end(span trace.Span) {
	t.activity.End()
	span.End()
}

// logs reports whether there will be a log record, so that none is prepared in vain.
func (t *messageTelemetry) logs(ctx context.Context, err error) bool {
	return err != nil || t.logger.Enabled(ctx, t.level)
}

// log returns err, marked if it was logged as a failure.
func (t *messageTelemetry) log(ctx context.Context, outcome instrument.Outcome, err error, tagged []attribute.KeyValue) error {
	attrs := t.record
	for _, attr := range tagged {
		attrs = append(attrs, instrument.LogAttr(attr))
	}
	if outcome == instrument.Success {
		t.logger.LogAttrs(ctx, t.level, t.handled, attrs...)
		return err
	}
	return instrument.Log(ctx, t.logger, t.info.Kind.String(), attrs, outcome, err)
}
