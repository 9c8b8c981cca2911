package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// shedding measures requests that are shed. They have no span and no log record of their own, since there are too many:
// they are counted, and among the durations of all requests, and now and then there is a log record of how many.
type shedding struct {
	logger   *slog.Logger
	server   string
	shed     metric.Int64Counter
	duration metric.Float64Histogram
	routes   *instrument.Cache[shedRoute, metric.MeasurementOption]

	mu    sync.Mutex
	count int // since the last log record
	known bool
}

// shedRoute is what tells measurements apart. There are as many as routes and methods.
type shedRoute struct{ route, method string }

func newShedding(c Config, entrance *admission) (*shedding, error) {
	s := &shedding{logger: c.Telemetry.Logger, server: c.ServerName, routes: instrument.NewCache(shedRoute.option)}
	meter := instrument.NewScope("web").Meter(c.Telemetry.Meter)
	var errs [3]error
	s.shed, errs[0] = registry.HTTPServerShed().Int64Counter(meter)
	s.duration, errs[1] = registry.HTTPServerRequestDuration().Float64Histogram(meter) // the same as that of other requests
	errs[2] = entrance.observe(meter)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, fmt.Errorf("web: make an instrument: %w", err)
	}
	return s, nil
}

// observe has the entrance looked at when metrics are collected.
func (a *admission) observe(meter metric.Meter) error {
	waiting, waitingErr := registry.HTTPServerWaiting().Int64ObservableUpDownCounter(meter)
	limit, limitErr := registry.HTTPServerLimit().Int64ObservableUpDownCounter(meter)
	_, err := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.tick()
		o.ObserveInt64(waiting, int64(a.queue.Len()))
		o.ObserveInt64(limit, int64(a.limit))
		return nil
	}, waiting, limit)
	return errors.Join(waitingErr, limitErr, err)
}

// record measures a request that was shed after it waited for some time.
func (s *shedding) record(x *exchange, r *http.Request, waited time.Duration) {
	s.shed.Add(r.Context(), 1, s.routes.Get(shedRoute{route: x.endpoint.route, method: knownMethod(r.Method)}))
	s.measure(x, r, waited)
	s.note()
}

// measure has a request that was not handled among all durations, unless an instrumentation further out does so.
func (s *shedding) measure(x *exchange, r *http.Request, waited time.Duration) {
	if !x.outer {
		same := x.endpoint.kinds.of(s.server, x.endpoint.route, r)
		s.duration.Record(r.Context(), waited.Seconds(), same.measured(x.out.status, x.errorType)...)
	}
}

func (r shedRoute) option() metric.MeasurementOption {
	attrs := []attribute.KeyValue{semconv.HTTPRequestMethodKey.String(r.method)}
	if r.route != "" {
		attrs = append(attrs, semconv.HTTPRoute(r.route))
	}
	return metric.WithAttributeSet(attribute.NewSet(attrs...))
}

// note has a log record written: of the first requests that are shed, and then of how many there were, as long as there
// are. No request waits for it.
func (s *shedding) note() {
	s.mu.Lock()
	s.count++
	first := !s.known
	s.known = true
	s.mu.Unlock()
	if first {
		go s.report()
	}
}

func (s *shedding) report() {
	const pause = 10 * time.Second
	s.mu.Lock()
	count := s.count
	s.count, s.known = 0, count > 0
	s.mu.Unlock()
	if count > 0 {
		s.logger.LogAttrs(context.Background(), slog.LevelWarn, registry.RequestsShed, slog.Int(string(registry.ShedCount), count))
		time.AfterFunc(pause, s.report)
	}
}
