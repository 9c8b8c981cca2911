package mediator

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/neuroglia-go/neuroglia/internal/instrument"
)

// Send takes a command or query to its handler and returns the handler's answer. The error is the handler's own, or a
// behavior's; a panic becomes an error; if ctx has ended the handler is not called. Use errors.Is and errors.As on it,
// since an error that has been logged is wrapped to say so.
func Send[M Request[R], R any](ctx context.Context, m *Mediator, msg M) (R, error) {
	t := m.built.Load()
	if t == nil {
		var err error
		if t, err = m.table(); err != nil {
			var none R
			return none, err
		}
	}
	r, ok := t.routes[reflect.TypeFor[M]()].(*route[M, R])
	if !ok {
		var none R
		return none, noHandler[M]()
	}
	return r.send(ctx, msg)
}

func noHandler[M any]() error {
	message := messageType[M]()
	if message.Kind() == reflect.Pointer {
		return fmt.Errorf("mediator: %s is a pointer: send %s by value", message, message.Elem())
	}
	return fmt.Errorf("mediator: %s has no handler: register one with mediator.Handle", message)
}

// route is the finished pipeline of one type of message.
type route[M, R any] struct {
	handle    Next[M, R]
	telemetry *messageTelemetry
}

func (r *route[M, R]) send(ctx context.Context, msg M) (answer R, err error) {
	t := r.telemetry
	if !t.on {
		answer, err = r.call(ctx, msg)
		if t.logs(ctx, err) {
			err = t.log(ctx, instrument.OutcomeOf(ctx, err), err, tagged(t, msg, answer, err))
		}
		return answer, err
	}
	begin := time.Now()
	ctx, span := t.begin(ctx)
	err = instrument.ErrUnfinished
	defer func() {
		outcome := t.conclude(ctx, span, time.Since(begin), err)
		if t.logs(ctx, err) {
			err = t.log(ctx, outcome, err, tagged(t, msg, answer, err))
		}
		t.end(span)
	}()
	if t.message != nil && span.IsRecording() {
		span.SetAttributes(t.message.of(carriedValue(msg))...)
	}
	answer, err = r.call(ctx, msg)
	if err == nil && t.answer != nil && span.IsRecording() {
		span.SetAttributes(t.answer.of(answer)...)
	}
	return answer, err
}

// tagged returns the tagged fields of a message and of its answer, if it has one, for the log record. Where both have a
// field of one name it is that of the answer, as on the span.
func tagged[M, R any](t *messageTelemetry, msg M, answer R, err error) []attribute.KeyValue {
	var attrs []attribute.KeyValue
	if t.message != nil {
		attrs = t.message.of(carriedValue(msg))
	}
	if err != nil || t.answer == nil {
		return attrs
	}
	answered := t.answer.of(answer)
	attrs = slices.DeleteFunc(attrs, func(a attribute.KeyValue) bool {
		return slices.ContainsFunc(answered, func(b attribute.KeyValue) bool { return a.Key == b.Key })
	})
	return append(attrs, answered...)
}

// call runs the pipeline, and turns a panic into an error.
func (r *route[M, R]) call(ctx context.Context, msg M) (answer R, err error) {
	defer instrument.Recover(&err)
	if err := ctx.Err(); err != nil {
		return answer, err
	}
	return r.handle(ctx, msg)
}
