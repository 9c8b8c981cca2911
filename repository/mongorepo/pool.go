package mongorepo

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"go.mongodb.org/mongo-driver/v2/event"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// pools counts the connections to each server. They are observed at every export until they are closed.
type pools struct {
	close func() error

	mu      sync.Mutex
	servers map[string]*pool // by address
}

type pool struct{ most, open, used int64 }

func newPools(p telemetry.Providers) *pools {
	meter := instrument.NewScope("repository/mongorepo").Meter(p.Meter)
	all := &pools{servers: map[string]*pool{}}
	most, mostErr := registry.MongoConnectionsMax().Int64ObservableUpDownCounter(meter)
	count, countErr := registry.MongoConnections().Int64ObservableUpDownCounter(meter)
	registration, err := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		all.observe(o, most, count)
		return nil
	}, most, count)
	if err := errors.Join(mostErr, countErr, err); err != nil {
		otel.Handle(fmt.Errorf("mongorepo: %w", err)) // the database can be used all the same
	}
	all.close = func() error { return nil }
	if err == nil {
		all.close = registration.Unregister
	}
	return all
}

func (p *pools) observe(o metric.Observer, most, count metric.Int64Observable) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for address, pool := range p.servers {
		common := []attribute.KeyValue{semconv.DBSystemNameMongoDB, semconv.DBClientConnectionPoolName(address)}
		with := func(state ...attribute.KeyValue) metric.MeasurementOption {
			return metric.WithAttributes(append(common[:2:2], state...)...)
		}
		o.ObserveInt64(most, pool.most, with())
		o.ObserveInt64(count, pool.used, with(semconv.DBClientConnectionStateUsed))
		o.ObserveInt64(count, pool.open-pool.used, with(semconv.DBClientConnectionStateIdle))
	}
}

// happened is told by the driver what becomes of connections.
func (p *pools) happened(e *event.PoolEvent) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := p.servers[e.Address]
	if at == nil {
		at = &pool{}
		p.servers[e.Address] = at
	}
	switch e.Type {
	case event.ConnectionPoolCreated:
		if e.PoolOptions != nil {
			at.most = int64(e.PoolOptions.MaxPoolSize) //nolint:gosec // some hundreds
		}
	case event.ConnectionPoolClosed:
		delete(p.servers, e.Address)
	case event.ConnectionCreated:
		at.open++
	case event.ConnectionClosed:
		at.open--
	case event.ConnectionCheckedOut:
		at.used++
	case event.ConnectionCheckedIn:
		at.used--
	}
}
