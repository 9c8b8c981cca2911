package badday_test

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/metric"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/resource"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

const (
	perSecond  = 400  // log records
	recordSize = 1000 // bytes: a batch of as many records as are sent at once is larger than many a limit
	counters   = 20   // series
)

// taken is what the collector has acknowledged.
type taken struct {
	mu      sync.Mutex
	records map[int]bool
	points  map[point]bool
}

// point is a value of one of the counters, at a time in milliseconds, as Prometheus keeps it.
type point struct {
	series string
	at     int64
	value  int64
}

// so far.
func (k *taken) soFar() (records map[int]bool, points map[point]bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return maps.Clone(k.records), maps.Clone(k.points)
}

// logs is an exporter that notes what is acknowledged.
type logs struct {
	sdklog.Exporter
	taken *taken
}

func (e logs) Export(ctx context.Context, records []sdklog.Record) error {
	if err := e.Exporter.Export(ctx, records); err != nil {
		return fmt.Errorf("send log records: %w", err)
	}
	e.taken.mu.Lock()
	defer e.taken.mu.Unlock()
	for _, record := range records {
		e.taken.records[numberOf(record.Body().AsString())] = true
	}
	return nil
}

// metrics is an exporter that notes what is acknowledged.
type metrics struct {
	sdkmetric.Exporter
	taken *taken
}

func (e metrics) Export(ctx context.Context, all *metricdata.ResourceMetrics) error {
	if err := e.Exporter.Export(ctx, all); err != nil {
		return fmt.Errorf("send metrics: %w", err)
	}
	e.taken.mu.Lock()
	defer e.taken.mu.Unlock()
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			sum, _ := m.Data.(metricdata.Sum[int64])
			for _, p := range sum.DataPoints {
				name, _ := p.Attributes.Value("series")
				e.taken.points[point{name.AsString(), p.Time.UnixMilli(), p.Value}] = true
			}
		}
	}
	return nil
}

// sender sends numbered log records and counters that grow at a steady rate, until it is stopped.
type sender struct {
	taken
	sent int // log records
	stop func()
}

// numberOf is the number that a log record begins with.
func numberOf(body string) int {
	n, _, _ := strings.Cut(body, " ")
	number, _ := strconv.Atoi(n)
	return number
}

// send begins to send telemetry of the service badday to a collector.
func send(t *testing.T, collector string) *sender {
	t.Helper()
	s := &sender{taken: taken{records: map[int]bool{}, points: map[point]bool{}}}
	logExporter, err := otlploghttp.New(t.Context(), otlploghttp.WithEndpointURL(collector+"/v1/logs"))
	if err != nil {
		t.Fatal(err)
	}
	metricExporter, err := otlpmetrichttp.New(t.Context(), otlpmetrichttp.WithEndpointURL(collector+"/v1/metrics"))
	if err != nil {
		t.Fatal(err)
	}
	service := resource.NewWithAttributes(semconv.SchemaURL, semconv.ServiceName("badday"), semconv.ServiceInstanceID("1"))
	logProvider := sdklog.NewLoggerProvider(sdklog.WithResource(service), sdklog.WithProcessor(
		sdklog.NewBatchProcessor(logs{logExporter, &s.taken}, sdklog.WithMaxQueueSize(60*perSecond))))
	meterProvider := sdkmetric.NewMeterProvider(sdkmetric.WithResource(service), sdkmetric.WithReader(
		sdkmetric.NewPeriodicReader(metrics{metricExporter, &s.taken}, sdkmetric.WithInterval(500*time.Millisecond))))
	counter, err := meterProvider.Meter("badday").Int64Counter("badday.events")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.run(ctx, logProvider.Logger("badday"), counter)
	}()
	s.stop = sync.OnceFunc(func() {
		cancel()
		<-ended
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_, _ = logProvider.Shutdown(ctx), meterProvider.Shutdown(ctx) // what is not sent is not counted as sent
	})
	t.Cleanup(s.stop)
	return s
}

func (s *sender) run(ctx context.Context, logger log.Logger, counter metric.Int64Counter) {
	filler := strings.Repeat("x", recordSize)
	ticker := time.NewTicker(time.Second / perSecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			var record log.Record
			record.SetTimestamp(now)
			record.SetSeverity(log.SeverityInfo)
			record.SetBody(attribute.StringValue(fmt.Sprintf("%d %s", s.sent, filler)))
			logger.Emit(ctx, record)
			counter.Add(ctx, 1, metric.WithAttributes(attribute.String("series", strconv.Itoa(s.sent%counters))))
			s.sent++
		}
	}
}
