package observability_test

import (
	"compress/gzip"
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	collogs "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	colmetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	coltrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"
	"google.golang.org/grpc"
	_ "google.golang.org/grpc/encoding/gzip" // the server's decompressor
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protopath"
	"google.golang.org/protobuf/reflect/protorange"
)

// receiver is an OTLP collector that keeps what comes as text.
type receiver struct {
	collogs.UnimplementedLogsServiceServer
	colmetrics.UnimplementedMetricsServiceServer
	coltrace.UnimplementedTraceServiceServer

	mu    sync.Mutex
	lines []string
	sums  map[string]int64

	longest map[string]int // text of each kind of thing
}

func newReceiver() *receiver { return &receiver{sums: map[string]int64{}, longest: map[string]int{}} }

// newHTTPReceiver returns a receiver and its URL.
func newHTTPReceiver(t *testing.T) (*receiver, string) {
	t.Helper()
	r := newReceiver()
	server := httptest.NewServer(r.handler(t))
	t.Cleanup(server.Close)
	return r, server.URL
}

// newTLSReceiver returns a receiver, its URL, and a file with its certificate.
func newTLSReceiver(t *testing.T) (r *receiver, url, certificate string) {
	t.Helper()
	r = newReceiver()
	server := httptest.NewTLSServer(r.handler(t))
	t.Cleanup(server.Close)
	certificate = filepath.Join(t.TempDir(), "ca.pem")
	write(t, certificate, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	return r, server.URL, certificate
}

func (r *receiver) handler(t *testing.T) http.Handler {
	t.Helper()
	mux := http.NewServeMux()
	handle := func(path string, message func() proto.Message) {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, req *http.Request) {
			body := io.Reader(req.Body)
			if req.Header.Get("Content-Encoding") == "gzip" {
				r.add("gzip " + path)
				var err error
				if body, err = gzip.NewReader(body); err != nil {
					t.Error(err)
					return
				}
			}
			r.keepKey(req.Header.Get("Api-Key"))
			text, err := io.ReadAll(body)
			m := message()
			if err == nil {
				err = proto.Unmarshal(text, m)
			}
			if err != nil {
				t.Error(err)
			}
			r.take(m)
			w.Header().Set("Content-Type", "application/x-protobuf")
			w.Header().Set("Connection", "close") // the exporters keep idle connections until they time out
		})
	}
	handle("/v1/traces", func() proto.Message { return &coltrace.ExportTraceServiceRequest{} })
	handle("/v1/metrics", func() proto.Message { return &colmetrics.ExportMetricsServiceRequest{} })
	handle("/v1/logs", func() proto.Message { return &collogs.ExportLogsServiceRequest{} })
	return mux
}

// newGRPCReceiver returns a receiver and its URL.
func newGRPCReceiver(t *testing.T) (*receiver, string) {
	t.Helper()
	r := newReceiver()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	coltrace.RegisterTraceServiceServer(server, traceService{r})
	colmetrics.RegisterMetricsServiceServer(server, metricsService{r})
	collogs.RegisterLogsServiceServer(server, logsService{r})
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return r, "http://" + listener.Addr().String()
}

type (
	traceService   struct{ *receiver }
	metricsService struct{ *receiver }
	logsService    struct{ *receiver }
)

func (s traceService) Export(ctx context.Context, m *coltrace.ExportTraceServiceRequest) (*coltrace.ExportTraceServiceResponse, error) {
	s.takeGRPC(ctx, m)
	return &coltrace.ExportTraceServiceResponse{}, nil
}

func (s metricsService) Export(ctx context.Context, m *colmetrics.ExportMetricsServiceRequest) (*colmetrics.ExportMetricsServiceResponse, error) {
	s.takeGRPC(ctx, m)
	return &colmetrics.ExportMetricsServiceResponse{}, nil
}

func (s logsService) Export(ctx context.Context, m *collogs.ExportLogsServiceRequest) (*collogs.ExportLogsServiceResponse, error) {
	s.takeGRPC(ctx, m)
	return &collogs.ExportLogsServiceResponse{}, nil
}

func (r *receiver) takeGRPC(ctx context.Context, m proto.Message) {
	if md, ok := metadata.FromIncomingContext(ctx); ok {
		r.keepKey(strings.Join(md.Get("api-key"), ""))
	}
	r.take(m)
}

func (r *receiver) keepKey(key string) {
	if key != "" {
		r.add("key " + key)
	}
}

func (r *receiver) add(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, line)
}

// take keeps a line for each resource, span, metric and log record.
func (r *receiver) take(m proto.Message) {
	switch m := m.(type) {
	case *coltrace.ExportTraceServiceRequest:
		for _, rs := range m.GetResourceSpans() {
			r.add("resource " + attributes(rs.GetResource().GetAttributes()))
			for _, ss := range rs.GetScopeSpans() {
				for _, s := range ss.GetSpans() {
					r.keepLongest("span", s)
					r.add("span " + s.GetName() + " " + attributes(s.GetAttributes()))
				}
			}
		}
	case *colmetrics.ExportMetricsServiceRequest:
		for _, rm := range m.GetResourceMetrics() {
			r.add("resource " + attributes(rm.GetResource().GetAttributes()))
			for _, sm := range rm.GetScopeMetrics() {
				for _, metric := range sm.GetMetrics() {
					r.add("metric " + metric.GetName())
					r.keepSums(metric)
					for _, p := range metric.GetSum().GetDataPoints() {
						for _, e := range p.GetExemplars() {
							r.add(fmt.Sprintf("exemplar %s %t", metric.GetName(), len(e.GetTraceId()) == 16))
						}
					}
				}
			}
		}
	case *collogs.ExportLogsServiceRequest:
		for _, rl := range m.GetResourceLogs() {
			r.add("resource " + attributes(rl.GetResource().GetAttributes()))
			for _, sl := range rl.GetScopeLogs() {
				for _, l := range sl.GetLogRecords() {
					r.keepLongest("log", l)
					r.add(fmt.Sprintf("log %s %s %s span=%t", l.GetSeverityText(), l.GetBody().GetStringValue(),
						attributes(l.GetAttributes()), len(l.GetSpanId()) > 0))
				}
			}
		}
	}
}

// keepSums keeps what parts of the SDK count, without their names and addresses.
func (r *receiver) keepSums(m *metrics.Metric) {
	if !strings.HasPrefix(m.GetName(), "otel.sdk.") {
		return
	}
	for _, p := range m.GetSum().GetDataPoints() {
		kept := slices.DeleteFunc(slices.Clone(p.GetAttributes()), func(a *common.KeyValue) bool { return a.GetKey() != "error.type" })
		r.mu.Lock()
		r.sums[strings.TrimSpace(m.GetName()+" "+attributes(kept))] = p.GetAsInt()
		r.mu.Unlock()
	}
}

// keepLongest keeps how many characters the longest text in a message has.
func (r *receiver) keepLongest(kind string, m proto.Message) {
	_ = protorange.Range(m.ProtoReflect(), func(at protopath.Values) error {
		if text, is := at.Index(-1).Value.Interface().(string); is {
			r.mu.Lock()
			r.longest[kind] = max(r.longest[kind], utf8.RuneCountInString(text))
			r.mu.Unlock()
		}
		return nil
	})
}

func (r *receiver) longestOf(kind string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.longest[kind]
}

// sum returns the last value of a metric of the SDK's with an error.type, if there is any.
func (r *receiver) sum(name string) int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sums[name]
}

func attributes(attrs []*common.KeyValue) string {
	words := make([]string, 0, len(attrs))
	for _, a := range attrs {
		value := a.GetValue().GetStringValue()
		if d, ok := a.GetValue().GetValue().(*common.AnyValue_DoubleValue); ok {
			value = fmt.Sprint(d.DoubleValue)
		}
		words = append(words, a.GetKey()+"="+value)
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

// got returns the different lines that begin with a prefix, sorted.
func (r *receiver) got(prefixes ...string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var lines []string
	for _, line := range r.lines {
		if slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(line, p) }) {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "\n")
}
