package web_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/eventbustest"
	"github.com/neuroglia-go/neuroglia/eventbus/httpbus"
	"github.com/neuroglia-go/neuroglia/eventbus/membus"
	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/web"
)

const created = "order.created.v1"

// sink serves an API and returns a transport that posts events to it.
func sink(t *testing.T, api *web.API, opts ...httpbus.Option) *httpbus.Transport {
	t.Helper()
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	bus, err := httpbus.New(server.URL+"/events", opts...)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return bus
}

// throughHTTP is a bus whose events come in over HTTP.
type throughHTTP struct {
	*membus.Transport
	posting *httpbus.Transport
}

func (b throughHTTP) Publish(ctx context.Context, e cloudevent.Event) error {
	err := b.posting.Publish(ctx, e)
	if fault.KindOf(err) == fault.Unavailable { // for the one reason that there is here
		return eventbus.ErrClosed
	}
	return err
}

func TestABusWhoseEventsComeInOverHTTPIsAsGoodAsOneWhoseEventsDoNot(t *testing.T) {
	t.Parallel()
	eventbustest.Run(t, eventbustest.Harness{Open: func(t *testing.T) func() eventbus.Transport {
		t.Helper()
		return func() eventbus.Transport {
			bus, api := membus.New(), web.New(mediator.New(), web.Config{Telemetry: quiet()})
			api.Ingest("/events", bus.Publish)
			return throughHTTP{bus, sink(t, api)}
		}
	}})
}

func quiet() telemetry.Providers { return telemetry.Providers{Logger: slog.New(slog.DiscardHandler)} }

func TestEventsInStructuredModeAreReceived(t *testing.T) {
	t.Parallel()
	api := web.New(mediator.New(), web.Config{})
	var got []cloudevent.Event
	api.Ingest("/events", func(_ context.Context, e cloudevent.Event) error {
		got = append(got, e)
		return nil
	})
	posting := sink(t, api, httpbus.Structured())
	want := []cloudevent.Event{posted("1", "ordine n.º 1"), posted("2", "")}
	want[1].Extensions, want[1].DataContentType, want[1].Data = map[string]string{"tenant": "ü"}, "image/png", []byte{0, 255}
	for _, e := range want {
		if err := posting.Publish(t.Context(), e); err != nil {
			t.Fatalf("Publish: %v", err)
		}
	}
	if !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

// received returns a transport that posts to itself, and its API.
func received(t *testing.T) (*httpbus.Transport, *web.API) {
	t.Helper()
	api := web.New(mediator.New(), web.Config{Telemetry: quiet()})
	bus := sink(t, api)
	api.Ingest("/events", bus.Receiver())
	if err := api.Build(); err != nil {
		t.Fatalf("Build: %v", err)
	}
	return bus, api
}

func subscribe(t *testing.T, bus eventbus.Transport, group string, deliver eventbus.Deliver) {
	t.Helper()
	s := eventbus.Subscription{Group: group, Type: created, Concurrency: 4}
	if err := bus.Subscribe(t.Context(), s, deliver); err != nil {
		t.Fatalf("Subscribe: %v", err)
	}
}

func posted(id, subject string) cloudevent.Event {
	return cloudevent.Event{ID: id, Source: "/test", Type: created, Subject: subject, Data: []byte(`{}`)}
}

func TestTheSenderIsToldWhatFollowsFromAFailure(t *testing.T) {
	t.Parallel()
	bus, _ := received(t)
	var attempts []int
	others := 0
	subscribe(t, bus, "kitchen", func(_ context.Context, _ cloudevent.Event, attempt int) error {
		attempts = append(attempts, attempt)
		switch attempt {
		case 1:
			return &eventbus.Redeliver{After: 1500 * time.Millisecond, Err: fault.New(fault.Conflict, "no oven is free")}
		case 2:
			return errors.New("secret detail")
		default:
			return &eventbus.DeadLetter{Err: fmt.Errorf("cook: %w", fault.New(fault.Rejected, "no such pizza"))}
		}
	})
	subscribe(t, bus, "delivery", func(context.Context, cloudevent.Event, int) error {
		others++
		return nil
	})
	const again = "the sink answered 503: something that the service needs is not available: try again later"
	for i, want := range []struct {
		kind  fault.Kind
		after time.Duration
		text  string
	}{
		{fault.Unavailable, 2 * time.Second, again},
		{fault.Unavailable, time.Second, again},
		{fault.Invalid, 0, "the sink answered 422: no such pizza"},
	} {
		err := bus.Publish(t.Context(), posted("1", "a"))
		later, ok := errors.AsType[interface {
			error
			RetryAfter() time.Duration
		}](err)
		if !ok || fault.KindOf(err) != want.kind || later.RetryAfter() != want.after || err.Error() != want.text {
			t.Errorf("attempt %d: got %v of kind %v, want %+v", i+1, err, fault.KindOf(err), want)
		}
	}
	if !slices.Equal(attempts, []int{1, 2, 3}) || others != 1 {
		t.Errorf("the kitchen had the attempts %v and delivery %d, want [1 2 3] and 1", attempts, others)
	}
}

func TestEventsOfASubjectAreHandledOneAtATimeAndOthersAtOnce(t *testing.T) {
	t.Parallel()
	bus, _ := received(t)
	var mu sync.Mutex
	handling := map[string]int{}
	both := make(chan struct{}) // closed when a and b are handled at the same time
	subscribe(t, bus, "kitchen", func(ctx context.Context, e cloudevent.Event, _ int) error {
		mu.Lock()
		handling[e.Subject]++
		if handling[e.Subject] > 1 {
			t.Errorf("%d events of %s are handled at once", handling[e.Subject], e.Subject)
		}
		if handling["a"] > 0 && handling["b"] > 0 {
			select {
			case <-both:
			default:
				close(both)
			}
		}
		mu.Unlock()
		select {
		case <-both:
		case <-ctx.Done():
		}
		mu.Lock()
		defer mu.Unlock()
		handling[e.Subject]--
		return nil
	})
	var publishing sync.WaitGroup
	for i := range 20 {
		publishing.Go(func() {
			if err := bus.Publish(t.Context(), posted(fmt.Sprint(i), string("ab"[i%2]))); err != nil {
				t.Errorf("Publish: %v", err)
			}
		})
	}
	publishing.Wait()
}

func TestAClosedReceiverAsksForTheEventAgain(t *testing.T) {
	t.Parallel()
	api := web.New(mediator.New(), web.Config{Telemetry: quiet()})
	posting := sink(t, api)
	receiving, err := httpbus.New("")
	if err != nil {
		t.Fatal(err)
	}
	api.Ingest("/events", receiving.Receiver())
	began, ended := make(chan struct{}), make(chan error, 1)
	subscribe(t, receiving, "kitchen", func(ctx context.Context, _ cloudevent.Event, _ int) error {
		close(began)
		<-ctx.Done()
		return ctx.Err()
	})
	go func() { ended <- posting.Publish(t.Context(), posted("1", "a")) }()
	<-began
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := receiving.Close(ctx); err != nil {
		t.Errorf("Close: %v", err)
	}
	for range 2 {
		if err := <-ended; fault.KindOf(err) != fault.Unavailable {
			t.Errorf("Publish() = %v, want an error of kind unavailable", err)
		}
		ended <- posting.Publish(t.Context(), posted("2", "a"))
	}
}

func TestTheTraceOfAnEventIsThatOfItsCreationAndNotOfTheRequest(t *testing.T) {
	t.Parallel()
	recorder := observabilitytest.New(t)
	api := web.New(mediator.New(), web.Config{Telemetry: recorder.Providers()})
	transport := sink(t, api)
	api.Ingest("/events", transport.Receiver())
	bus := eventbus.New(transport, "/test", eventbus.WithTelemetry(recorder.Providers()))
	traces := map[string]trace.TraceID{}
	err := eventbus.Subscribe(bus, "kitchen", created, func(ctx context.Context, e cloudevent.Event) error {
		traces[e.ID] = trace.SpanContextFromContext(ctx).TraceID()
		return nil
	})
	if err = errors.Join(err, bus.Start(t.Context())); err != nil {
		t.Fatal(err)
	}
	const ofEvent, ofRequest = "0af7651916cd43dd8448eb211c80319c", "4bf92f3577b34da6a3ce929d0e0e4736"
	for _, e := range []cloudevent.Event{
		{ID: "with", Source: "/", Type: created, Extensions: map[string]string{"traceparent": "00-" + ofEvent + "-b7ad6b7169203331-01"}},
		{ID: "without", Source: "/", Type: created},
	} {
		r := httptest.NewRequest(http.MethodPost, "/events", nil)
		if _, err := cloudevent.EncodeBinary(e, r.Header.Set); err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Traceparent", "00-"+ofRequest+"-00f067aa0ba902b7-01")
		w := httptest.NewRecorder()
		if api.ServeHTTP(w, r); w.Code != 204 {
			t.Errorf("%s: got %d %s, want 204", e.ID, w.Code, w.Body)
		}
	}
	if got := traces["with"].String(); got != ofEvent {
		t.Errorf("an event with a trace context was processed in trace %s, want its own %s", got, ofEvent)
	}
	if got := traces["without"].String(); got != ofRequest {
		t.Errorf("an event without a trace context was processed in trace %s, want that of the request %s", got, ofRequest)
	}
}
