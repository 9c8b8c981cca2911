package overload_test

import (
	"bufio"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// stranger sends requests in which all is made up that a client can choose, but for a few things that it goes through one after
// the other, so that soon there is no kind of request that has not been.
type stranger struct {
	dice    *rand.Rand
	address string
	sent    int
}

func (s *stranger) word() string { return fmt.Sprintf("x%x", s.dice.Uint64()) }

// content is the first line of the next request, and its body with its type.
func (s *stranger) content() (line, kind, body string) {
	paths := []string{
		"/?", "/api/orders/?", "/api/orders/?/notifications", "/api/orders/?/cook", "/api/orders/?/ready", "/api/orders/?/assign",
		"/api/orders/?/deliver", "/api/orders/?/cancel", "/api/orders/?/?", "/api/customers/?", "/api/orders&status=?",
		"/api/orders&cursor=?", "/api/orders&customer_id=?", "/api/menu&?=?", "/api/..//?", "/healthz&?", "/api/orders", "/%?",
	}
	methods := []string{"GET", "POST", "PUT", "DELETE", "HEAD", "?"}
	bodies := []struct{ kind, text string }{
		{"application/json", ""}, {"application/json", `?`}, {"application/json", `{"?":"?"}`},
		{"application/json", `{"customer_id":"?","items":[{"pizza_id":"diavola","quantity":1}]}`},
		{"application/json", `{"customer_id":"c","items":[{"pizza_id":"?","quantity":1}]}`},
		{"application/json", `{"reason":"?"}`}, {"application/json", `{"delivery_person_id":"?"}`},
		{"application/?", `{}`}, {"?/?", `{}`}, {"application/json; charset=?", `{}`},
	}
	fill := func(text string) string { return strings.ReplaceAll(text, "?", s.word()) }
	n := s.sent
	s.sent++
	path, n := paths[n%len(paths)], n/len(paths)
	method, n := methods[n%len(methods)], n/len(methods)
	content, n := bodies[n%len(bodies)], n/len(bodies)
	minor := 0
	if n%2 == 1 {
		minor = 1 + s.dice.IntN(9) // of HTTP, which has 1.0 and 1.1
	}
	path = strings.Replace(fill(path), "&", "?", 1)
	return fmt.Sprintf("%s %s HTTP/1.%d", strings.ToUpper(fill(method)), path, minor), fill(content.kind), fill(content.text)
}

// request is the text of the next request.
func (s *stranger) request() string {
	line, kind, body := s.content()
	header := []string{
		line, "Host: " + s.word() + ".example", "Connection: close", fmt.Sprint("Content-Length: ", len(body)),
		"Content-Type: " + kind, "User-Agent: " + s.word(), "Accept: " + s.word() + "/" + s.word(),
		s.word() + ": " + s.word(), "X-Forwarded-For: " + s.word(), "X-Request-Id: " + s.word(), "Forwarded: host=" + s.word(),
		fmt.Sprintf("traceparent: 00-%016x%016x-%016x-%02x", s.dice.Uint64(), s.dice.Uint64(), s.dice.Uint64(), s.dice.IntN(256)),
		"tracestate: " + s.word() + "=" + s.word(), "baggage: " + s.word() + "=" + s.word() + ",customer.id=" + s.word(),
	}
	return strings.Join(header, "\r\n") + "\r\n\r\n" + body
}

// send sends some requests, one by one.
func (s *stranger) send(t *testing.T, n int, answers *sync.Map) {
	t.Helper()
	for range n {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", s.address)
		if err != nil {
			t.Error(err)
			return
		}
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		request := s.request()
		fmt.Fprint(conn, request)
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Errorf("got %v to %s", err, request)
			return
		}
		answers.Store(response.StatusCode, true)
		response.Body.Close()
		conn.Close()
	}
}

// series are the names of all that the pizzeria measures, with their labels, when no more come.
func (p *pizzeria) series(t *testing.T, url string) map[string]bool {
	t.Helper()
	var before map[string]bool
	same := 0
	eventually(t, "no more series come", func() bool {
		from := &pizzeria{url: url, client: p.client}
		now := map[string]bool{}
		for line := range strings.Lines(from.send(t, http.MethodGet, "/metrics", "").text) {
			if end := strings.LastIndexByte(line, ' '); end > 0 && line[0] != '#' {
				now[line[:end]] = true
			}
		}
		if same++; !maps.Equal(before, now) {
			before, same = now, 0
		}
		return len(now) > 0 && same == 10
	})
	return before
}

func TestStrangeRequestsDoNotMakeMoreSeriesAndSpanNamesTheMoreThereAre(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	metrics := listener.Addr().String()
	listener.Close()
	_, port, _ := net.SplitHostPort(metrics)
	p := start(t, "OTEL_METRICS_EXPORTER=prometheus", "OTEL_EXPORTER_PROMETHEUS_PORT="+port, "OTEL_TRACES_EXPORTER=console")
	var answers sync.Map
	attack := func(seed uint64, n int) {
		const strangers = 4
		var wg sync.WaitGroup
		for i := range strangers {
			s := &stranger{dice: rand.New(rand.NewPCG(seed, uint64(i))), address: strings.TrimPrefix(p.url, "http://"), sent: i * n / strangers}
			wg.Go(func() { s.send(t, n/strangers, &answers) })
		}
		wg.Wait()
	}
	const all = 18 * 6 * 10 * 2 // kinds of requests
	attack(1, all)
	before := p.series(t, "http://"+metrics)
	attack(2, 3*all)
	after := p.series(t, "http://"+metrics)
	maps.DeleteFunc(after, func(name string, _ bool) bool { return before[name] })
	for name := range after {
		if !strings.Contains(name, "_bucket{") {
			t.Errorf("new after many more requests of the same kinds: %s", name)
		}
	}
	t.Logf("%d series and then %d", len(before), len(after))
	names := map[string]int{}
	for _, found := range regexp.MustCompile(`"Name":"([^"]*)","SpanContext"`).FindAllStringSubmatch(p.printed(), -1) {
		names[found[1]]++
	}
	t.Logf("%d span names: %q", len(names), slices.Sorted(maps.Keys(names)))
	if len(names) < 10 || len(names) > 100 {
		t.Errorf("got %d span names", len(names))
	}
	for _, status := range []int{200, 201, 400, 404, 405, 415, 422} {
		if _, found := answers.Load(status); !found {
			t.Errorf("no stranger was answered with %d", status)
		}
	}
}
