package sqlrepo

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// pool opens a pool of up to size connections, which is closed and no longer measured when the database is closed.
func (db *DB) pool(name string, size int, connector driver.Connector) *sql.DB {
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	db.close = append(db.close, pool.Close)
	if err := db.measure(name, pool, db.telemetry.meter); err != nil {
		otel.Handle(fmt.Errorf("sqlrepo: %w", err)) // the pool can be used all the same
	}
	return pool
}

// measure has the connections of a pool counted at every export.
func (db *DB) measure(name string, pool *sql.DB, meter metric.Meter) error {
	most, mostErr := registry.DBConnectionsMax().Int64ObservableUpDownCounter(meter)
	count, countErr := registry.DBConnections().Int64ObservableUpDownCounter(meter)
	common := []attribute.KeyValue{db.telemetry.system, semconv.DBClientConnectionPoolName(name)}
	with := func(state ...attribute.KeyValue) metric.MeasurementOption {
		return metric.WithAttributeSet(attribute.NewSet(append(common[:2:2], state...)...))
	}
	all, used, idle := with(), with(semconv.DBClientConnectionStateUsed), with(semconv.DBClientConnectionStateIdle)
	registration, err := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		stats := pool.Stats()
		o.ObserveInt64(most, int64(stats.MaxOpenConnections), all)
		o.ObserveInt64(count, int64(stats.InUse), used)
		o.ObserveInt64(count, int64(stats.Idle), idle)
		return nil
	}, most, count)
	if err == nil {
		db.close = append(db.close, registration.Unregister)
	}
	return errors.Join(mostErr, countErr, err)
}
