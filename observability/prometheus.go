package observability

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/contrib/instrumentation/runtime"
	"go.opentelemetry.io/otel"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
)

// prometheusReader serves /metrics until it is shut down.
type prometheusReader struct {
	sdkmetric.Reader
	server *http.Server
}

// newPrometheusReader listens at addr. It offers the OpenMetrics format, without which there are no exemplars. A
// series that Prometheus does not take, such as one with a label that is not UTF-8, is left out.
func newPrometheusReader(ctx context.Context, addr string) (sdkmetric.Reader, error) {
	registry := prometheus.NewRegistry()
	exporter, err := otelprometheus.New(
		otelprometheus.WithRegisterer(registry), otelprometheus.WithProducer(runtime.NewProducer()))
	if err != nil {
		return nil, fmt.Errorf("make the prometheus exporter of metrics: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen for Prometheus (OTEL_EXPORTER_PROMETHEUS_HOST, _PORT): %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		Registry: registry, EnableOpenMetrics: true, ErrorHandling: promhttp.ContinueOnError}))
	server := &http.Server{Handler: mux, ReadTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			otel.Handle(fmt.Errorf("serve Prometheus: %w", err))
		}
	}()
	return &prometheusReader{Reader: exporter, server: server}, nil
}

// Shutdown implements [sdkmetric.Reader].
func (r *prometheusReader) Shutdown(ctx context.Context) error {
	return errors.Join(r.server.Shutdown(ctx), r.Reader.Shutdown(ctx))
}
