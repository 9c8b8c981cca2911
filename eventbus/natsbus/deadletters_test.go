package natsbus_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/natsbus"
	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/retry"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// letters returns all dead letters.
func letters(t *testing.T, transport *natsbus.Transport, group, eventType string) []natsbus.DeadLetter {
	t.Helper()
	var all []natsbus.DeadLetter
	for letter, err := range transport.DeadLetters().All(t.Context(), group, eventType) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, letter)
	}
	return all
}

func waitForLetter(t *testing.T, transport *natsbus.Transport) natsbus.DeadLetter {
	t.Helper()
	var found []natsbus.DeadLetter
	eventually(t, "dead letter", func() bool {
		found = letters(t, transport, "", "")
		return len(found) > 0
	})
	return found[0]
}

// poisoned starts a bus whose group refuses the event with the identity "poison" until it is cured.
func poisoned(t *testing.T, transport *natsbus.Transport, in inbox, cured <-chan struct{}) {
	t.Helper()
	bus := eventbus.New(transport, "/natsbus")
	err := errors.Join(eventbus.Subscribe(bus, "kitchen ü", created, func(ctx context.Context, e cloudevent.Event) error {
		select {
		case <-cured:
		default:
			if e.ID == "poison" {
				return errors.New("no such\npizza: ü")
			}
		}
		return in.deliver(ctx, e, 1)
	}, eventbus.WithRetry(retry.Policy{Attempts: 3, First: time.Millisecond})), bus.Start(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
}

func TestAPoisonousEventIsGivenUpWhileOthersFlowAndCanBeReplayed(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]natsbus.Option{"binary": nil, "structured": {natsbus.WithStructured()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			transport := newServer(t).process(t, opts...)
			in, other, cured := newInbox(), newInbox(), make(chan struct{})
			poisoned(t, transport, in, cured)
			subscribe(t, transport, "delivery", 1, other.deliver)
			began := time.Now()
			poison := event("poison", "a")
			poison.Extensions = map[string]string{"tenant": "north"}
			publish(t, transport, poison, event("2", "a"), event("3", "b"))
			for range 2 {
				await(t, "healthy event", in)
			}
			letter := waitForLetter(t, transport)
			if letter.Group != "kitchen ü" || letter.Event.ID != "poison" || letter.Event.Extensions["tenant"] != "north" ||
				letter.Reason != "no such pizza: ü" || letter.Attempts != 3 || letter.Published.Before(began.Add(-time.Second)) ||
				letter.GivenUp.Before(letter.Published) {
				t.Errorf("the dead letter is %+v", letter)
			}
			close(cured)
			if err := transport.DeadLetters().Replay(t.Context(), letter.ID); err != nil {
				t.Fatalf("Replay: %v", err)
			}
			got := await(t, "replayed event", in)
			if got.ID != "poison" || got.Extensions[eventbus.ReplayedExtension] != "true" || got.Extensions["tenant"] != "north" {
				t.Errorf("replayed %+v, want the poison, marked", got)
			}
			if left := letters(t, transport, "", ""); len(left) != 0 {
				t.Errorf("%d dead letters are left, want none", len(left))
			}
			publish(t, transport, event("last", "a"))
			if got := await(t, "event after the replay", in); got.ID != "last" {
				t.Errorf("got %s, want the last event: the poison came again", got)
			}
			var bySubject []string
			for range 4 {
				got := await(t, "event of the other group", other)
				bySubject = append(bySubject, got.Subject+" "+got.String())
			}
			slices.SortStableFunc(bySubject, func(a, b string) int { return cmp.Compare(a[0], b[0]) })
			if want := []string{"a poison(1)", "a 2(1)", "a last(1)", "b 3(1)"}; !slices.Equal(bySubject, want) {
				t.Errorf("the other group got %v, want %v", bySubject, want)
			}
			if len(other) != 0 {
				t.Errorf("the other group got %s, which was replayed to another", <-other)
			}
		})
	}
}

func TestDeadLettersAreFoundByGroupAndTypeAndDiscarded(t *testing.T) {
	t.Parallel()
	transport := newServer(t).process(t)
	for _, group := range []string{"kitchen", "delivery"} {
		subscribe(t, transport, group, 1, func(context.Context, cloudevent.Event, int) error {
			return &eventbus.DeadLetter{Err: errors.New("no")}
		})
	}
	publish(t, transport, numbered("a", 3)...)
	eventually(t, "six dead letters", func() bool { return len(letters(t, transport, "", created)) == 6 })
	kitchen := letters(t, transport, "kitchen", created)
	if len(kitchen) != 3 || kitchen[0].Event.ID != "a-000" || kitchen[2].Event.ID != "a-002" {
		t.Fatalf("the dead letters of the kitchen are %+v, want three, the oldest first", kitchen)
	}
	if other := letters(t, transport, "kitchen", "order.created"); len(other) != 0 {
		t.Errorf("%d dead letters of a type that nobody published", len(other))
	}
	dead := transport.DeadLetters()
	if got, err := dead.Get(t.Context(), kitchen[1].ID); err != nil || got.Event.ID != "a-001" {
		t.Errorf("Get() = %+v, %v, want a-001", got, err)
	}
	if err := dead.Discard(t.Context(), kitchen[1].ID); err != nil {
		t.Fatalf("Discard: %v", err)
	}
	if left := letters(t, transport, "kitchen", ""); len(left) != 2 {
		t.Errorf("%d dead letters are left, want 2", len(left))
	}
	_, errGet := dead.Get(t.Context(), kitchen[1].ID)
	for name, err := range map[string]error{
		"Get": errGet, "Discard": dead.Discard(t.Context(), kitchen[1].ID), "Replay": dead.Replay(t.Context(), 0),
	} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s() of a dead letter that is not there = %v, want that it is not found", name, err)
		}
	}
}

func TestAMessageThatIsNoEventIsADeadLetter(t *testing.T) {
	t.Parallel()
	b := newServer(t)
	reader, logged := metric.NewManualReader(), &records{}
	transport := b.process(t, natsbus.WithTelemetry(telemetry.Providers{
		Meter: metric.NewMeterProvider(metric.WithReader(reader)), Logger: slog.New(slog.NewTextHandler(logged, nil)),
	}))
	in := newInbox()
	subscribe(t, transport, "kitchen", 1, in.deliver)
	nc, err := nats.Connect(b.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if _, err := nc.Request("neuroglia.events."+created+".0", []byte("hello"), patience); err != nil {
		t.Fatal(err)
	}
	letter := waitForLetter(t, transport)
	if letter.Event.Type != created || string(letter.Event.Data) != "hello" || !strings.Contains(letter.Reason, "specversion") {
		t.Errorf("the dead letter is %+v, want the message and why it is no event", letter)
	}
	if len(in) != 0 {
		t.Errorf("it was delivered as %+v", <-in)
	}
	for _, want := range []string{"level=ERROR", "message failed", "the message is no CloudEvent", created, "kitchen"} {
		if !strings.Contains(logged.String(), want) {
			t.Errorf("logged %s, want %s in it", logged, want)
		}
	}
	var got metricdata.ResourceMetrics
	if err := reader.Collect(t.Context(), &got); err != nil {
		t.Fatal(err)
	}
	if shown := fmt.Sprintf("%+v", got.ScopeMetrics); !strings.Contains(shown, "neuroglia.bus.dead_lettered") ||
		!strings.Contains(shown, "Value:1 ") {
		t.Errorf("measured %s, want one dead letter", shown)
	}
}

func TestAnEventIsGivenUpOnceThoughItsLetterCannotBeKept(t *testing.T) {
	t.Parallel()
	b := newServer(t)
	logged := &records{}
	transport := b.process(t, natsbus.WithAckWait(short), natsbus.WithTelemetry(telemetry.Providers{
		Logger: slog.New(slog.NewTextHandler(logged, nil)),
	}))
	in := newInbox()
	subscribe(t, transport, "kitchen", 1, func(ctx context.Context, e cloudevent.Event, attempt int) error {
		return &eventbus.DeadLetter{Err: errors.Join(errors.New("no such pizza"), in.deliver(ctx, e, attempt))}
	})
	room := func(letters int64) {
		streams := js(t, b)
		stream, err := streams.Stream(t.Context(), "neuroglia-dead")
		if err != nil {
			t.Fatal(err)
		}
		config := stream.CachedInfo().Config
		config.MaxMsgs, config.Discard = letters, jetstream.DiscardNew
		if _, err := streams.UpdateStream(t.Context(), config); err != nil {
			t.Fatal(err)
		}
	}
	room(1)
	publish(t, transport, numbered("a", 2)...)
	eventually(t, "warning", func() bool { return strings.Contains(logged.String(), "a dead letter cannot be kept") })
	room(-1)
	eventually(t, "second dead letter", func() bool { return len(letters(t, transport, "", "")) == 2 })
	letter := letters(t, transport, "", "")[1]
	if letter.Event.ID != "a-001" || letter.Attempts != 1 || letter.Reason != "no such pizza" {
		t.Errorf("the dead letter is %+v, want a-001, given up once", letter)
	}
	in.want(t, "a-000(1)", "a-001(1)")
	if len(in) != 0 {
		t.Errorf("got %s once more", <-in)
	}
}

// records are what is logged.
type records struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements io.Writer.
func (r *records) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

// String returns all of them.
func (r *records) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}
