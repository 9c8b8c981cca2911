package sqlrepo

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strings"
	"sync"

	"github.com/XSAM/otelsql"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// statements describes the statements that are traced and measured: those of stores, not those that migrate or check.
type statements struct {
	server []attribute.KeyValue // of spans: where the database is
	known  sync.Map             // text to *statement
}

// statement is what is known of a statement before it runs.
type statement struct {
	summary string
	span    []attribute.KeyValue
	metric  []attribute.KeyValue
}

// describe names a statement by its operation and table, such as "INSERT orders".
func (s *statements) describe(text, operation, table string) {
	common := []attribute.KeyValue{semconv.DBOperationName(operation), semconv.DBCollectionName(table)}
	summary := operation + " " + table
	s.known.Store(text, &statement{
		summary: summary,
		span:    append(append(common[:2:2], semconv.DBQuerySummary(summary)), s.server...),
		metric:  []attribute.KeyValue{operationKey.String(operation), semconv.DBCollectionName(table)},
	})
}

func (s *statements) of(method otelsql.Method, text string) *statement {
	switch method { //nolint:exhaustive // the methods that run a statement
	case otelsql.MethodStmtExec, otelsql.MethodStmtQuery, otelsql.MethodConnExec, otelsql.MethodConnQuery:
		if known, ok := s.known.Load(text); ok {
			return known.(*statement) //nolint:forcetypeassert // only describe stores in it
		}
	}
	return nil
}

// instrument wraps a connector. A described statement makes a CLIENT span under the caller's span, if there is one: a
// gauge that reads the database makes no traces. Transactions are measured, because waiting for other processes' locks
// and for the disk is what a change takes most of its time for, but have no spans. Waiting for this process's one writer
// is in the duration of the repository's operation only.
func (db *DB) instrument(connector driver.Connector, t telemetry.Providers) *sql.DB {
	s := db.statements
	return otelsql.OpenDB(connector,
		otelsql.WithTracerProvider(t.Tracer),
		otelsql.WithMeterProvider(statementMeterProvider{t.Meter}),
		otelsql.WithAttributes(semconv.DBSystemNameKey.String(db.dialect.system)),
		otelsql.WithSpanOptions(otelsql.SpanOptions{
			SpanFilter: func(ctx context.Context, method otelsql.Method, text string, _ []driver.NamedValue) bool {
				return trace.SpanContextFromContext(ctx).IsValid() && s.of(method, text) != nil
			},
			RecordError: func(err error) bool { return fault.KindOf(err) != fault.Canceled },
		}),
		otelsql.WithSpanNameFormatter(func(_ context.Context, method otelsql.Method, text string) string {
			return s.of(method, text).summary // never nil, after the filter
		}),
		otelsql.WithAttributesGetter(func(_ context.Context, method otelsql.Method, text string,
			_ []driver.NamedValue) []attribute.KeyValue {
			return s.of(method, text).span
		}),
		otelsql.WithSpanErrorAttributesGetter(db.errorAttributes(semconv.ErrorTypeKey)),
		otelsql.WithInstrumentAttributesGetter(func(_ context.Context, method otelsql.Method, text string,
			_ []driver.NamedValue) []attribute.KeyValue {
			return s.measured(method, text)
		}),
		otelsql.WithInstrumentErrorAttributesGetter(db.errorAttributes(errorTypeKey)),
	)
}

// measured returns the attributes of what is measured, nil for what is not.
func (s *statements) measured(method otelsql.Method, text string) []attribute.KeyValue {
	switch method { //nolint:exhaustive // the others are statements or noise
	case otelsql.MethodConnBeginTx:
		return []attribute.KeyValue{operationKey.String("BEGIN")}
	case otelsql.MethodTxCommit:
		return []attribute.KeyValue{operationKey.String("COMMIT")}
	}
	if known := s.of(method, text); known != nil {
		return known.metric
	}
	return nil
}

// errorAttributes returns a function that describes an error, with its type under the given key.
func (db *DB) errorAttributes(key attribute.Key) func(error) []attribute.KeyValue {
	return func(err error) []attribute.KeyValue {
		if status := db.dialect.status(err); status != "" {
			return []attribute.KeyValue{key.String(status), semconv.DBResponseStatusCode(status)}
		}
		return []attribute.KeyValue{key.String(fault.TypeOf(err))}
	}
}

// otelsql measures each call of a driver's method, under the name of the method and with the Go type of the error. The
// conventions want statements, under the name of their operation. The wrappers below leave out what is not measured and
// put operation and error type, which come with these keys, in their places.
const (
	operationKey = attribute.Key("sqlrepo.operation")
	errorTypeKey = attribute.Key("sqlrepo.error.type")
)

type statementMeterProvider struct{ metric.MeterProvider }

func (p statementMeterProvider) Meter(name string, opts ...metric.MeterOption) metric.Meter {
	return statementMeter{p.MeterProvider.Meter(name, opts...)}
}

type statementMeter struct{ metric.Meter }

func (m statementMeter) Float64Histogram(name string, opts ...metric.Float64HistogramOption) (
	metric.Float64Histogram, error) {
	h, err := m.Meter.Float64Histogram(name, opts...)
	return &statementHistogram{Float64Histogram: h}, err //nolint:wrapcheck // a wrapper in this sense only
}

type statementHistogram struct {
	metric.Float64Histogram
	known sync.Map // attribute.Distinct to []metric.RecordOption, as many as statements and their errors
}

func (h *statementHistogram) Record(ctx context.Context, value float64, opts ...metric.RecordOption) {
	given := metric.NewRecordConfig(opts).Attributes()
	if !given.HasValue(operationKey) {
		return
	}
	known, ok := h.known.Load(given.Equivalent())
	if !ok {
		known, _ = h.known.LoadOrStore(given.Equivalent(), []metric.RecordOption{metric.WithAttributeSet(conventional(given))})
	}
	h.Float64Histogram.Record(ctx, value, known.([]metric.RecordOption)...) //nolint:forcetypeassert // stored above
}

func conventional(given attribute.Set) attribute.Set {
	var attrs []attribute.KeyValue
	for _, a := range given.ToSlice() {
		switch {
		case a.Key == semconv.DBOperationNameKey || a.Key == semconv.ErrorTypeKey:
		case a.Key == operationKey:
			attrs = append(attrs, semconv.DBOperationName(a.Value.AsString()))
		case a.Key == errorTypeKey:
			attrs = append(attrs, semconv.ErrorTypeKey.String(a.Value.AsString()))
		case !strings.HasPrefix(string(a.Key), "sqlrepo."):
			attrs = append(attrs, a)
		}
	}
	return attribute.NewSet(attrs...)
}
