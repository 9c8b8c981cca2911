package natsbus_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/natsbus"
	"github.com/neuroglia-go/neuroglia/fault"
)

// refusesSoon fails the test if publishing is not refused as unavailable within the limit.
func refusesSoon(t *testing.T, transport *natsbus.Transport, limit time.Duration) {
	t.Helper()
	began := time.Now()
	err := transport.Publish(t.Context(), event("refused", "a"))
	if took := time.Since(began); fault.KindOf(err) != fault.Unavailable || took > limit {
		t.Errorf("Publish() = %v after %s, want that the broker is unavailable within %s", err, took, limit)
	}
}

func TestPublishingIsRefusedAtOnceWhileTheBrokerIsDownAndWorksAfterwards(t *testing.T) {
	t.Parallel()
	for name, comesBack := range map[string]func(t *testing.T, b *broker){
		"with its files":    func(*testing.T, *broker) {},
		"without its files": func(t *testing.T, b *broker) { t.Helper(); b.opts.StoreDir = t.TempDir() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newServer(t)
			transport := b.process(t)
			in := newInbox()
			subscribe(t, transport, "kitchen", 1, in.deliver)
			publish(t, transport, event("before", "a"))
			in.want(t, "before(1)")
			b.stop()
			eventually(t, "refusal", func() bool {
				return fault.KindOf(transport.Publish(t.Context(), event("refused", "a"))) == fault.Unavailable
			})
			for range 20 {
				refusesSoon(t, transport, 100*time.Millisecond)
			}
			comesBack(t, b)
			b.start(t)
			// Until the subscriber is there again, events of a broker without files are nobody's.
			n := 0
			eventually(t, "delivery without a restart", func() bool {
				n++
				if transport.Publish(t.Context(), numbered("b", 1000)[n]) != nil {
					return false
				}
				select {
				case <-in:
					return true
				case <-time.After(100 * time.Millisecond):
					return false
				}
			})
		})
	}
}

func TestAGroupMissesNoEventOfABrokerThatLostItsFiles(t *testing.T) {
	t.Parallel()
	b := newServer(t)
	in := newInbox()
	consumer := b.process(t)
	subscribe(t, consumer, "kitchen", 8, in.deliver)
	publisher := b.process(t)
	publish(t, publisher, event("before", "a"))
	in.want(t, "before(1)")
	b.stop()
	b.opts.StoreDir = t.TempDir()
	b.start(t)
	want := map[string]bool{}
	for i, e := range numbered("b", 200) { // on all lanes
		e.Subject = strconv.Itoa(i)
		eventually(t, "acknowledgement", func() bool { return publisher.Publish(t.Context(), e) == nil })
		want[e.ID] = true
	}
	for len(want) > 0 {
		delete(want, await(t, "event", in).ID)
	}
}

func TestAGroupMissesNoEventWhenItsConsumersAreLost(t *testing.T) {
	t.Parallel()
	b := newServer(t)
	in := newInbox()
	transport := b.process(t)
	publish(t, transport, event("history", "a"))
	subscribe(t, transport, "kitchen", 8, in.deliver)
	publish(t, transport, event("before", "a"))
	in.want(t, "before(1)")
	eventually(t, "acknowledgement", func() bool { return lag(t, transport).Waiting == 0 })
	stream, err := js(t, b).Stream(t.Context(), "neuroglia-events")
	if err != nil {
		t.Fatal(err)
	}
	for name := range stream.ConsumerNames(t.Context()).Name() {
		if err := stream.DeleteConsumer(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	publish(t, transport, event("after", "a"))
	in.want(t, "after(1)")
}

func TestPublishersDoNotWaitOneAfterTheOtherForABrokerThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	b := newServer(t)
	var way link
	const limit = 200 * time.Millisecond
	transport := b.process(t, way.option(), natsbus.WithPublishTimeout(limit))
	publish(t, transport, event("before", "a"))
	way.partition(true)
	refusesSoon(t, transport, 2*limit)
	began := time.Now()
	for range 10 {
		refusesSoon(t, transport, 2*limit)
	}
	if took := time.Since(began); took > 5*limit {
		t.Errorf("ten refusals took %s, want that they do not wait", took)
	}
	way.partition(false)
	eventually(t, "publishing after the partition", func() bool {
		return transport.Publish(t.Context(), event("after", "a")) == nil
	})
}

func TestAPublisherThatGivesUpIsNotTheBrokersFault(t *testing.T) {
	t.Parallel()
	b := newServer(t)
	var way link
	transport := b.process(t, way.option())
	way.partition(true)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := transport.Publish(ctx, event("1", "a")); fault.KindOf(err) != fault.Timeout {
		t.Errorf("Publish() = %v of kind %v, want that its time is over", err, fault.KindOf(err))
	}
	way.partition(false)
	publish(t, transport, event("2", "a"))
}

func TestAnEventThatIsPublishedTwiceComesOnce(t *testing.T) {
	t.Parallel()
	b := newServer(t)
	one, two := b.process(t), b.process(t)
	in := newInbox()
	subscribe(t, one, "kitchen", 1, in.deliver)
	twin := event("1", "a")
	twin.Source = "/natsbus#1" // whose identity must not be taken for the other's
	publish(t, one, event("1", "a"), event("1", "a"), twin)
	publish(t, two, event("1", "a"), event("2", "a"))
	in.want(t, "1(1)", "1(1)", "2(1)")
}

func TestAnEventThatIsTooLargeIsInvalid(t *testing.T) {
	t.Parallel()
	large := event("1", "a")
	large.DataContentType, large.Data = "application/octet-stream", make([]byte, 1<<20)
	if err := newServer(t).process(t).Publish(t.Context(), large); fault.KindOf(err) != fault.Invalid {
		t.Errorf("Publish() = %v of kind %v, want that it is invalid", err, fault.KindOf(err))
	}
}

func TestEventsWaitWhileTheConsumerIsCutOff(t *testing.T) {
	t.Parallel()
	b := newServer(t)
	var way link
	in := newInbox()
	consumer := b.process(t, way.option())
	subscribe(t, consumer, "kitchen", 1, in.deliver)
	publisher := b.process(t)
	publish(t, publisher, event("1", "a"))
	in.want(t, "1(1)")
	eventually(t, "acknowledgement", func() bool { return lag(t, consumer).Waiting == 0 })
	way.kill()
	publish(t, publisher, event("2", "a"), event("3", "a"))
	way.partition(false)
	for _, want := range []string{"2", "3"} { // the server may have handed one to the dead connection
		if got := await(t, "event "+want, in); got.ID != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestLagIsWhatWaitsForEachGroup(t *testing.T) {
	t.Parallel()
	b := newServer(t)
	transport := b.process(t)
	release, in := make(chan struct{}), newInbox()
	for range 2 { // which is one group all the same
		subscribe(t, transport, "kitchen", 1, func(ctx context.Context, e cloudevent.Event, attempt int) error {
			<-release
			return in.deliver(ctx, e, attempt)
		})
	}
	publish(t, transport, append(numbered("a", 10), numbered("b", 10)...)...)
	eventually(t, "lag of 20", func() bool { // the server counts a moment later
		return lag(t, transport) == eventbus.Lag{Group: "kitchen", Type: created, Waiting: 20}
	})
	close(release)
	eventually(t, "no lag", func() bool { return lag(t, transport).Waiting == 0 })
}

func TestTheLagOfOneGroupIsKnownThoughAnothersIsNot(t *testing.T) {
	t.Parallel()
	b := newServer(t)
	transport := b.process(t, natsbus.WithAckWait(short)) // after which it no longer tries to ack
	began, release := make(chan struct{}, 10), make(chan struct{})
	defer close(release)
	subscribe(t, transport, "busy", 1, func(context.Context, cloudevent.Event, int) error {
		began <- struct{}{}
		<-release
		return nil
	})
	subscribe(t, transport, "kitchen", 1, newInbox().deliver)
	publish(t, transport, event("1", "a"))
	await(t, "delivery", began) // so that nobody looks after the other consumers of the group
	stream, err := js(t, b).Stream(t.Context(), "neuroglia-events")
	if err != nil {
		t.Fatal(err)
	}
	for name := range stream.ConsumerNames(t.Context()).Name() {
		if !strings.HasPrefix(name, "busy_") {
			continue
		}
		if err := stream.DeleteConsumer(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	lags, err := transport.Lag(t.Context())
	if err == nil || !strings.Contains(err.Error(), "look at the consumer busy_") {
		t.Errorf("Lag() = %v, want which consumer cannot be looked at", err)
	}
	if len(lags) != 1 || lags[0].Group != "kitchen" {
		t.Errorf("Lag() = %+v, want that of the kitchen", lags)
	}
}

func lag(t *testing.T, transport *natsbus.Transport) eventbus.Lag {
	t.Helper()
	lags, err := transport.Lag(t.Context())
	if err != nil || len(lags) != 1 {
		t.Fatalf("Lag() = %+v, %v, want one", lags, err)
	}
	return lags[0]
}
