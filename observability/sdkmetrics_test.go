package observability_test

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel"

	"github.com/neuroglia-go/neuroglia/observability"
)

// The receiver takes metrics only: nobody answers what is sent to the black hole.
func TestWhatIsDroppedAndLostIsCounted(t *testing.T) {
	t.Parallel()
	for _, protocol := range []string{"http/protobuf", "grpc"} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			r, url := newHTTPReceiver(t)
			hole := "http://" + newBlackHole(t)
			o := live(t, "more than fits", "OTEL_EXPORTER_OTLP_ENDPOINT="+url,
				"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT="+hole, "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT="+hole,
				"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL="+protocol, "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL="+protocol,
				"OTEL_BSP_EXPORT_TIMEOUT=100", "OTEL_BLRP_EXPORT_TIMEOUT=100",
				"OTEL_BSP_MAX_QUEUE_SIZE=10", "OTEL_BLRP_MAX_QUEUE_SIZE=10")
			if o.failed {
				t.Fatal(o.stderr)
			}
			for _, signal := range []string{"span", "log"} {
				taken, dropped := r.sum("otel.sdk.processor."+signal+".processed"), r.sum("otel.sdk.processor."+signal+".processed error.type=queue_full")
				if all := taken + dropped; dropped < tooMany-100 || all < tooMany || all > tooMany+1 {
					t.Errorf("%ss: %d taken and %d dropped of %d", signal, taken, dropped, tooMany)
				}
				if lost := r.failed("otel.sdk.exporter." + signal + ".exported"); lost == 0 {
					t.Errorf("no %s was lost on the way", signal)
				}
			}
			if got := r.sum("otel.sdk.exporter.metric_data_point.exported"); got == 0 {
				t.Error("no point of a metric was sent")
			}
			for _, wrong := range []string{"metric otel.sdk.span.", "metric otel.sdk.exporter.span.inflight"} {
				if got := r.got(wrong); got != "" {
					t.Errorf("got %s, which costs something for each span or says nothing", got)
				}
			}
		})
	}
}

// failed returns how much of what a metric counts has an error.type.
func (r *receiver) failed(metric string) (n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, value := range r.sums {
		if strings.HasPrefix(name, metric+" error.type=") {
			n += value
		}
	}
	return n
}

const tooMany = 1000

// moreThanFits makes more spans and log records than there is room for.
func moreThanFits(ctx context.Context) error {
	t, err := observability.Start(ctx, "pizzeria", observability.Stdout(discard{}))
	if err != nil {
		return err
	}
	for range tooMany {
		_, span := otel.Tracer("test").Start(ctx, "place order")
		span.End()
		slog.InfoContext(ctx, "order placed")
	}
	_ = t.ForceFlush(ctx) // nobody answers
	_ = t.Shutdown(ctx)
	return nil
}

func TestTwoThatStartAtOnceLeaveTheEnvironmentAsItWas(t *testing.T) { //nolint:paralleltest // the environment is that of the process
	first, second := observability.Measuring(), make(chan struct{})
	go func() {
		defer close(second)
		observability.Measuring()()
	}()
	select {
	case <-second:
		t.Error("the second did not wait for the first")
	case <-time.After(10 * time.Millisecond):
	}
	first()
	<-second
	if value, is := os.LookupEnv("OTEL_GO_X_OBSERVABILITY"); is {
		t.Errorf("OTEL_GO_X_OBSERVABILITY is left at %s", value)
	}
}
