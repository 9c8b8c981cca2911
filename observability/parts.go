package observability

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	sdklog "go.opentelemetry.io/otel/sdk/log"

	"github.com/neuroglia-go/neuroglia/observability/internal/otlpspan"
)

// partedLogs hands on batches in parts that collectors take. The exporter of spans does that itself.
type partedLogs struct{ sdklog.Exporter }

// Export implements [sdklog.Exporter]. A part that is refused does not keep the others.
func (e partedLogs) Export(ctx context.Context, records []sdklog.Record) error {
	var errs []error
	for len(records) > 0 {
		n := fitting(records)
		if err := e.Exporter.Export(ctx, records[:n]); err != nil {
			errs = append(errs, err)
		}
		if records = records[n:]; ctx.Err() != nil {
			break
		}
	}
	return errors.Join(errs...)
}

// fitting is how many of the records fit into one request, at least one.
func fitting(records []sdklog.Record) int {
	size := 0
	for i := range records {
		if size += recordSize(&records[i]); size > otlpspan.Most && i > 0 {
			return i
		}
	}
	return len(records)
}

// What a record and a value take on the wire at most, beside their texts.
const (
	recordFields = 128
	valueFields  = 16
)

func recordSize(r *sdklog.Record) int {
	size := recordFields + len(r.SeverityText()) + len(r.EventName()) + valueSize(r.Body())
	for a := range r.WalkAttributes {
		size += valueFields + len(a.Key) + valueSize(a.Value)
	}
	return size
}

func valueSize(v attribute.Value) int {
	size := valueFields
	switch v.Type() { //nolint:exhaustive // the others are numbers
	case attribute.STRING, attribute.BYTESLICE:
		size += len(v.AsString())
	case attribute.STRINGSLICE:
		for _, s := range v.AsStringSlice() {
			size += valueFields + len(s)
		}
	case attribute.SLICE:
		for _, e := range v.AsSlice() {
			size += valueSize(e)
		}
	case attribute.MAP:
		for _, a := range v.AsMap() {
			size += valueFields + len(a.Key) + valueSize(a.Value)
		}
	case attribute.BOOLSLICE:
		size += valueFields * len(v.AsBoolSlice())
	case attribute.INT64SLICE:
		size += valueFields * len(v.AsInt64Slice())
	case attribute.FLOAT64SLICE:
		size += valueFields * len(v.AsFloat64Slice())
	}
	return size
}
