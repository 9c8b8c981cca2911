package simulate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"
)

const patience = 15 * time.Second // nobody waits longer for an answer

// call is a request to the pizzeria.
type call struct {
	method, path, body string
	patience           time.Duration // 0 is the usual one
}

func get(path string) call { return call{method: http.MethodGet, path: path} }

// put returns a call about the order. A nil body is none.
func (o *order) put(verb string, body any) call {
	return call{method: http.MethodPut, path: "/api/orders/" + o.id + "/" + verb, body: encode(body)}
}

func encode(v any) string {
	if v == nil {
		return ""
	}
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // baskets and maps of strings are JSON
	}
	return string(raw)
}

// answer is what came back.
type answer struct {
	status int
	body   []byte
}

// decode reads the answer; what is not there stays zero.
func (a answer) decode(v any) bool { return json.Unmarshal(a.body, v) == nil }

// client calls the pizzeria and remembers how that went.
type client struct {
	base      string // with the password that may be in it; shown is without
	shown     string
	http      *http.Client
	transport *http.Transport

	mu      sync.Mutex
	latency histogram
	since   time.Time // when the pizzeria stopped answering; zero if it answers
	trouble string    // how it does not answer
}

func newClient(base *url.URL) *client {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 200, IdleConnTimeout: time.Minute}
	return &client{
		base: strings.TrimSuffix(base.String(), "/"), shown: strings.TrimSuffix(base.Redacted(), "/"), transport: transport,
		http: &http.Client{Transport: transport, Timeout: patience},
	}
}

func (c *client) close() { c.transport.CloseIdleConnections() }

// do makes a call. It fails if there is no answer.
func (c *client) do(ctx context.Context, k call) (answer, error) {
	if k.patience > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, k.patience)
		defer cancel()
	}
	begin := time.Now()
	a, err := c.send(ctx, k)
	if err != nil && ctx.Err() != nil {
		return a, err // the caller did not wait, which says nothing about the pizzeria
	}
	c.note(begin, err)
	return a, err
}

func (c *client) send(ctx context.Context, k call) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, k.method, c.base+k.path, strings.NewReader(k.body))
	if err != nil {
		return answer{}, fmt.Errorf("ask the pizzeria: %w", err)
	}
	if k.body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := c.http.Do(request)
	if err != nil {
		return answer{}, fmt.Errorf("ask the pizzeria: %w", err)
	}
	defer response.Body.Close()
	var body bytes.Buffer
	if _, err := io.Copy(&body, io.LimitReader(response.Body, 8<<20)); err != nil {
		return answer{}, fmt.Errorf("read the pizzeria's answer: %w", err)
	}
	return answer{response.StatusCode, body.Bytes()}, nil
}

// note remembers how a call went.
func (c *client) note(begin time.Time, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err == nil:
		c.latency.add(time.Since(begin))
		c.since, c.trouble = time.Time{}, ""
	case c.since.IsZero():
		c.since = begin
		fallthrough
	default:
		c.trouble = why(err)
	}
}

// latencies returns how many calls were answered and how fast.
func (c *client) latencies() (calls int, p50, p95 time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.latency.count, c.latency.quantile(0.5), c.latency.quantile(0.95)
}

// outage returns since when and how the pizzeria does not answer; the zero time if it does.
func (c *client) outage() (since time.Time, trouble string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.since, c.trouble
}

// why is the cause of a failed call in a few words.
func why(err error) string {
	var failed *url.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.As(err, &failed) && failed.Timeout():
		return fmt.Sprintf("no answer within %s", patience)
	case errors.As(err, &failed):
		return failed.Err.Error()
	default:
		return err.Error()
	}
}

// read gets something that every pizzeria has.
func (c *client) read(ctx context.Context, path string, v any) error {
	a, err := c.do(ctx, get(path))
	switch {
	case err != nil && ctx.Err() != nil:
		return errors.New("stopped before it began")
	case err != nil:
		return fmt.Errorf("no pizzeria answers at %s (%s): start one, or say with --url where it is", c.shown, why(err))
	case a.status != http.StatusOK:
		return fmt.Errorf("%s answers %s with status %d: is it a pizzeria, and ready?", c.shown, path, a.status)
	case !a.decode(v):
		return fmt.Errorf("%s answers %s with something else than a pizzeria's JSON: check --url", c.shown, path)
	}
	return nil
}
