package stack_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/stack"
)

// secret is what nobody else may read, and public what all may.
const (
	secret = "mario@example.com paid with 4111 1111 1111 1111 or 3782 822463 10005"
	public = "for a pizza"
)

// confidential returns attributes of every type that hold the secret, as OTLP in JSON.
func confidential() string {
	return fmt.Sprintf(`{"key":"who","value":{"stringValue":%[1]q}},{"key":"list","value":{"arrayValue":{"values":[{"stringValue":%[1]q}]}}},`+
		`{"key":"tree","value":{"kvlistValue":{"values":[{"key":"leaf","value":{"stringValue":%[1]q}}]}}},`+
		`{"key":"card","value":{"intValue":"4111111111111111"}},{"key":"api_key","value":{"stringValue":"very open"}},`+
		`{"key":"exception.message","value":{"stringValue":%[1]q}}`, secret+" "+public)
}

// masked fails the test if a text has something of the secret.
func masked(t *testing.T, text string) {
	t.Helper()
	for _, part := range []string{"mario@", "4111", "3782", "very open"} {
		if strings.Contains(text, part) {
			t.Fatalf("%q is not masked in %s", part, text)
		}
	}
}

func TestProductionMasksPersonalData(t *testing.T) {
	t.Parallel()
	s := start(t, func(c *stack.Config) { c.Profile = "prod" })
	now, attributes := time.Now(), confidential()
	service := `"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"pizzeria"}},` + attributes + `]}`
	post(t, s, "/v1/traces", fmt.Sprintf(`{"resourceSpans":[{%[1]s,"scopeSpans":[{"scope":{"attributes":[%[2]s]},"spans":[{"traceId":"%[3]x",`+
		`"spanId":"%[4]x","name":%[5]q,"kind":2,"startTimeUnixNano":"%[6]d","endTimeUnixNano":"%[6]d","attributes":[%[2]s],`+
		`"events":[{"timeUnixNano":"%[6]d","name":"exception","attributes":[%[2]s]}],"status":{"code":2,"message":%[7]q}}]}]}]}`,
		service, attributes, id(16), id(8), "GET /"+secret, now.UnixNano(), "status: "+secret))
	post(t, s, "/v1/metrics", fmt.Sprintf(`{"resourceMetrics":[{%s,"scopeMetrics":[{"metrics":[{"name":"tips","gauge":{"dataPoints":[`+
		`{"timeUnixNano":"%d","asInt":"7","attributes":[%s]}]}}]}]}]}`, service, now.UnixNano(), attributes))
	post(t, s, "/v1/logs", fmt.Sprintf(`{"resourceLogs":[{%s,"scopeLogs":[{"logRecords":[{"timeUnixNano":"%d","body":{"stringValue":%q},`+
		`"attributes":[%s]}]}]}]}`, service, now.UnixNano(), secret+" "+public, attributes))

	eventually(t, "the span arrives", func() bool {
		text, _ := os.ReadFile(s.TraceFile())
		masked(t, string(text))
		if strings.Contains(string(text), `"redaction.`) {
			t.Fatalf("the collector leaves its own attributes in %s", text)
		}
		return strings.Contains(string(text), `"name":"GET /**** paid with`) && strings.Contains(string(text), `"message":"status: **** paid`)
	})
	for _, metric := range []string{"tips", "traces_spanmetrics_calls_total", "target_info"} {
		eventually(t, metric+" arrives", func() bool {
			found := query(t, s.URL("prometheus")+"/api/v1/query", metric+`{job="pizzeria"}`+" or "+metric+`{service="pizzeria"}`)
			masked(t, fmt.Sprint(found))
			return strings.Contains(fmt.Sprint(found), "paid with")
		})
	}
	eventually(t, "the log record arrives", func() bool {
		text := records(t, s)
		masked(t, text)
		return strings.Count(text, public) >= 4 // its body, and attributes of three types
	})
}

// records returns what Loki has of the pizzeria, as it answers.
func records(t *testing.T, s *stack.Stack) string {
	t.Helper()
	response, err := http.Get(s.URL("loki") + "/loki/api/v1/query_range?query=" + url.QueryEscape(`{service_name="pizzeria"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestALogRecordWithMuchToSayIsCutNotLost(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	record := func(name string, count, size int) {
		attributes := make([]string, count)
		for i := range attributes {
			attributes[i] = fmt.Sprintf(`{"key":"%s.%d","value":{"stringValue":%q}}`, name, i, "a"+strings.Repeat("ü", size/2))
		}
		post(t, s, "/v1/logs", fmt.Sprintf(`{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"pizzeria"}}]},`+
			`"scopeLogs":[{"logRecords":[{"timeUnixNano":"%d","body":{"stringValue":"record %s"},"attributes":[%s]}]}]}]}`,
			time.Now().UnixNano(), name, strings.Join(attributes, ",")))
	}
	record("wide", 5, 20_000)
	record("widest", 200, 20_000)
	eventually(t, "both records arrive", func() bool {
		text := records(t, s)
		return strings.Contains(text, "record wide\"") && strings.Contains(text, "record widest\"")
	})
}
