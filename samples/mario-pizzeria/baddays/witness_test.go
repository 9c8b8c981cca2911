package baddays_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// stages are the events of an order that is delivered, in their order.
func stages() []string {
	return []string{
		"order.created.v1", "order.cooking_started.v1", "order.ready.v1", "order.delivery_assigned.v1", "order.delivered.v1",
	}
}

// journal is what the broker has stored.
type journal struct {
	places map[string]map[string]uint64 // of each order and type, the identities of the events and where they are first
}

// journey is what came of the stages of all orders.
type journey struct{ missing, twice, disordered int }

func (j journey) String() string {
	return fmt.Sprintf("stages not seen on the broker: %d, entered twice: %d, orders with stages out of order: %d",
		j.missing, j.twice, j.disordered)
}

// follow waits until every stage of the orders is on the broker, and fails the test if one was entered twice or out of
// order.
func follow(t *testing.T, url string, orders []string, patience time.Duration) journey {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(500 * time.Millisecond) {
		j, err := read(t.Context(), url)
		found := j.count(orders)
		if err == nil && found == (journey{}) {
			return found
		}
		if time.Now().After(deadline) {
			t.Errorf("%v (%v)", found, err)
			return found
		}
	}
}

func connect(url string) (jetstream.JetStream, error) {
	nc, err := nats.Connect(hosts(url))
	if err != nil {
		return nil, err
	}
	return jetstream.New(nc)
}

// read reads all events that the broker has.
func read(ctx context.Context, url string) (journal, error) {
	j := journal{places: map[string]map[string]uint64{}}
	js, err := connect(url)
	if err != nil {
		return j, err
	}
	defer js.Conn().Close()
	stream, err := js.Stream(ctx, "mario-events")
	if err != nil {
		return j, err
	}
	consumer, err := stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{FilterSubjects: []string{"mario.events.>"}})
	if err != nil {
		return j, err
	}
	messages, err := consumer.Messages()
	if err != nil {
		return j, err
	}
	defer messages.Stop()
	stop := time.AfterFunc(10*time.Second, messages.Stop)
	defer stop.Stop()
	for at, last := uint64(0), stream.CachedInfo().State.LastSeq; at < last; {
		m, err := messages.Next()
		if err != nil {
			return j, err
		}
		meta, err := m.Metadata()
		if err != nil {
			return j, err
		}
		at = meta.Sequence.Stream
		j.note(m.Headers().Get("ce-subject")+" "+m.Headers().Get("ce-type"), m.Headers().Get("ce-id"), at)
	}
	return j, nil
}

func (j journal) note(key, id string, at uint64) {
	if j.places[key] == nil {
		j.places[key] = map[string]uint64{}
	}
	if _, again := j.places[key][id]; !again {
		j.places[key][id] = at
	}
}

func (j journal) count(orders []string) journey {
	var found journey
	for _, id := range orders {
		before, ordered := uint64(0), true
		for _, stage := range stages() {
			places := j.places[id+" "+stage]
			switch n := len(places); {
			case n == 0:
				found.missing++
			case n > 1:
				found.twice++
			}
			for _, at := range places {
				ordered = ordered && at > before
				before = at
			}
		}
		if !ordered {
			found.disordered++
		}
	}
	return found
}
