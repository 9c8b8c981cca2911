package httpbus_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/httpbus"
	"github.com/neuroglia-go/neuroglia/fault"
)

const created = "order.created.v1"

func event(id string) cloudevent.Event {
	return cloudevent.Event{
		ID: id, Source: "/pizzeria", Type: created, Subject: "4711 ü", DataContentType: "application/json", Data: []byte(`{"a":1}`),
	}
}

// open returns a transport to a sink that answers as h does.
func open(t *testing.T, h http.HandlerFunc, opts ...httpbus.Option) *httpbus.Transport {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return transport(t, server.URL+"/events", opts...)
}

func transport(t *testing.T, sink string, opts ...httpbus.Option) *httpbus.Transport {
	t.Helper()
	bus, err := httpbus.New(sink, opts...)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return bus
}

func TestEventsArePostedInTheChosenMode(t *testing.T) {
	t.Parallel()
	const whole = `{"data":{"a":1},"datacontenttype":"application/json","id":"1","source":"/pizzeria",` +
		`"specversion":"1.0","subject":"4711 ü","type":"order.created.v1"}`
	for want, opts := range map[string][]httpbus.Option{
		`POST /events application/json 1 4711%20%C3%BC {"a":1}`:               nil,
		`POST /events application/cloudevents+json; charset=utf-8   ` + whole: {httpbus.Structured()},
	} {
		var got string
		bus := open(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			got = fmt.Sprint(r.Method, " ", r.URL.Path, " ", r.Header.Get("Content-Type"), " ", r.Header.Get("Ce-Id"), " ",
				r.Header.Get("Ce-Subject"), " ", string(body))
			w.WriteHeader(http.StatusAccepted)
		}, opts...)
		if err := bus.Publish(t.Context(), event("1")); err != nil {
			t.Errorf("Publish: %v", err)
		}
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestAnswersOfTheSinkAreKindsOfErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		status     int
		body, want string
		kind       fault.Kind
	}{
		{400, `{"detail":"header: id is empty"}`, "the sink answered 400: header: id is empty", fault.Invalid},
		{413, "", "the sink answered 413: Request Entity Too Large", fault.Invalid},
		{415, "{}", "the sink answered 415: Unsupported Media Type", fault.Invalid},
		{422, "<html>", "the sink answered 422: Unprocessable Entity", fault.Invalid},
		{302, "", "the sink answered 302: Found", fault.Unavailable},
		{401, "", "the sink answered 401: Unauthorized", fault.Unavailable},
		{404, "", "the sink answered 404: Not Found", fault.Unavailable},
		{429, "", "the sink answered 429: Too Many Requests", fault.Unavailable},
		{500, "", "the sink answered 500: Internal Server Error", fault.Unavailable},
	} {
		bus := open(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodPost {
				t.Errorf("a %s request came, after a redirect", r.Method)
			}
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(tt.status)
			fmt.Fprint(w, tt.body)
		})
		err := bus.Publish(t.Context(), event("1"))
		if err == nil || err.Error() != tt.want || fault.KindOf(err) != tt.kind {
			t.Errorf("Publish() = %v of kind %v, want %s of kind %v", err, fault.KindOf(err), tt.want, tt.kind)
		}
	}
}

func TestASinkThatIsAwayIsUnavailableAndItsPasswordNoSecretThatIsTold(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	bus := transport(t, strings.Replace(server.URL, "://", "://mario:pepperoni@", 1))
	err := bus.Publish(t.Context(), event("1"))
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("Publish() = %v of kind %v, want unavailable", err, fault.KindOf(err))
	}
	if text := fmt.Sprint(err, bus); strings.Contains(text, "pepperoni") {
		t.Errorf("the password is told: %s", text)
	}
}

func TestPublishingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	came := make(chan struct{})
	bus := open(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // then the server sees that the client is gone
		close(came)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-came
		cancel()
	}()
	if err := bus.Publish(ctx, event("1")); !errors.Is(err, context.Canceled) {
		t.Errorf("Publish() = %v, want %v", err, context.Canceled)
	}
}

func TestASinkThatDoesNotAnswerIsGivenUp(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	bus := open(t, func(http.ResponseWriter, *http.Request) { <-release }, httpbus.WithClient(&http.Client{Timeout: 20 * time.Millisecond}))
	defer close(release)
	if err := bus.Publish(t.Context(), event("1")); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("Publish() = %v of kind %v, want unavailable", err, fault.KindOf(err))
	}
}

func TestWhatCannotBePublishedIsRefused(t *testing.T) {
	t.Parallel()
	bus := open(t, func(http.ResponseWriter, *http.Request) { t.Error("something was posted") })
	if err := bus.Publish(t.Context(), cloudevent.Event{ID: "1"}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("Publish() = %v, want an invalid event", err)
	}
	if err := transport(t, "").Publish(t.Context(), event("1")); err == nil || !strings.Contains(err.Error(), "give httpbus.New its URL") {
		t.Errorf("Publish() = %v, want what to do", err)
	}
	for _, sink := range []string{"kitchen:8080", "/events", "nats://kitchen", "http://", "http://a b"} {
		if _, err := httpbus.New(sink); err == nil {
			t.Errorf("New(%q) = nil, want an error", sink)
		}
	}
}

func TestNothingIsSubscribedToBeforeThereIsARoute(t *testing.T) {
	t.Parallel()
	bus := transport(t, "")
	s := eventbus.Subscription{Group: "kitchen", Type: created}
	deliver := func(context.Context, cloudevent.Event, int) error { return nil }
	if err := bus.Subscribe(t.Context(), s, deliver); err == nil || !strings.Contains(err.Error(), "mount a route") {
		t.Errorf("Subscribe() = %v, want what to do", err)
	}
	receive := bus.Receiver()
	if err := bus.Subscribe(t.Context(), s, deliver); err != nil {
		t.Errorf("Subscribe() = %v after Receiver", err)
	}
	if err := errors.Join(bus.Close(t.Context()), bus.Close(t.Context())); err != nil {
		t.Errorf("Close: %v", err)
	}
	for _, err := range []error{
		receive(t.Context(), event("1")), bus.Publish(t.Context(), event("1")), bus.Subscribe(t.Context(), s, deliver),
	} {
		if !errors.Is(err, eventbus.ErrClosed) {
			t.Errorf("got %v of a closed transport, want %v", err, eventbus.ErrClosed)
		}
	}
}

func TestSubscribersOfAGroupShareWhatComesIn(t *testing.T) {
	t.Parallel()
	bus := transport(t, "")
	receive := bus.Receiver()
	counts := map[string]int{}
	for _, subscriber := range []string{"kitchen 1", "kitchen 2", "delivery 1"} {
		group, _, _ := strings.Cut(subscriber, " ")
		s := eventbus.Subscription{Group: group, Type: created}
		err := bus.Subscribe(t.Context(), s, func(_ context.Context, e cloudevent.Event, attempt int) error {
			clear(e.Data) // as a subscriber may
			if attempt != 1 || string(e.Data) == "" {
				t.Errorf("attempt %d of %s, want 1", attempt, e.ID)
			}
			if group == "kitchen" {
				counts[subscriber]++
			}
			return nil
		})
		if err != nil {
			t.Fatalf("Subscribe: %v", err)
		}
	}
	for range 2 { // the same event, which has been handled: it is new
		for i := range 4 {
			if err := receive(t.Context(), event(fmt.Sprint(i))); err != nil {
				t.Errorf("receive: %v", err)
			}
		}
	}
	if counts["kitchen 1"] != 4 || counts["kitchen 2"] != 4 {
		t.Errorf("the kitchens got %v, want 4 each", counts)
	}
	other := event("1")
	other.Type = "order.cancelled.v1"
	if err := receive(t.Context(), other); err != nil || counts["kitchen 1"] != 4 {
		t.Errorf("receive() = %v and %v, want an event that nobody wants to be accepted", err, counts)
	}
}

func TestWaitingForASubjectEndsWithTheRequest(t *testing.T) {
	t.Parallel()
	bus := transport(t, "")
	receive := bus.Receiver()
	began, release := make(chan struct{}), make(chan struct{})
	err := bus.Subscribe(t.Context(), eventbus.Subscription{Group: "kitchen", Type: created},
		func(context.Context, cloudevent.Event, int) error {
			close(began)
			<-release
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	first := make(chan error, 1)
	go func() { first <- receive(context.WithoutCancel(t.Context()), event("1")) }()
	<-began
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := receive(ctx, event("2")); !errors.Is(err, context.Canceled) {
		t.Errorf("receive() = %v, want %v", err, context.Canceled)
	}
	close(release)
	if err := <-first; err != nil {
		t.Errorf("receive() = %v", err)
	}
}
