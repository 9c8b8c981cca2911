package web

import (
	"cmp"
	"context"
	"time"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// Config describes an API and bounds what it does. Every field may be left out.
type Config struct {
	// Title and Version describe the API in its OpenAPI document. Default to "API" and "0.0.0".
	Title, Version string
	// Description is text about the API, in Markdown. Defaults to none.
	Description string

	// Telemetry receives spans, metrics and logs. Defaults to OpenTelemetry's globals and slog's default logger.
	Telemetry telemetry.Providers
	// ServerName is the server.address and, as "name:port", the server.port of spans and metrics. The Host header is
	// never used, because clients choose it. Defaults to the local address of the connection.
	ServerName string
	// PublicEndpoint starts a new trace for every request and links the trace of the caller to it, and ignores the
	// caller's baggage. Defaults to false: the caller's trace goes on.
	PublicEndpoint bool
	// RecordClient puts the client's address and user agent on spans. They can be personal data. Defaults to false.
	RecordClient bool

	// Ready says whether the service can take work, for /readyz: usually app.Host.Ready. Defaults to always ready.
	Ready func(context.Context) error
	// ReadyTimeout bounds Ready. Defaults to 2 seconds.
	ReadyTimeout time.Duration

	// Failed is called once if serving ends by itself, since a service is of no use without its server: usually
	// app.Host.Fail. Defaults to logging the error.
	Failed func(error)

	// OpenAPIPath is where the OpenAPI document is. Defaults to "/api/openapi.json"; "-" is nowhere.
	OpenAPIPath string
	// DocsPath is where the page is that shows the API to people. Defaults to "/api/docs"; "-" is nowhere.
	DocsPath string

	// MaxInFlight bounds how many requests are handled at once. While the CPU does not keep up it is fewer, but at least
	// eight per CPU. As many may wait for their turn, and all others are answered with 503 and Retry-After. Where something
	// else than the CPU does not keep up, such as a database, the last in waits for all: divide this number by the requests
	// that are done per second, and you know how long. A request counts for a second at most while its client does not send
	// its message or does not read its answer. A stream counts as long as it lasts, also while it has nothing to say; a
	// connection that was hijacked, such as a WebSocket, does not count, and neither do health and documentation.
	// Defaults to 1000; below zero, all requests are handled at once.
	MaxInFlight int
	// MaxWait bounds how long a request waits for its turn. Defaults to 100 milliseconds; below zero, no request waits.
	MaxWait time.Duration
	// Overloaded says whether the service has too much left to do of what was asked before, such as events that wait for
	// their handlers: see outbox.Relay.InFlight. While it is true, requests with a method that may change something are
	// shed, so that what they leave behind is bounded. It is asked for each such request, by many at a time. Defaults to
	// never; it is not asked if MaxInFlight is below zero.
	Overloaded func() bool
	// MaxBodyBytes bounds the body of a request. Defaults to 1 MiB.
	MaxBodyBytes int64
	// MaxHeaderBytes bounds the header of a request. Defaults to 64 KiB.
	MaxHeaderBytes int
	// RequestTimeout bounds the context of a request; a handler that ends because of it is answered with 504. Defaults
	// to 30 seconds.
	RequestTimeout time.Duration
	// ReadTimeout bounds the reading of a request, a sixth of it that of the header. Defaults to 30 seconds.
	ReadTimeout time.Duration
	// IdleTimeout is how long a connection waits for its next request. Defaults to 2 minutes.
	IdleTimeout time.Duration
	// DrainDelay is how long a service that was told to stop goes on as before, but for /readyz, so that load balancers
	// send requests elsewhere. In Kubernetes 5 seconds are right. Defaults to none.
	DrainDelay time.Duration
	// StopTimeout is when requests still in progress are cut off at a stop. Defaults to 15 seconds.
	StopTimeout time.Duration
}

const (
	writeAllowance = 10 * time.Second // to write the answer to a request that took all its time
	off            = "-"
)

func (c Config) withDefaults() Config {
	c.Title = cmp.Or(c.Title, "API")
	c.Version = cmp.Or(c.Version, "0.0.0")
	c.Telemetry = c.Telemetry.OrGlobal()
	c.ReadyTimeout = cmp.Or(c.ReadyTimeout, 2*time.Second)
	c.OpenAPIPath = cmp.Or(c.OpenAPIPath, "/api/openapi.json")
	c.DocsPath = cmp.Or(c.DocsPath, "/api/docs")
	c.MaxInFlight = cmp.Or(c.MaxInFlight, 1000)
	c.MaxWait = cmp.Or(c.MaxWait, 100*time.Millisecond)
	c.MaxBodyBytes = cmp.Or(c.MaxBodyBytes, 1<<20)
	c.MaxHeaderBytes = cmp.Or(c.MaxHeaderBytes, 1<<16)
	c.RequestTimeout = cmp.Or(c.RequestTimeout, 30*time.Second)
	c.ReadTimeout = cmp.Or(c.ReadTimeout, 30*time.Second)
	c.IdleTimeout = cmp.Or(c.IdleTimeout, 2*time.Minute)
	c.StopTimeout = cmp.Or(c.StopTimeout, 15*time.Second)
	return c
}
