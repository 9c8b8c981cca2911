package doctor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	collogs "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	colmetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	coltrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// signal is one of the three kinds of telemetry.
type signal struct {
	name  string // as pipelines and OTLP's paths are named
	one   string // of what is sent
	items string // as the collector counts them
	store string // where it ends up
	part  string // whose skipping leaves the signal out
}

func signals() []signal {
	return []signal{
		{"traces", "trace", "spans", "Tempo", "tempo"},
		{"metrics", "metric", "metric_points", "Prometheus", "prometheus"},
		{"logs", "log record", "log_records", "Loki", "loki"},
	}
}

type protocol string

const (
	overGRPC protocol = "gRPC"
	overHTTP protocol = "HTTP"
)

// collector is the one that is checked.
type collector struct {
	grpc, http, health service
	headers            map[string]string
	signals            []signal // that are not skipped

	mu       sync.Mutex
	accepted map[string]protocol // by the name of a signal
}

func newCollector(config Config) *collector {
	c := &collector{
		grpc:    newService("the collector's OTLP receiver for gRPC", "--collector-grpc", config.CollectorGRPC),
		http:    newService("the collector's OTLP receiver for HTTP", "--collector-http", config.CollectorHTTP),
		health:  newService("the collector", "--collector-health", config.CollectorHealth),
		headers: config.Headers, accepted: map[string]protocol{},
	}
	c.http.authorize = func(request *http.Request) {
		for key, value := range config.Headers {
			request.Header.Set(key, value)
		}
	}
	for _, s := range signals() {
		if !slices.Contains(config.Skip, s.part) {
			c.signals = append(c.signals, s)
		}
	}
	return c
}

// checks need nothing: an empty export is accepted and leaves nothing behind.
func (c *collector) checks() []check {
	return []check{
		{
			id: "collector.health", title: "the collector is healthy", parts: []string{"health"}, within: toStart, ask: c.healthy,
		},
		{
			id: "collector.otlp_grpc", title: "the collector accepts OTLP over gRPC", parts: []string{"grpc"},
			blames: []string{"collector.health"}, within: toStart, ask: c.acceptsGRPC,
		},
		{
			id: "collector.otlp_http", title: "the collector accepts OTLP over HTTP", parts: []string{"http"},
			blames: []string{"collector.health", "collector.otlp_grpc"}, within: toStart, ask: c.acceptsHTTP,
		},
	}
}

func (c *collector) healthy(ctx context.Context) (string, error) {
	var answer struct {
		Status string `json:"status"`
		Uptime string `json:"uptime"`
	}
	if err := c.health.get(ctx, "/", nil, &answer); err != nil {
		return "", err
	}
	if answer.Uptime == "" {
		return "", c.health.stranger("it is not the answer of the health_check extension")
	}
	up, err := time.ParseDuration(answer.Uptime)
	if err != nil {
		return answer.Status, nil //nolint:nilerr // the uptime is for readers only
	}
	return "up " + up.Round(time.Second).String(), nil
}

func (c *collector) acceptsHTTP(ctx context.Context) (string, error) {
	return c.accepts(ctx, overHTTP, c.http, func(ctx context.Context, s signal) error {
		var body string
		err := c.http.post(ctx, "/v1/"+s.name, "application/x-protobuf", nil, &body)
		if p, ok := errors.AsType[*problem](err); ok && p.status == http.StatusNotFound && !strings.Contains(p.text, "web page") {
			return errNoPipeline
		}
		return err
	})
}

func (c *collector) acceptsGRPC(ctx context.Context) (string, error) {
	target, secure, err := grpcTarget(c.grpc.url)
	if err != nil {
		return "", err
	}
	// gRPC's own errors do not say whether anybody listens.
	dialer := net.Dialer{Timeout: requestTimeout}
	began := time.Now()
	conn, err := dialer.DialContext(ctx, "tcp", target)
	if err != nil {
		return "", c.grpc.unanswered(err, began)
	}
	_ = conn.Close()
	transport := insecure.NewCredentials()
	if secure {
		transport = credentials.NewTLS(nil)
	}
	client, err := grpc.NewClient("passthrough:///"+target, grpc.WithTransportCredentials(transport))
	if err != nil {
		return "", fmt.Errorf("connect to %s: %w", c.grpc.url, err)
	}
	defer client.Close()
	return c.accepts(ctx, overGRPC, c.grpc, func(ctx context.Context, s signal) error {
		ctx, cancel := context.WithTimeout(metadata.NewOutgoingContext(ctx, metadata.New(c.headers)), requestTimeout)
		defer cancel()
		var err error
		switch s.name {
		case "traces":
			_, err = coltrace.NewTraceServiceClient(client).Export(ctx, &coltrace.ExportTraceServiceRequest{})
		case "metrics":
			_, err = colmetrics.NewMetricsServiceClient(client).Export(ctx, &colmetrics.ExportMetricsServiceRequest{})
		default:
			_, err = collogs.NewLogsServiceClient(client).Export(ctx, &collogs.ExportLogsServiceRequest{})
		}
		return c.fromGRPC(err)
	})
}

// grpcTarget splits an address for gRPC into host and port, and whether it is secured.
func grpcTarget(address string) (target string, secure bool, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", false, fmt.Errorf("read %s: %w", address, err)
	}
	secure, target = u.Scheme == "https", u.Host
	if u.Port() == "" {
		target = net.JoinHostPort(u.Hostname(), map[bool]string{true: "443", false: "80"}[secure])
	}
	return target, secure, nil
}

// fromGRPC returns the problem that an error of gRPC tells of.
func (c *collector) fromGRPC(err error) error {
	if err == nil {
		return nil
	}
	said := status.Convert(err)
	switch said.Code() { //nolint:exhaustive // the others mean that it is no receiver of OTLP
	case codes.Unimplemented:
		return errNoPipeline
	case codes.Unauthenticated, codes.PermissionDenied:
		return &problem{
			hop: c.grpc.name, text: "the collector does not let us in: " + said.Message(),
			advice: "give the headers that it asks for in OTEL_EXPORTER_OTLP_HEADERS",
		}
	case codes.DeadlineExceeded:
		return &problem{
			kind: notYet, hop: c.grpc.name, advice: c.grpc.isIt(),
			text: fmt.Sprintf("no answer at %s within %s", c.grpc.url, requestTimeout),
		}
	default:
		return c.grpc.stranger(said.Message())
	}
}

// errNoPipeline is that the receiver takes no telemetry of one signal.
var errNoPipeline = errors.New("no pipeline")

// accepts asks for each signal whether an export of nothing is accepted.
func (c *collector) accepts(
	ctx context.Context, over protocol, s service, export func(context.Context, signal) error,
) (string, error) {
	var missing []string
	for _, of := range c.signals {
		switch err := export(ctx, of); {
		case errors.Is(err, errNoPipeline):
			missing = append(missing, of.name)
		case err != nil:
			return "", err
		default:
			c.mu.Lock()
			if c.accepted[of.name] != overHTTP { // which is what apps use by default
				c.accepted[of.name] = over
			}
			c.mu.Unlock()
		}
	}
	switch names := strings.Join(missing, ", "); {
	case len(missing) == 0:
		return "", nil
	case len(missing) < len(c.signals): // the check that sends such a signal tells what is wrong
		return "but no " + names, nil
	default:
		return "", &problem{
			hop: s.name, text: fmt.Sprintf("%s takes no %s", s.url, names),
			advice: fmt.Sprintf("give the collector pipelines with the otlp receiver for %s; %s", names, s.isIt()),
		}
	}
}

// protocol returns the one over which the collector accepts a signal.
func (c *collector) protocol(of string) (protocol, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	over, ok := c.accepted[of]
	return over, ok
}

func (c *collector) header() map[string]string { return maps.Clone(c.headers) }
