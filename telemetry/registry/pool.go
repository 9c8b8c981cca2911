package registry

import (
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/semconv/v1.43.0/dbconv"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

const sqlrepo = module + "/repository/sqlrepo"

// DBConnections counts the connections of a pool that are used and that are idle.
func DBConnections() telemetry.Metric {
	attributes := append(pool(), semconv.DBClientConnectionStateKey)
	return convention(dbconv.ClientConnectionCountObservable{}, nil, attributes...).By(sqlrepo)
}

// DBConnectionsMax is how many connections a pool may have. When as many are used, whoever needs one waits.
func DBConnectionsMax() telemetry.Metric {
	return convention(dbconv.ClientConnectionMaxObservable{}, nil, pool()...).By(sqlrepo)
}

func pool() []attribute.Key {
	return []attribute.Key{semconv.DBSystemNameKey, semconv.DBClientConnectionPoolNameKey}
}
