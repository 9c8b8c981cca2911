package registry

import (
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

const mongorepo = module + "/repository/mongorepo"

// MongoOperationDuration is [DBOperationDuration] of MongoDB.
func MongoOperationDuration() telemetry.Metric { return DBOperationDuration().By(mongorepo) }

// MongoConnections is [DBConnections] of MongoDB, with a pool for each server.
func MongoConnections() telemetry.Metric { return DBConnections().By(mongorepo) }

// MongoConnectionsMax is [DBConnectionsMax] of MongoDB.
func MongoConnectionsMax() telemetry.Metric { return DBConnectionsMax().By(mongorepo) }

func mongoMetrics() []telemetry.Metric {
	return []telemetry.Metric{MongoOperationDuration(), MongoConnections(), MongoConnectionsMax()}
}

func mongoSpans() []telemetry.Span {
	return []telemetry.Span{{
		ID: "neuroglia.mongo.client", Name: "{db.operation.name} {db.collection.name}", Kind: trace.SpanKindClient,
		Stability: telemetry.Development,
		Scope:     mongorepo,
		Attributes: append(database(), semconv.DBQuerySummaryKey, semconv.DBNamespaceKey,
			semconv.ServerAddressKey, semconv.ServerPortKey),
		Brief: "A command that reads or writes documents, below another span only.",
	}}
}
