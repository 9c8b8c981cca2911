package watermillbus_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/pubsub/gochannel"
	"github.com/ThreeDotsLabs/watermill/pubsub/tests"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/eventbustest"
	"github.com/neuroglia-go/neuroglia/eventbus/membus"
	"github.com/neuroglia-go/neuroglia/eventbus/watermillbus"
)

const created = "order.created.v1"

func TestATransportOverWatermillOverATransportConforms(t *testing.T) {
	t.Parallel()
	eventbustest.Run(t, eventbustest.Harness{Open: func(t *testing.T) func() eventbus.Transport {
		t.Helper()
		return func() eventbus.Transport {
			inner := membus.New()
			return closingBoth{watermillbus.New(watermillbus.Publisher(inner), func(group string) (message.Subscriber, error) {
				return watermillbus.Subscriber(inner, group), nil
			}), inner}
		}
	}})
}

// closingBoth closes the inner transport first, whose messages then come to an end.
type closingBoth struct {
	eventbus.Transport
	inner eventbus.Transport
}

func (b closingBoth) Close(ctx context.Context) error {
	return errors.Join(b.inner.Close(ctx), b.Transport.Close(ctx))
}

func (b closingBoth) Publish(ctx context.Context, e cloudevent.Event) error {
	err := b.Transport.Publish(ctx, e)
	if errors.Is(err, eventbus.ErrClosed) {
		return eventbus.ErrClosed
	}
	return err
}

func TestOurTransportPassesTheSuiteOfWatermill(t *testing.T) {
	t.Parallel()
	tests.TestPubSub(t, tests.Features{
		ExactlyOnceDelivery: true, GuaranteedOrder: true, RequireSingleInstance: true,
		ForceShort: true, // a group of membus holds 8192 messages, fewer than the long tests publish
	}, func(t *testing.T) (message.Publisher, message.Subscriber) {
		t.Helper()
		transport := membus.New()
		t.Cleanup(func() {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			_ = transport.Close(ctx)
		})
		return watermillbus.Publisher(transport), watermillbus.Subscriber(transport, "kitchen")
	}, nil)
}

// overChannel returns a transport over Watermill's own pub/sub, and that.
func overChannel(t *testing.T, opts ...watermillbus.Option) (*watermillbus.Transport, *gochannel.GoChannel) {
	t.Helper()
	channel := gochannel.NewGoChannel(gochannel.Config{}, watermill.NopLogger{})
	opts = append(opts, watermillbus.WithLogger(slog.New(slog.DiscardHandler)))
	transport := watermillbus.New(channel, func(string) (message.Subscriber, error) { return channel, nil }, opts...)
	t.Cleanup(func() {
		if err := transport.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return transport, channel
}

func event(id string) cloudevent.Event {
	return cloudevent.Event{ID: id, Source: "/test", Type: created, Subject: "4711", Data: []byte(`{}`)}
}

func await[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(30 * time.Second):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

func TestAnEventIsDeliveredUntilItIsHandledAndThenAcknowledged(t *testing.T) {
	t.Parallel()
	transport, _ := overChannel(t)
	attempts := make(chan int, 10)
	err := transport.Subscribe(t.Context(), eventbus.Subscription{Group: "kitchen", Type: created},
		func(_ context.Context, e cloudevent.Event, attempt int) error {
			clear(e.Data) // as a subscriber may
			attempts <- attempt
			if attempt < 3 {
				return &eventbus.Redeliver{After: time.Millisecond, Err: errors.New("out of dough")}
			}
			return nil
		})
	if err != nil {
		t.Fatalf("Subscribe: %v", err)
	}
	for _, id := range []string{"1", "2"} {
		if err := transport.Publish(t.Context(), event(id)); err != nil {
			t.Fatalf("Publish: %v", err)
		}
		for want := 1; want <= 3; want++ {
			if got := await(t, attempts); got != want {
				t.Errorf("attempt %d of %s, want %d", got, id, want)
			}
		}
	}
}

func TestWhatIsGivenUpGoesToTheTopicForIt(t *testing.T) {
	t.Parallel()
	transport, channel := overChannel(t, watermillbus.DeadLetters(func(group, eventType string) string {
		return "dead." + group + "." + eventType
	}))
	letters, err := channel.Subscribe(t.Context(), "dead.kitchen."+created)
	if err != nil {
		t.Fatal(err)
	}
	err = transport.Subscribe(t.Context(), eventbus.Subscription{Group: "kitchen", Type: created},
		func(context.Context, cloudevent.Event, int) error {
			return &eventbus.DeadLetter{Err: errors.New("no such pizza")}
		})
	if err != nil {
		t.Fatal(err)
	}
	noEvent := message.NewMessage("1", message.Payload("hello"))
	if err := errors.Join(transport.Publish(t.Context(), event("1")), channel.Publish(created, noEvent)); err != nil {
		t.Fatal(err)
	}
	var reasons []string
	for range 2 {
		letter := await(t, letters)
		reasons = append(reasons, letter.Metadata.Get("reason_poisoned"))
		if letter.Metadata.Get("topic_poisoned") != created || letter.Metadata.Get("subscriber_poisoned") != "kitchen" {
			t.Errorf("the letter says %v, want topic and group", letter.Metadata)
		}
		letter.Ack()
	}
	slices.Sort(reasons)
	if reasons[0] != "no such pizza" || !strings.HasPrefix(reasons[1], "read a message of the topic "+created) {
		t.Errorf("got the reasons %q", reasons)
	}
}

func TestAMessageHasTheAttributesAsMetadata(t *testing.T) {
	t.Parallel()
	transport, channel := overChannel(t, watermillbus.Topic(strings.ToUpper), watermillbus.System("kafka"))
	messages, err := channel.Subscribe(t.Context(), "ORDER.CREATED.V1")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for range 2 {
		if err := transport.Publish(t.Context(), event("1")); err != nil {
			t.Fatal(err)
		}
		msg := await(t, messages)
		ids = append(ids, msg.UUID)
		if got := fmt.Sprint(msg.Metadata.Get("ce-id"), msg.Metadata.Get("ce-type"), string(msg.Payload)); got != "1"+created+"{}" {
			t.Errorf("got %s", got)
		}
		msg.Ack()
	}
	if ids[0] != ids[1] {
		t.Errorf("one event has the UUIDs %v", ids)
	}
	if transport.System() != "kafka" {
		t.Errorf("the system is %s", transport.System())
	}
}

func TestPromisesAreWhatTheBrokerIsSaidToKeep(t *testing.T) {
	t.Parallel()
	none, _ := overChannel(t)
	all, _ := overChannel(t, watermillbus.Keeps(eventbus.Processes, eventbus.Durability),
		watermillbus.DeadLetters(func(string, string) string { return "dead" }))
	if got := none.Exceptions(); len(got) != 3 {
		t.Errorf("by default the exceptions are %v, want three", got)
	}
	if got := all.Exceptions(); len(got) != 0 {
		t.Errorf("the exceptions are %v, want none", got)
	}
}

func TestAGroupWithoutASubscriberCannotSubscribe(t *testing.T) {
	t.Parallel()
	broken := errors.New("no broker")
	channel := gochannel.NewGoChannel(gochannel.Config{}, watermill.NopLogger{})
	transport := watermillbus.New(channel, func(string) (message.Subscriber, error) { return nil, broken })
	err := transport.Subscribe(t.Context(), eventbus.Subscription{Group: "kitchen", Type: created}, nil)
	if !errors.Is(err, broken) {
		t.Errorf("Subscribe() = %v, want %v", err, broken)
	}
	if err := errors.Join(transport.Close(t.Context()), channel.Publish(created)); err == nil {
		t.Error("the publisher is open after Close")
	}
}
