package registry

import (
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/semconv/v1.43.0/dbconv"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// DBOperationDuration measures statements and transactions of databases.
func DBOperationDuration() telemetry.Metric {
	return convention(dbconv.ClientOperationDuration{}, []float64{0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10}, database()...).
		By(sqlrepo)
}

// database are the attributes of what is measured.
func database() []attribute.Key {
	return []attribute.Key{
		semconv.DBSystemNameKey, semconv.DBOperationNameKey, semconv.DBCollectionNameKey, semconv.DBResponseStatusCodeKey, ErrorType,
	}
}

func databaseMetrics() []telemetry.Metric {
	return append([]telemetry.Metric{DBOperationDuration(), DBConnections(), DBConnectionsMax()}, mongoMetrics()...)
}

func databaseSpans() []telemetry.Span {
	return append([]telemetry.Span{{
		ID: "neuroglia.db.client", Name: "{db.operation.name} {db.collection.name}", Kind: trace.SpanKindClient,
		Stability: telemetry.Development,
		Scope:     sqlrepo,
		Attributes: append(database(), semconv.DBQuerySummaryKey, semconv.DBQueryTextKey, semconv.DBNamespaceKey,
			semconv.ServerAddressKey, semconv.ServerPortKey),
		Events: map[string][]attribute.Key{"exception": {semconv.ExceptionTypeKey, semconv.ExceptionMessageKey}},
		Brief:  "A statement, below another span only. Its text has no values.",
	}}, mongoSpans()...)
}
