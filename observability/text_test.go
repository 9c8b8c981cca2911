package observability_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/observability"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
)

const wildTextLines = "" +
	"log ERROR order failed exception.message=no \uFFFD exception.type=*errors.errorString g= list= span=false\n" +
	"log INFO before  span=false\n" +
	"log INFO body \uFFFD key \uFFFD=x span=false\n" +
	"metric duration\n" +
	"metric orders\n" +
	"metric ovens\n" +
	"span after order.id=2\n" +
	"span before order.id=1\n" +
	"span events \n" +
	"span links \n" +
	"span place \uFFFD\uFFFD \n" +
	"span status \n" +
	"span values list= url.path=/\uFFFD"

func TestTextThatIsNotUTF8CostsNeitherItselfNorItsBatch(t *testing.T) {
	t.Parallel()
	for protocol, newReceiver := range map[string]func(*testing.T) (*receiver, string){
		"http/protobuf": newHTTPReceiver,
		"grpc":          newGRPCReceiver,
	} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			r, url := newReceiver(t)
			o := live(t, "wild text", "OTEL_EXPORTER_OTLP_ENDPOINT="+url, "OTEL_EXPORTER_OTLP_PROTOCOL="+protocol,
				"OTEL_RESOURCE_ATTRIBUTES=team=%ff")
			if o.failed || strings.Contains(o.stdout, "telemetry error") {
				t.Errorf("got\n%s\n%s", o.stdout, o.stderr)
			}
			observabilitytest.Diff(t, r.got("span ", "log INFO b", "log ERROR", "metric orders", "metric duration", "metric ovens"), wildTextLines)
			if !strings.Contains(r.got("resource "), "team=\uFFFD") {
				t.Errorf("got %s", r.got("resource "))
			}
		})
	}
}

func TestAConfigurationFileKeepsLogsWithTextThatIsNotUTF8(t *testing.T) {
	t.Parallel()
	r, url := newHTTPReceiver(t)
	file := filepath.Join(t.TempDir(), "otel.yaml")
	write(t, file, `
file_format: "1.1"
logger_provider:
  processors:
    - batch: {exporter: {otlp_http: {endpoint: "`+url+`/v1/logs"}}}
`)
	if o := live(t, "wild text", "OTEL_CONFIG_FILE="+file); o.failed {
		t.Error(o.stderr)
	}
	var want []string
	for line := range strings.Lines(wildTextLines) {
		if strings.HasPrefix(line, "log ") {
			want = append(want, line)
		}
	}
	observabilitytest.Diff(t, r.got("log INFO b", "log ERROR"), strings.Join(want, ""))
}

// wildText sends text that is not UTF-8 wherever there can be text.
func wildText(ctx context.Context) error {
	t, err := observability.Start(ctx, "pizzeria")
	if err != nil {
		return err
	}
	span := func(name string, attrs ...attribute.KeyValue) trace.Span {
		_, s := otel.Tracer("test").Start(ctx, name, trace.WithAttributes(attrs...))
		defer s.End()
		switch name {
		case "status":
			s.SetStatus(codes.Error, "no \xff")
		case "events":
			s.AddEvent("\xff", trace.WithAttributes(attribute.String("a", "\xff")))
		case "links":
			s.AddLink(trace.Link{SpanContext: s.SpanContext(), Attributes: []attribute.KeyValue{attribute.String("\xff", "x")}})
		}
		return s
	}
	span("before", attribute.String("order.id", "1"))
	span("place \xff\uFFFD")
	span("values", attribute.String("url.path", "/\xff"), attribute.StringSlice("list", []string{"a", "\xff"}))
	span("status")
	span("events")
	span("links")
	span("after", attribute.String("order.id", "2"))

	slog.InfoContext(ctx, "before")
	slog.InfoContext(ctx, "body \xff", "key \xff", "x")
	slog.ErrorContext(ctx, "order failed", "error", errors.New("no \xff"),
		slog.Group("g", "\xff", "x", "deep", map[string]string{"a": "\xff"}), "list", []string{"\xff"})

	meter := otel.Meter("test")
	orders, err := meter.Int64Counter("orders")
	duration, errDuration := meter.Float64Histogram("duration")
	ovens, errOvens := meter.Int64Gauge("ovens")
	wild := metric.WithAttributes(attribute.String("size", "\xff"), attribute.String("ok", "x"))
	orders.Add(ctx, 1, wild)
	duration.Record(ctx, 1, wild)
	ovens.Record(ctx, 1)
	return errors.Join(err, errDuration, errOvens, t.Shutdown(ctx))
}
