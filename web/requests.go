package web

import (
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// kind is what many requests to one endpoint have in common. Nothing of it is chosen by a client without bounds.
type kind struct {
	method, protocol string
	secure           bool
	local            netip.AddrPort
	socket           string // the local address, if it is not of TCP
}

// kinds are those that came to one endpoint, with what telemetry needs of each. The zero value has none.
type kinds struct {
	mu  sync.Mutex
	all atomic.Pointer[map[kind]*requests]
}

// mostKinds bounds how many are kept: all methods and versions of HTTP at four addresses. What comes after that is made for
// each request.
const mostKinds = 200

// of returns what telemetry needs of requests such as r.
func (k *kinds) of(server, route string, r *http.Request) *requests {
	is := kind{method: knownMethod(r.Method), protocol: knownProtocol(r.ProtoMajor, r.ProtoMinor), secure: r.TLS != nil}
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if tcp, ok := local.(*net.TCPAddr); ok {
		is.local = tcp.AddrPort()
	} else if local != nil {
		is.socket = local.String()
	}
	all := k.all.Load()
	if all != nil {
		if found := (*all)[is]; found != nil {
			return found
		}
	}
	made := newRequests(is, server, route, local)
	if all != nil && len(*all) >= mostKinds {
		return made
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	more := map[kind]*requests{is: made}
	if all = k.all.Load(); all != nil {
		maps.Copy(more, *all)
	}
	if len(more) <= mostKinds {
		k.all.Store(&more)
	}
	return more[is]
}

// requests is what telemetry needs of all requests of one kind to one endpoint.
type requests struct {
	span       string               // its name
	other      bool                 // the method is not known
	attributes []attribute.KeyValue // of the span, at its start
	measure    []attribute.KeyValue // of measurements, but for how the request ended
	number     int                  // of the method, among those that are known
	secure     bool
	mu         sync.Mutex
	ended      atomic.Pointer[map[int][]metric.RecordOption] // by status, without an error
}

func newRequests(is kind, server, route string, local net.Addr) *requests {
	q := &requests{span: is.method, other: is.method == otherMethod, secure: is.secure}
	methods := knownMethods()
	q.number = slices.Index(methods[:], is.method)
	if q.other {
		q.span = otherMethodSpan
	}
	method, scheme := semconv.HTTPRequestMethodKey.String(is.method), semconv.URLScheme("http")
	if is.secure {
		scheme = semconv.URLScheme("https")
	}
	q.attributes = append([]attribute.KeyValue{method, scheme}, serverAttributes(server, local, is.secure)...)
	if route != "" {
		q.span += " " + route
		q.attributes = append(q.attributes, semconv.HTTPRoute(route))
	}
	q.attributes = append(q.attributes, semconv.NetworkProtocolVersion(is.protocol))
	q.measure = append(slices.Clone(q.attributes), semconv.NetworkProtocolName("http"))
	return q
}

// measured returns the options of the measurements of a request that ended in this way.
func (q *requests) measured(status int, errorType string) []metric.RecordOption {
	all := q.ended.Load()
	if all != nil && errorType == "" {
		if found := (*all)[status]; found != nil {
			return found
		}
	}
	attrs := append(slices.Clone(q.measure), semconv.HTTPResponseStatusCode(status))
	if errorType != "" {
		attrs = append(attrs, semconv.ErrorTypeKey.String(errorType))
	}
	made := []metric.RecordOption{metric.WithAttributeSet(attribute.NewSet(attrs...))}
	if errorType != "" {
		return made
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	more := map[int][]metric.RecordOption{status: made}
	if all = q.ended.Load(); all != nil {
		maps.Copy(more, *all)
	}
	q.ended.Store(&more)
	return made
}

// serverAttributes are the address and the port of the server: the configured ones, or those that a request came to. The
// Host header is not asked, since clients choose it.
func serverAttributes(configured string, local net.Addr, secure bool) []attribute.KeyValue {
	host, port := "localhost", ""
	if local != nil {
		host, port = splitAddress(local.String())
	}
	if configured != "" {
		var own string
		if host, own = splitAddress(configured); own != "" {
			port = own
		}
	}
	attrs := []attribute.KeyValue{semconv.ServerAddress(host)}
	standard := "80"
	if secure {
		standard = "443"
	}
	if number, err := strconv.Atoi(port); err == nil && number > 0 && port != standard {
		attrs = append(attrs, semconv.ServerPort(number))
	}
	return attrs
}

// splitAddress splits "host:port" and "[host]:port". The port is empty if there is none.
func splitAddress(address string) (host, port string) {
	if host, port, err := net.SplitHostPort(address); err == nil {
		return host, port
	}
	return strings.Trim(address, "[]"), ""
}

// appendClient appends what is known of the client.
func appendClient(attrs []attribute.KeyValue, r *http.Request) []attribute.KeyValue {
	client, _, _ := strings.Cut(r.Header.Get("X-Forwarded-For"), ",")
	if peer, port := splitAddress(r.RemoteAddr); peer != "" {
		attrs = append(attrs, semconv.NetworkPeerAddress(peer))
		if number, err := strconv.Atoi(port); err == nil && number > 0 {
			attrs = append(attrs, semconv.NetworkPeerPort(number))
		}
		if client == "" {
			client = peer
		}
	}
	if client != "" {
		attrs = append(attrs, semconv.ClientAddress(valid(client)))
	}
	if agent := r.UserAgent(); agent != "" {
		attrs = append(attrs, semconv.UserAgentOriginal(valid(agent)))
	}
	return attrs
}

// valid makes a text one that may be an attribute: exporters lose a whole batch for one that is not UTF-8.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
