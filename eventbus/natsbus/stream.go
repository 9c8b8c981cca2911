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

// makeConsumer makes the durable consumer of a lane if it is not there. One that was lost begins where the lane was: with
// the first event if the stream was lost too.
func (t *Transport) makeConsumer(ctx context.Context, l *lane) error {
	stream, err := t.js.Stream(ctx, t.eventStream())
	if err != nil {
		return fmt.Errorf("look at the stream %s: %w", t.eventStream(), err)
	}
	consumer, err := stream.Consumer(ctx, l.name)
	switch {
	case errors.Is(err, jetstream.ErrConsumerNotFound):
		consumer, err = stream.CreateOrUpdateConsumer(ctx, t.newConsumer(l, stream.CachedInfo().Created))
	case err == nil:
		consumer, err = t.changeConsumer(ctx, l, consumer)
	}
	if err != nil {
		return fmt.Errorf("make the consumer %s: %w", l.name, err)
	}
	l.consumer, l.stream, l.from = consumer, stream.CachedInfo().Created, consumer.CachedInfo().AckFloor.Stream+1
	return nil
}

func (t *Transport) newConsumer(l *lane, stream time.Time) jetstream.ConsumerConfig {
	config := jetstream.ConsumerConfig{
		Durable: l.name, Description: fmt.Sprintf("%s of group %s, lane %d", l.subscription.Type, l.subscription.Group, l.number),
		AckPolicy: jetstream.AckExplicitPolicy, DeliverPolicy: jetstream.DeliverNewPolicy,
	}
	switch {
	case l.consumer == nil && !t.history:
	case l.consumer == nil || !l.stream.Equal(stream):
		config.DeliverPolicy = jetstream.DeliverAllPolicy
	default:
		config.DeliverPolicy, config.OptStartSeq = jetstream.DeliverByStartSequencePolicy, l.from
	}
	t.fill(&config, l)
	return config
}

func (t *Transport) changeConsumer(ctx context.Context, l *lane, consumer jetstream.Consumer) (jetstream.Consumer, error) {
	is := consumer.CachedInfo().Config
	change := is
	t.fill(&change, l)
	slices.Sort(is.FilterSubjects)
	slices.Sort(change.FilterSubjects)
	if reflect.DeepEqual(is, change) {
		return consumer, nil
	}
	return t.js.UpdateConsumer(ctx, t.eventStream(), change) //nolint:wrapcheck // the caller says what it was about
}

// fill sets what may change.
func (t *Transport) fill(config *jetstream.ConsumerConfig, l *lane) {
	config.FilterSubjects = []string{
		t.eventSubject(l.subscription.Type, l.number), t.replaySubject(l.subscription.Group, l.subscription.Type, l.number),
	}
	config.AckWait, config.MaxDeliver, config.MaxAckPending = t.ackWait, -1, 1
}
