package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
)

// post posts a body with the given headers to an ingest which gives what comes to receive.
func post(
	t *testing.T, receive func(context.Context, cloudevent.Event) error, body string, header ...string,
) (int, http.Header, string) {
	t.Helper()
	p := newPizzeria(t, nil)
	p.Ingest("/events", receive)
	return p.ask(t, "POST", "/events", body, header...)
}

const event = `{"specversion":"1.0","id":"1","source":"/s","type":"t","data":{"a":1}}`

func binary(header ...string) []string {
	return append([]string{"Ce-Specversion", "1.0", "Ce-Id", "1", "Ce-Source", "/s", "Ce-Type", "t"}, header...)
}

func TestEventsComeInAllModes(t *testing.T) {
	t.Parallel()
	const structured, batched = "application/cloudevents+json; charset=UTF-8", "application/cloudevents-batch+json"
	for name, request := range map[string]struct {
		body   string
		header []string
		want   []string
	}{
		"binary":       {`{"a":1}`, binary("Ce-Id", "n%C2%BA 1"), []string{`nº 1 application/json {"a":1}`}},
		"binary text":  {"ciao", binary("Content-Type", "text/plain"), []string{"1 text/plain ciao"}},
		"structured":   {event, []string{"Content-Type", structured}, []string{`1  {"a":1}`}},
		"batched":      {"[" + event + "," + strings.Replace(event, `"1"`, `"2"`, 1) + "]", []string{"Content-Type", batched}, []string{`1  {"a":1}`, `2  {"a":1}`}},
		"an old batch": {"[]", []string{"Content-Type", batched, "Ce-Specversion", "0.3"}, nil},
	} {
		var got []string
		status, _, body := post(t, func(_ context.Context, e cloudevent.Event) error {
			got = append(got, fmt.Sprintf("%s %s %s", e.ID, e.DataContentType, e.Data))
			return nil
		}, request.body, request.header...)
		if status != http.StatusNoContent || body != "" || !slices.Equal(got, request.want) {
			t.Errorf("%s: got %d %s and the events %q, want 204 and %q", name, status, body, got, request.want)
		}
	}
}

func TestWhatIsNoEventIsRefusedAndSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	as := func(contentType string) []string { return []string{"Content-Type", contentType} }
	for name, request := range map[string]struct {
		body   string
		header []string
		status int
		want   string
	}{
		"JSON":              {event, nil, 415, "header.Content-Type"},
		"Avro":              {event, as("application/cloudevents+avro"), 415, "header.Content-Type"},
		"another charset":   {event, as("application/cloudevents+json; charset=latin1"), 415, "header.Content-Type"},
		"compressed":        {event, binary("Content-Encoding", "gzip"), 415, "header.Content-Encoding"},
		"too much":          {strings.Repeat("a", 2<<20), binary(), 413, "body"},
		"another version":   {event, binary("Ce-Specversion", "0.3"), 400, "header: specversion is \"0.3\", want 1.x"},
		"a broken time":     {event, binary("Ce-Time", "noon"), 400, "header: time: "},
		"two broken":        {event, binary("Ce-Id", "", "Ce-Type", ""), 400, "header: id is empty; header: type is empty"},
		"a broken header":   {event, binary("Ce-Id", "100%"), 400, "header: id: a % is not followed by two hexadecimal digits"},
		"broken JSON":       {event[:9], as("application/cloudevents+json"), 400, "body: "},
		"a missing type":    {`{"specversion":"1.0","id":"1","source":"/"}`, as("application/cloudevents+json"), 400, "body: type is empty"},
		"one event":         {event, as("application/cloudevents-batch+json"), 400, "body: expected a JSON array of events"},
		"one of several":    {"[" + event + ",{}]", as("application/cloudevents-batch+json"), 400, "body[1]: specversion is \"\", want 1.x"},
		"null among others": {"[" + event + ",null]", as("application/cloudevents-batch+json"), 400, "body[1]: specversion is"},
	} {
		status, header, body := post(t, func(context.Context, cloudevent.Event) error {
			t.Errorf("%s: an event was received", name)
			return nil
		}, request.body, request.header...)
		p := parseProblem(t, status, header, body)
		var got []string
		for _, e := range p.Errors {
			got = append(got, e.Location+": "+e.Message)
		}
		if text := strings.Join(got, "; "); status != request.status || !strings.HasPrefix(text, request.want) {
			t.Errorf("%s: got %d %s, want %d %s", name, status, text, request.status, request.want)
		}
	}
}

func TestAHeaderThatIsThereTwiceIsRefused(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, nil)
	p.Ingest("/events", func(context.Context, cloudevent.Event) error { return nil })
	r := httptest.NewRequest(http.MethodPost, "/events", nil)
	for i, h := 0, binary("Ce-Id", "2"); i < len(h); i += 2 {
		r.Header.Add(h[i], h[i+1])
	}
	w := httptest.NewRecorder()
	if p.ServeHTTP(w, r); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "ce-id is there twice") {
		t.Errorf("got %d %s, want 400 and that ce-id is there twice", w.Code, w.Body)
	}
}

func TestSendersAreToldToSendAgainOrToGiveUp(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"422 the kitchen is closed":       fmt.Errorf("cook: %w", fault.New(fault.Rejected, "the kitchen is closed")),
		"409 no oven is free":             fault.New(fault.Conflict, "no oven is free"),
		"503 something that the service":  errors.New("secret detail"),
		"503 something that the service ": context.DeadlineExceeded,
	} {
		status, header, body := post(t, func(context.Context, cloudevent.Event) error { return err }, "{}", binary()...)
		p := parseProblem(t, status, header, body)
		if got := fmt.Sprint(status, " ", p.Detail); !strings.HasPrefix(got, want) {
			t.Errorf("%v: got %s, want %s", err, got, want)
		}
		if again := header.Get("Retry-After") != ""; again != (status == http.StatusServiceUnavailable) {
			t.Errorf("%v: Retry-After is %q with status %d", err, header.Get("Retry-After"), status)
		}
	}
}

func TestABatchEndsWithTheFirstEventThatHasToBeSentAgain(t *testing.T) {
	t.Parallel()
	for want, fail := range map[string]map[string]error{
		"503 1 2":                 {"2": errors.New("broken")},
		"503 1 2 3":               {"1": fault.New(fault.Rejected, "no"), "3": errors.New("broken")},
		"422 1 2 3 4 body[1]":     {"2": fault.New(fault.Rejected, "no")},
		"422 1 2 3 4 body[0] [2]": {"1": fault.New(fault.Invalid, "no"), "3": fault.New(fault.Rejected, "no")},
		"204 1 2 3 4":             nil,
	} {
		var batch, got []string
		for i := range 4 {
			batch = append(batch, strings.Replace(event, `"1"`, fmt.Sprintf(`"%d"`, i+1), 1))
		}
		status, _, body := post(t, func(_ context.Context, e cloudevent.Event) error {
			got = append(got, e.ID)
			return fail[e.ID]
		}, "["+strings.Join(batch, ",")+"]", "Content-Type", "application/cloudevents-batch+json")
		words := strings.Fields(want)
		ids := words[1:min(len(words), 1+len(got))]
		if fmt.Sprint(status) != words[0] || !slices.Equal(got, ids) {
			t.Errorf("got %d and received %v, want %s", status, got, want)
		}
		for _, place := range words[1+len(ids):] {
			if !strings.Contains(body, place) {
				t.Errorf("%s does not name %s", body, place)
			}
		}
	}
}

func TestSendersThatAskForPermissionGetIt(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, nil)
	p.Ingest("/events", func(context.Context, cloudevent.Event) error { return nil })
	status, header, _ := p.ask(t, "OPTIONS", "/events", "", "WebHook-Request-Origin", "example.com", "WebHook-Request-Rate", "120")
	if status != http.StatusNoContent || header.Get("Webhook-Allowed-Origin") != "example.com" ||
		header.Get("Webhook-Allowed-Rate") != "*" || header.Get("Allow") != "OPTIONS, POST" {
		t.Errorf("got %d %v, want 204 and permission for example.com", status, header)
	}
}

func TestAnIngestHasTheTelemetryOfARoute(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, nil)
	p.Ingest("/events", func(context.Context, cloudevent.Event) error { return nil })
	p.ask(t, "POST", "/events", "{}", binary()...)
	p.ask(t, "POST", "/events", "{}", binary("Ce-Id", "")...)
	observabilitytest.Diff(t, p.recorder.Spans(), `
		POST /events SERVER http.request.method=POST http.response.status_code=204 http.route=/events url.path=/events
		POST /events SERVER http.request.method=POST http.response.status_code=400 http.route=/events url.path=/events
	`)
	observabilitytest.Diff(t, p.recorder.Logs(), `
		INFO request refused http.request.method=POST http.response.status_code=400 http.route=/events neuroglia.reason="1 problem: header" span=POST /events
	`)
}

func TestAnIngestNeedsAReceiver(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, nil)
	p.Ingest("/events", nil)
	if err := p.Build(); err == nil || !strings.Contains(err.Error(), "web: ingest /events: the receiver is nil") {
		t.Errorf("Build() = %v, want that the receiver is nil", err)
	}
}
