package stack_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/stack"
)

// post sends OTLP in JSON to the collector.
func post(t *testing.T, s *stack.Stack, path, body string) {
	t.Helper()
	response, err := http.Post(s.URL("collector")+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if text, _ := io.ReadAll(response.Body); response.StatusCode != http.StatusOK {
		t.Fatalf("the collector answers %s: %s", response.Status, text)
	}
}

// query returns the results of an instant query of Prometheus or Loki: labels to value.
func query(t *testing.T, path, expression string) map[string]string {
	t.Helper()
	response, err := http.Get(path + "?query=" + url.QueryEscape(expression))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		Error string `json:"error"`
		Data  struct {
			Result []struct {
				Metric map[string]string `json:"metric"`
				Value  [2]any            `json:"value"`
			} `json:"result"`
		} `json:"data"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.Error != "" {
		t.Fatalf("%s: %s %v", expression, answer.Error, err)
	}
	found := map[string]string{}
	for _, result := range answer.Data.Result {
		delete(result.Metric, "__name__")
		found[fmt.Sprint(result.Metric)] = fmt.Sprint(result.Value[1])
	}
	return found
}

// eventually waits until the condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after a minute, this does not hold: %s", what)
		}
	}
}

func id(length int) []byte {
	bytes := make([]byte, length)
	_, _ = rand.Read(bytes) // it cannot fail
	return bytes
}

// spans returns OTLP in JSON of traces of one span each, that end now.
func spans(count int, took time.Duration, status int, note string) string {
	var list []string
	end := time.Now()
	for range count {
		list = append(list, fmt.Sprintf(
			`{"traceId":"%x","spanId":"%x","name":"GET /menu","kind":2,"startTimeUnixNano":"%d","endTimeUnixNano":"%d",`+
				`"attributes":[{"key":"note","value":{"stringValue":%q}}],"status":{"code":%d}}`,
			id(16), id(8), end.Add(-took).UnixNano(), end.UnixNano(), note, status))
	}
	return `{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"pizzeria"}}]},` +
		`"scopeSpans":[{"spans":[` + strings.Join(list, ",") + `]}]}]}`
}

func TestProductionKeepsErrorsAndSlowTracesAndSomeOfTheRestAndMeasuresAll(t *testing.T) {
	t.Parallel()
	s := start(t, func(c *stack.Config) { c.Profile = "prod" })
	post(t, s, "/v1/traces", spans(1000, 10*time.Millisecond, 0, "fast"))
	post(t, s, "/v1/traces", spans(10, 10*time.Millisecond, 2, "error"))
	post(t, s, "/v1/traces", spans(10, 2*time.Second, 0, "slow"))

	kept := func(note string) int {
		text, _ := os.ReadFile(s.TraceFile())
		return strings.Count(string(text), `"stringValue":"`+note+`"`)
	}
	eventually(t, "errors and slow traces are kept", func() bool { return kept("error") == 10 && kept("slow") == 10 })
	eventually(t, "some of the rest is kept", func() bool { return kept("fast") > 0 })
	if n := kept("fast"); n > 300 {
		t.Errorf("%d of 1000 ordinary traces are kept, not about a tenth", n)
	}
	prometheus := s.URL("prometheus") + "/api/v1/query"
	ok := "map[service:pizzeria span_kind:SPAN_KIND_SERVER span_name:GET /menu status_code:STATUS_CODE_UNSET]"
	failed := "map[service:pizzeria span_kind:SPAN_KIND_SERVER span_name:GET /menu status_code:STATUS_CODE_ERROR]"
	for _, name := range []string{"traces_spanmetrics_calls_total", "traces_spanmetrics_latency_count"} {
		eventually(t, name+" counts all of them, under Tempo's labels", func() bool {
			found := query(t, prometheus, "sum by (service, span_name, span_kind, status_code) ("+name+")")
			return found[ok] == "1010" && found[failed] == "10"
		})
	}
	if found := query(t, prometheus, "traces_spanmetrics_latency_bucket{le='0.016'}"); len(found) != 2 {
		t.Errorf("buckets are %v", found)
	}
}

func TestProductionHasNoOpenDoor(t *testing.T) {
	t.Parallel()
	commands := map[string][]string{}
	for variant, compose := range composed(t) {
		commands[variant] = names(at(compose, "services", "prometheus", "command"))
	}
	if want := slices.Concat(commands["prod"], []string{"--web.enable-lifecycle"}); !slices.Equal(commands["dev"], want) {
		t.Errorf("Prometheus is started with %v, in production with %v", commands["dev"], commands["prod"])
	}
	grafana := at(composed(t)["prod"], "services", "grafana")
	environment := at(grafana, "environment")
	if at(environment, "GF_AUTH_ANONYMOUS_ENABLED") != "false" || at(environment, "GF_AUTH_DISABLE_LOGIN_FORM") != "false" {
		t.Errorf("Grafana lets everybody in: %v", environment)
	}
	if at(environment, "GF_SECURITY_ADMIN_PASSWORD") != nil || at(environment, "GF_SECURITY_ADMIN_PASSWORD__FILE") == nil {
		t.Errorf("the password is not a secret: %v", environment)
	}
	ignored, _ := os.ReadFile("../.gitignore")
	if !strings.Contains(string(ignored), "/.secrets/\n") {
		t.Error("secrets could be committed")
	}
}
