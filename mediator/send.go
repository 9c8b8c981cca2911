package mediator

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
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
		if err != nil || t.logger.Enabled(ctx, slog.LevelDebug) {
			err = t.log(ctx, instrument.OutcomeOf(ctx, err), err, tagged(t, msg, err))
		}
		return answer, err
	}
	begin := time.Now()
	ctx, span := t.begin(ctx)
	err = instrument.ErrUnfinished
	defer func() { err = t.end(ctx, span, time.Since(begin), err, tagged(t, msg, err)) }()
	if t.message != nil && span.IsRecording() {
		span.SetAttributes(t.message.of(carriedValue(msg))...)
	}
	answer, err = r.call(ctx, msg)
	if err == nil && t.answer != nil && span.IsRecording() {
		span.SetAttributes(t.answer.of(answer)...)
	}
	return answer, err
}

// tagged returns the attributes of a message that did not succeed, for its log record.
func tagged[M any](t *messageTelemetry, msg M, err error) []attribute.KeyValue {
	if err == nil || t.message == nil {
		return nil
	}
	return t.message.of(carriedValue(msg))
}

// call runs the pipeline, and turns a panic into an error.
func (r *route[M, R]) call(ctx context.Context, msg M) (answer R, err error) {
	defer instrument.Recover(&err)
	if err := ctx.Err(); err != nil {
		return answer, err
	}
	return r.handle(ctx, msg)
}
