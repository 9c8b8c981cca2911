package overload_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const anOrder = `{"customer_id":"cust_123","items":[{"pizza_id":"diavola","quantity":2}]}`

// pizzeria is a running one.
type pizzeria struct {
	url    string
	pid    int
	client *http.Client

	mu     sync.Mutex
	output bytes.Buffer
}

// Write takes what the pizzeria prints.
func (p *pizzeria) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.Write(text)
}

func (p *pizzeria) printed() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.String()
}

// start starts a pizzeria that keeps its orders in memory and tells nobody of its telemetry. It is killed at the end of the
// test.
func start(t *testing.T, env ...string) *pizzeria {
	t.Helper()
	p := &pizzeria{client: &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 100}}}
	t.Cleanup(p.client.CloseIdleConnections)
	cmd := exec.CommandContext(context.Background(), built.pizzeria) // ended by the test, and not by a context
	cmd.Dir, cmd.Stdout, cmd.Stderr = t.TempDir(), p, p
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + cmd.Dir, "HTTP_ADDR=127.0.0.1:0", "DATABASE_URL=memory:",
		"OTEL_TRACES_EXPORTER=none", "OTEL_METRICS_EXPORTER=none", "OTEL_LOGS_EXPORTER=none",
	}, env...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	p.pid = cmd.Process.Pid
	listening := regexp.MustCompile(`"url":"(http://[^"]+)"`)
	eventually(t, "the pizzeria is ready", func() bool {
		found := listening.FindStringSubmatch(p.printed())
		if found == nil {
			return false
		}
		p.url = found[1]
		return p.send(t, http.MethodGet, "/readyz", "").status == http.StatusOK
	})
	return p
}

// answer is what a request came back with.
type answer struct {
	status int
	took   time.Duration
	text   string // or the error, if there was no answer
}

func (p *pizzeria) send(t *testing.T, method, path, body string) answer {
	t.Helper()
	begin := time.Now()
	r, err := http.NewRequestWithContext(t.Context(), method, p.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := p.client.Do(r)
	if err != nil {
		return answer{took: time.Since(begin), text: err.Error()}
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	return answer{status: response.StatusCode, took: time.Since(begin), text: string(text)}
}

// order has some orders placed, with more items before the one of anOrder.
func (p *pizzeria) order(t *testing.T, n int, more string) {
	t.Helper()
	body := strings.Replace(anOrder, "[", "["+more, 1)
	for range n {
		if got := p.send(t, http.MethodPost, "/api/orders", body); got.status != http.StatusCreated {
			t.Fatalf("an order is answered with %d %s", got.status, got.text)
		}
	}
}

// memory is the most that the pizzeria ever had, in MiB.
func (p *pizzeria) memory(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid))
	found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(text)
	if err != nil || found == nil {
		t.Fatalf("read the memory of the pizzeria: %v", err)
	}
	kilobytes, _ := strconv.Atoi(string(found[1]))
	return kilobytes >> 10
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !condition(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s", what)
		}
	}
}
