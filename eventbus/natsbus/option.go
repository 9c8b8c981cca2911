package natsbus

import (
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// Option changes a default of [Open].
type Option func(*options)

type options struct {
	namespace      string
	replicas       int // 0: as they are
	retention      time.Duration
	history        bool
	structured     bool
	ackWait        time.Duration
	startTimeout   time.Duration
	publishTimeout time.Duration
	telemetry      telemetry.Providers
	logger         *slog.Logger
	nats           []nats.Option
	laneCount      int
}

func defaults() options {
	return options{
		namespace: "neuroglia", laneCount: 16, retention: 7 * 24 * time.Hour, ackWait: 15 * time.Second,
		startTimeout: 10 * time.Second, publishTimeout: 2 * time.Second,
	}
}

// WithNamespace sets what the names of streams and subjects begin with: services with different ones do not see each
// other's events. Defaults to "neuroglia".
func WithNamespace(name string) Option { return func(o *options) { o.namespace = name } }

// WithLanes sets over how many lanes the events of a type are spread: so many subjects can be handled at once by all
// processes of a group, and an event that is tried again holds up the other subjects of its lane. All processes must have
// the same. Defaults to 16.
func WithLanes(n int) Option { return func(o *options) { o.laneCount = n } }

// WithRetention sets how long events are kept, and so how long a group may be away. Defaults to 7 days. Dead letters are
// kept until they are replayed or discarded.
func WithRetention(d time.Duration) Option { return func(o *options) { o.retention = d } }

// WithHistory gives a group that subscribes for the first time the events that are kept from before. By default it gets
// those that are published from then on.
func WithHistory() Option { return func(o *options) { o.history = true } }

// WithStructured sends events in structured mode. By default it is binary mode; both are understood.
func WithStructured() Option { return func(o *options) { o.structured = true } }

// WithAckWait sets how long the server waits for a sign of life from a process that handles an event before it hands the
// event to another. Handlers may take longer: a sign is given every third of it. Defaults to 15 seconds.
func WithAckWait(d time.Duration) Option { return func(o *options) { o.ackWait = d } }

// WithStartTimeout sets how long [Open] waits for the server. Defaults to 10 seconds.
func WithStartTimeout(d time.Duration) Option { return func(o *options) { o.startTimeout = d } }

// WithPublishTimeout sets how long publishing waits for the server to have stored the event. Defaults to 2 seconds.
func WithPublishTimeout(d time.Duration) Option { return func(o *options) { o.publishTimeout = d } }

// WithTelemetry sends what the bus does not see to p: log records about the connection, and messages that are no events.
// Defaults to the global providers.
func WithTelemetry(p telemetry.Providers) Option { return func(o *options) { o.telemetry = p } }

// WithNATS adds options of the connection, such as credentials and TLS.
func WithNATS(opts ...nats.Option) Option {
	return func(o *options) { o.nats = append(o.nats, opts...) }
}

func (o *options) check() error {
	switch {
	case !regexp.MustCompile(`^[A-Za-z0-9-]{1,32}$`).MatchString(o.namespace):
		return fmt.Errorf("the namespace is %q: want letters, digits and hyphens, at most 32", o.namespace)
	case o.laneCount < 1 || o.laneCount > 256:
		return fmt.Errorf("there are %d lanes: want 1 to 256", o.laneCount)
	case o.retention < time.Minute:
		return fmt.Errorf("events are kept for %s: want a minute at least", o.retention)
	case o.ackWait < 100*time.Millisecond:
		return fmt.Errorf("the server waits %s for a sign of life: want 100ms at least", o.ackWait)
	case o.startTimeout <= 0 || o.publishTimeout <= 0:
		return fmt.Errorf("the limits are %s for the start and %s for publishing: want more than 0", o.startTimeout, o.publishTimeout)
	}
	return nil
}
