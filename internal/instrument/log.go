package instrument

import (
	"context"
	"log/slog"
	"reflect"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// Log writes the one record of a piece of work: success at debug, refusal at info, what will be tried again at warn, failure
// at error unless a layer further in has done so. It returns err, marked if it was logged as a failure.
func Log(ctx context.Context, logger *slog.Logger, what string, attrs []slog.Attr, outcome Outcome, err error) error {
	switch outcome {
	case Success:
		logger.LogAttrs(ctx, slog.LevelDebug, what+" handled", attrs...)
	case Rejected, Canceled:
		attrs = append(attrs, slog.String(string(registry.Outcome), string(outcome)),
			slog.String(string(registry.Reason), Text(err)))
		logger.LogAttrs(ctx, slog.LevelInfo, what+" "+string(outcome), attrs...)
	case Retried:
		attrs = append(attrs, slog.String(string(registry.Outcome), string(outcome)))
		logger.LogAttrs(ctx, slog.LevelWarn, what+" "+string(outcome), append(attrs, Exception(err)...)...)
	case Failure:
		if telemetry.Recorded(err) {
			return err
		}
		logger.LogAttrs(ctx, slog.LevelError, what+" failed", append(attrs, Exception(err)...)...)
		return telemetry.MarkRecorded(err)
	}
	return err
}

// LogAttr returns an attribute as it is logged.
func LogAttr(a attribute.KeyValue) slog.Attr {
	key := string(a.Key)
	switch a.Value.Type() { //nolint:exhaustive // those that need no more than one allocation less
	case attribute.STRING:
		return slog.String(key, a.Value.AsString())
	case attribute.INT64:
		return slog.Int64(key, a.Value.AsInt64())
	case attribute.FLOAT64:
		return slog.Float64(key, a.Value.AsFloat64())
	case attribute.BOOL:
		return slog.Bool(key, a.Value.AsBool())
	default:
		return slog.Any(key, a.Value.AsInterface())
	}
}

// Exception returns the log attributes of a failure, with the stack if the error is a recovered panic.
func Exception(err error) []slog.Attr {
	attrs := []slog.Attr{
		slog.String(string(registry.ErrorType), fault.TypeOf(err)),
		slog.String(string(semconv.ExceptionTypeKey), exceptionType(err)),
		slog.String(string(semconv.ExceptionMessageKey), Text(err)),
	}
	if stack := PanicStack(err); stack != "" {
		attrs = append(attrs, slog.String(string(semconv.ExceptionStacktraceKey), stack))
	}
	return attrs
}

func exceptionType(err error) string {
	for {
		var next error
		switch e := err.(type) { //nolint:errorlint // this skips the wrappers that are no errors of their own
		case interface{ Unwrap() error }:
			next = e.Unwrap()
		case interface{ Unwrap() []error }:
			if errs := e.Unwrap(); len(errs) > 0 {
				next = errs[0]
			}
		}
		name := reflect.TypeOf(err).String()
		if next == nil || !strings.HasPrefix(name, "*fmt.") && name != "*errors.joinError" {
			return name
		}
		err = next
	}
}
