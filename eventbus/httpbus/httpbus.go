// Package httpbus posts events to the URL of another service, and takes those that others post to this one: CloudEvents
// over HTTP, without a broker.
//
// Publishing returns when the other side has answered that it has handled the event, or keeps it; nothing is kept here, so
// an outbox belongs in front of it. What comes in is taken by a route, and answered when the subscribers of this process
// have handled it:
//
//	bus, err := httpbus.New("http://kitchen:8080/events")
//	api.Ingest("/events", bus.Receiver())
//
// See https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md.
package httpbus

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/fault"
)

// Transport is an eventbus.Transport over HTTP.
type Transport struct {
	sink       *url.URL // nil if nothing is published
	client     *http.Client
	structured bool
	receiving  atomic.Bool
	delivery   context.Context // of the deliveries; ends with the transport
	cancel     context.CancelFunc
	lanes      lanes
	history    history

	mu      sync.Mutex // of what follows
	closed  bool
	working sync.WaitGroup // publishing and deliveries; begun under mu
	groups  map[string]map[string]*group
}

var _ eventbus.Transport = (*Transport)(nil)

// Option changes a default of [New].
type Option func(*Transport)

// WithClient posts events by a client of yours, such as one of web.NewClient, which makes a span for each request and
// authenticates it if you wish. Redirects are not followed. Defaults to a client that gives up after 10 seconds.
func WithClient(c *http.Client) Option { return func(t *Transport) { t.client = c } }

// Structured posts events in structured mode, as application/cloudevents+json. Defaults to binary mode: attributes in
// headers, data in the body.
func Structured() Option { return func(t *Transport) { t.structured = true } }

// New returns a transport that posts events to sink, an http or https URL. With an empty sink nothing can be published.
func New(sink string, opts ...Option) (*Transport, error) {
	t := &Transport{client: newClient(), groups: map[string]map[string]*group{}}
	for _, option := range opts {
		option(t)
	}
	if sink != "" {
		u, err := url.Parse(sink)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return nil, fault.New(fault.Invalid, "the sink of events is no URL such as http://kitchen:8080/events")
		}
		t.sink = u
	}
	client := *t.client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	t.client = &client
	t.delivery, t.cancel = context.WithCancel(context.Background())
	return t, nil
}

func newClient() *http.Client {
	return &http.Client{
		Timeout: 10 * time.Second,
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, IdleConnTimeout: 90 * time.Second,
			MaxConnsPerHost: 32, MaxIdleConnsPerHost: 32, MaxResponseHeaderBytes: 1 << 16,
		},
	}
}

// System implements eventbus.Transport.
func (*Transport) System() string { return "http" }

// Exceptions implements eventbus.Transport. That an event is delivered again is promised as far as its sender does what
// the answer asks it to.
func (*Transport) Exceptions() map[eventbus.Promise]string {
	return map[eventbus.Promise]string{
		eventbus.Processes:   "a sink is one URL: events reach the process that answers there",
		eventbus.Durability:  "an event is not kept: its sender is told when nobody took it",
		eventbus.DeadLetters: "an event that is given up is refused: its sender may keep it",
	}
}

// Subscribe implements eventbus.Transport. Nothing comes in before [Transport.Receiver] has been given to a route, which
// must be done first. Delivery contexts end with their requests, or when Close gives up waiting.
func (t *Transport) Subscribe(_ context.Context, s eventbus.Subscription, deliver eventbus.Deliver) error {
	if !t.receiving.Load() {
		return fault.New(fault.Invalid,
			"no events come in over HTTP: mount a route for them first, as in api.Ingest(\"/events\", bus.Receiver())")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return eventbus.ErrClosed
	}
	groups := t.groups[s.Type]
	if groups == nil {
		groups = map[string]*group{}
		t.groups[s.Type] = groups
	}
	g := groups[s.Group]
	if g == nil {
		g = &group{name: s.Group, room: make(chan struct{}, max(1, s.Concurrency))}
		groups[s.Group] = g
	}
	g.subscribers = append(g.subscribers, deliver)
	return nil
}

// begin reports whether the transport is open, and if so makes Close wait for t.working.Done.
func (t *Transport) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return false
	}
	t.working.Add(1)
	return true
}

// Close implements eventbus.Transport. What has not been handled when it gives up has not been answered either, so that
// its sender sends it again.
func (t *Transport) Close(ctx context.Context) error {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	defer t.cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		t.working.Wait()
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	t.client.CloseIdleConnections()
	return nil
}

// String says where events go, without a password.
func (t *Transport) String() string {
	if t.sink == nil {
		return "http, without a sink"
	}
	return "http, to " + t.sink.Redacted()
}
