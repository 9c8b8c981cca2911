package badday_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/stack"
)

// interval is how often the collector sends its own metrics, and Prometheus evaluates rules.
const interval = time.Second

// root is the folder of the repository.
func root(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// freePorts are for a stack of a test.
func freePorts(t *testing.T) stack.Ports {
	t.Helper()
	ports, err := stack.FreePorts()
	if err != nil {
		t.Fatal(err)
	}
	return ports
}

// start runs a stack from the files in a folder, without some parts, until the test ends.
func start(t *testing.T, files string, ports stack.Ports, without ...string) *stack.Stack {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := stack.Start(ctx, stack.Config{
		Root: files, Data: t.TempDir(), Ports: ports, Interval: interval, Without: without, Output: t.Output(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := s.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return s
}

// changed returns a folder like the repository's, but for edits of the collector's configuration: old and new in turn.
func changed(t *testing.T, edits ...string) string {
	t.Helper()
	const shipped = "deployment/otel/otel-collector-config.yaml"
	folder := t.TempDir()
	for _, name := range []string{
		".bin/collector", ".bin/prometheus", ".bin/loki", "docker-compose.mario.yml", "deployment/prometheus", "deployment/loki",
	} {
		link(t, filepath.Join(root(t), name), filepath.Join(folder, name))
	}
	text, err := os.ReadFile(filepath.Join(root(t), shipped))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(string(text), edits[i]) {
			t.Fatalf("%s has no %q", shipped, edits[i])
		}
	}
	write(t, filepath.Join(folder, shipped), strings.NewReplacer(edits...).Replace(string(text)), 0o600)
	return folder
}

func link(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(from, to); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, name, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// eventually waits until the condition holds.
func eventually(t *testing.T, what string, within time.Duration, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(within); !holds(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after %s, this does not hold: %s", within, what)
		}
	}
}

// series is what Prometheus answers: a value each, or samples, each of a time and a value.
type series struct {
	Metric map[string]string
	Value  [2]any
	Values [][2]any
}

// number is the value of an instant query.
func (s series) number() float64 { return number(s.Value[1]) }

func number(value any) float64 {
	text, _ := value.(string)
	n, _ := strconv.ParseFloat(text, 64)
	return n
}

// query evaluates a query of Prometheus now.
func query(t *testing.T, s *stack.Stack, expression string) []series {
	t.Helper()
	var answer struct{ Data struct{ Result []series } }
	get(t, s.URL("prometheus")+"/api/v1/query?"+url.Values{"query": {expression}}.Encode(), &answer)
	return answer.Data.Result
}

// greatest is the greatest value of a query, -1 if there is none.
func greatest(t *testing.T, s *stack.Stack, expression string) float64 {
	t.Helper()
	greatest := -1.0
	for _, found := range query(t, s, expression) {
		greatest = max(greatest, found.number())
	}
	return greatest
}

// lines returns the log records that a query of Loki finds from one time to another, less than 5000.
func lines(t *testing.T, s *stack.Stack, expression string, from, to time.Time) []string {
	t.Helper()
	const limit = 5000 // Loki's own
	var answer struct {
		Data struct {
			Result []struct{ Values [][2]string }
		}
	}
	get(t, s.URL("loki")+"/loki/api/v1/query_range?"+url.Values{
		"query": {expression}, "limit": {strconv.Itoa(limit)},
		"start": {strconv.FormatInt(from.UnixNano(), 10)}, "end": {strconv.FormatInt(to.UnixNano(), 10)},
	}.Encode(), &answer)
	var found []string
	for _, stream := range answer.Data.Result {
		for _, value := range stream.Values {
			found = append(found, value[1])
		}
	}
	if len(found) == limit {
		t.Fatalf("from %s to %s there are more than %d records: ask for less at once", from, to, limit)
	}
	return found
}

func get(t *testing.T, address string, into any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s answers %s: %s %v", address, response.Status, body, err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatal(fmt.Errorf("%s answers %s: %w", address, body, err))
	}
}
