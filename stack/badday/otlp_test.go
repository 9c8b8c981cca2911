package badday_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/stack"
)

// post sends something to the collector and returns its answer.
func post(t *testing.T, s *stack.Stack, path, body string) (code int, answer string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL("collector")+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	return do(t, request)
}

func do(t *testing.T, request *http.Request) (code int, answer string) {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// spansPerTrace is how many spans share a trace.
const spansPerTrace = 50

// traceID is that of a span of a time.
func traceID(at time.Time, span int) string {
	return fmt.Sprintf("%016x%016x", at.UnixNano(), span/spansPerTrace+1)
}

// items is OTLP in JSON, by path: as many spans, points of a metric, and log records, of a time and with a text.
func items(count int, at time.Time, text string) map[string]string {
	const of = `{"resource%s":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"badday"}}]},"scope%[1]s":[{%[2]s}]}]}`
	spans, points, records := make([]string, count), make([]string, count), make([]string, count)
	for i := range count {
		spans[i] = fmt.Sprintf(`{"traceId":"%s","spanId":"%016x","name":%q,"kind":2,"startTimeUnixNano":"%[4]d","endTimeUnixNano":"%[4]d"}`,
			traceID(at, i), i+1, text, at.UnixNano())
		points[i] = fmt.Sprintf(`{"asInt":"1","timeUnixNano":"%d","attributes":[{"key":"series","value":{"intValue":"%d"}}]}`, at.UnixNano(), i)
		records[i] = fmt.Sprintf(`{"timeUnixNano":"%d","body":{"stringValue":"%d %s"}}`, at.UnixNano(), i, text)
	}
	return map[string]string{
		"/v1/traces":  fmt.Sprintf(of, "Spans", `"spans":[`+strings.Join(spans, ",")+`]`),
		"/v1/metrics": fmt.Sprintf(of, "Metrics", `"metrics":[{"name":"badday.level","gauge":{"dataPoints":[`+strings.Join(points, ",")+`]}}]`),
		"/v1/logs":    fmt.Sprintf(of, "Logs", `"logRecords":[`+strings.Join(records, ",")+`]`),
	}
}
