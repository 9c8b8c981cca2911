package natsbus

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Duplicates is how long the server knows which events it has stored: one that is published again within this time is
// dropped. After that, only what handlers remember keeps a duplicate from having an effect.
const Duplicates = 10 * time.Minute

// lanesKey is where a stream says how many lanes its events are spread over.
const lanesKey = "neuroglia.lanes"

// makeStreams makes the streams if they are not there, and changes what the options say otherwise. Any number of processes
// may do so at once.
func (t *Transport) makeStreams(ctx context.Context) error {
	return errors.Join(
		t.makeStream(ctx, jetstream.StreamConfig{
			Name: t.eventStream(), Description: "events, by type and lane",
			Subjects: []string{t.namespace + ".events.>", t.namespace + ".replay.>"},
			MaxAge:   t.retention, Duplicates: min(Duplicates, t.retention),
			RePublish: &jetstream.RePublish{Source: ">", Destination: t.bellSubject(">"), HeadersOnly: true},
		}),
		t.makeStream(ctx, jetstream.StreamConfig{
			Name: t.deadStream(), Description: "events that a group gave up",
			Subjects: []string{t.namespace + ".dead.>"}, Duplicates: Duplicates,
		}))
}

func (t *Transport) makeStream(ctx context.Context, want jetstream.StreamConfig) error {
	lanes := strconv.Itoa(t.laneCount)
	stream, err := t.js.Stream(ctx, want.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		want.Replicas = max(t.replicas, 1)
		want.Metadata = map[string]string{lanesKey: lanes}
		stream, err = t.js.CreateStream(ctx, want)
	}
	if err != nil {
		return fmt.Errorf("make the stream %s: %w", want.Name, err)
	}
	is := stream.CachedInfo().Config
	if there := is.Metadata[lanesKey]; there != lanes {
		return &finalError{fmt.Errorf("the events of stream %s are spread over %q lanes, and this process wants %s: "+
			"all must have the same (WithLanes)", want.Name, there, lanes)}
	}
	change := is
	change.Subjects, change.MaxAge, change.Duplicates = want.Subjects, want.MaxAge, want.Duplicates
	change.RePublish = want.RePublish
	if t.replicas > 0 {
		change.Replicas = t.replicas
	}
	if reflect.DeepEqual(is, change) {
		return nil
	}
	if _, err := t.js.UpdateStream(ctx, change); err != nil {
		return fmt.Errorf("change the stream %s: %w", want.Name, err)
	}
	return nil
}

// makeConsumer makes the durable consumer of a lane if it is not there.
func (t *Transport) makeConsumer(ctx context.Context, l *lane) error {
	start := jetstream.DeliverNewPolicy
	if t.history {
		start = jetstream.DeliverAllPolicy
	}
	want := jetstream.ConsumerConfig{
		Durable: l.name, Description: fmt.Sprintf("%s of group %s, lane %d", l.subscription.Type, l.subscription.Group, l.number),
		FilterSubjects: []string{
			t.eventSubject(l.subscription.Type, l.number), t.replaySubject(l.subscription.Group, l.subscription.Type, l.number),
		},
		AckPolicy: jetstream.AckExplicitPolicy, AckWait: t.ackWait, MaxDeliver: -1, MaxAckPending: 1, DeliverPolicy: start,
	}
	consumer, err := t.js.Consumer(ctx, t.eventStream(), l.name)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		consumer, err = t.js.CreateOrUpdateConsumer(ctx, t.eventStream(), want)
	} else if err == nil {
		is := consumer.CachedInfo().Config
		change := is
		change.FilterSubjects, change.AckWait, change.MaxDeliver = want.FilterSubjects, want.AckWait, want.MaxDeliver
		change.MaxAckPending = want.MaxAckPending
		slices.Sort(is.FilterSubjects)
		slices.Sort(change.FilterSubjects)
		if !reflect.DeepEqual(is, change) {
			consumer, err = t.js.UpdateConsumer(ctx, t.eventStream(), change)
		}
	}
	if err != nil {
		return fmt.Errorf("make the consumer %s: %w", l.name, err)
	}
	l.consumer = consumer
	return nil
}
