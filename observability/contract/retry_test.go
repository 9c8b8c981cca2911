package contract_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/membus"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/retry"
)

// stubborn is a transport that delivers again and keeps what is given up.
type stubborn struct{ eventbus.Transport }

func (stubborn) Exceptions() map[eventbus.Promise]string { return nil }

func (s stubborn) Subscribe(ctx context.Context, sub eventbus.Subscription, deliver eventbus.Deliver) error {
	return s.Transport.Subscribe(ctx, sub, func(ctx context.Context, e cloudevent.Event, attempt int) error {
		err := deliver(ctx, e, attempt)
		for {
			if _, again := errors.AsType[*eventbus.Redeliver](err); !again {
				return err
			}
			attempt++
			err = deliver(ctx, e, attempt)
		}
	})
}

// attempts publishes one event to a subscriber that the bus calls twice at most.
func attempts(t *testing.T, handle func(attempt int32) error) *observabilitytest.Recorder {
	t.Helper()
	rec := observabilitytest.New(t, observabilitytest.Level(slog.LevelInfo), observabilitytest.Mask("neuroglia.retry.wait"))
	bus := eventbus.New(stubborn{membus.New()}, "/shop", eventbus.WithTelemetry(rec.Providers()))
	var attempt atomic.Int32
	err := errors.Join(eventbus.Subscribe(bus, "audit", "order.created.v1", func(context.Context, cloudevent.Event) error {
		return handle(attempt.Add(1))
	}, eventbus.WithRetry(retry.Policy{Attempts: 2, First: time.Millisecond})), bus.Start(t.Context()),
		bus.Publish(t.Context(), cloudevent.Event{ID: "e1", Source: "/shop", Type: "order.created.v1", Data: []byte(`{}`)}))
	if err != nil {
		t.Fatal(err)
	}
	stop(t, bus)
	return rec
}

func TestAMessageThatIsHandledAtTheSecondAttemptIsNoError(t *testing.T) {
	t.Parallel()
	rec := attempts(t, func(attempt int32) error {
		if attempt == 1 {
			return errBoom
		}
		return nil
	})
	observabilitytest.Diff(t, rec.Spans(), `
		publish order.created.v1 PRODUCER cloudevents.event_id=e1 cloudevents.event_source=/shop cloudevents.event_spec_version=1.0 cloudevents.event_type=order.created.v1 messaging.destination.name=order.created.v1 messaging.message.id=e1 messaging.operation.name=publish messaging.operation.type=send messaging.system=memory
		  process order.created.v1 CONSUMER cloudevents.event_id=e1 cloudevents.event_source=/shop cloudevents.event_spec_version=1.0 cloudevents.event_type=order.created.v1 code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.attempts.func1 messaging.consumer.group.name=audit messaging.destination.name=order.created.v1 messaging.message.id=e1 messaging.operation.name=process messaging.operation.type=process messaging.system=memory neuroglia.outcome=retried
		    event retry neuroglia.attempt=1 neuroglia.retry.wait=*
		    link -> publish order.created.v1
		  process order.created.v1 CONSUMER cloudevents.event_id=e1 cloudevents.event_source=/shop cloudevents.event_spec_version=1.0 cloudevents.event_type=order.created.v1 code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.attempts.func1 messaging.consumer.group.name=audit messaging.destination.name=order.created.v1 messaging.message.id=e1 messaging.operation.name=process messaging.operation.type=process messaging.system=memory neuroglia.attempt=2 neuroglia.outcome=success
		    link -> publish order.created.v1
	`)
	observabilitytest.Diff(t, rec.Metrics("neuroglia.bus"), `
		neuroglia.bus.dead_lettered counter {event}
		  {messaging.consumer.group.name=audit messaging.destination.name=order.created.v1 messaging.system=memory} value=0
		neuroglia.bus.retries counter {event}
		  {messaging.consumer.group.name=audit messaging.destination.name=order.created.v1 messaging.system=memory} value=1
	`)
	observabilitytest.Diff(t, rec.Metrics("messaging.process"), `
		messaging.process.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10]
		  {messaging.consumer.group.name=audit messaging.destination.name=order.created.v1 messaging.operation.name=process messaging.system=memory neuroglia.outcome=retried} count=1
		  {messaging.consumer.group.name=audit messaging.destination.name=order.created.v1 messaging.operation.name=process messaging.system=memory neuroglia.outcome=success} count=1
	`)
	observabilitytest.Diff(t, rec.Logs(), `
		WARN message retried cloudevents.event_id=e1 cloudevents.event_type=order.created.v1 error.type=*errors.errorString exception.message=boom exception.type=*errors.errorString messaging.consumer.group.name=audit neuroglia.attempt=1 neuroglia.outcome=retried neuroglia.retry.wait=* span=process order.created.v1
	`)
}

func TestAMessageThatIsGivenUpIsADeadLetterAndOneError(t *testing.T) {
	t.Parallel()
	rec := attempts(t, func(int32) error { return errBoom })
	observabilitytest.Diff(t, rec.Spans(), `
		publish order.created.v1 PRODUCER cloudevents.event_id=e1 cloudevents.event_source=/shop cloudevents.event_spec_version=1.0 cloudevents.event_type=order.created.v1 messaging.destination.name=order.created.v1 messaging.message.id=e1 messaging.operation.name=publish messaging.operation.type=send messaging.system=memory
		  process order.created.v1 CONSUMER cloudevents.event_id=e1 cloudevents.event_source=/shop cloudevents.event_spec_version=1.0 cloudevents.event_type=order.created.v1 code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.attempts.func1 messaging.consumer.group.name=audit messaging.destination.name=order.created.v1 messaging.message.id=e1 messaging.operation.name=process messaging.operation.type=process messaging.system=memory neuroglia.outcome=retried
		    event retry neuroglia.attempt=1 neuroglia.retry.wait=*
		    link -> publish order.created.v1
		  process order.created.v1 CONSUMER ERROR(boom) cloudevents.event_id=e1 cloudevents.event_source=/shop cloudevents.event_spec_version=1.0 cloudevents.event_type=order.created.v1 code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.attempts.func1 error.type=*errors.errorString messaging.consumer.group.name=audit messaging.destination.name=order.created.v1 messaging.message.id=e1 messaging.operation.name=process messaging.operation.type=process messaging.system=memory neuroglia.attempt=2 neuroglia.outcome=failure
		    link -> publish order.created.v1
		    dead_letter order.created.v1 INTERNAL ERROR(boom) error.type=*errors.errorString messaging.consumer.group.name=audit messaging.destination.name=order.created.v1 messaging.message.id=e1 messaging.system=memory neuroglia.attempt=2
	`)
	observabilitytest.Diff(t, rec.Metrics("neuroglia.bus"), `
		neuroglia.bus.dead_lettered counter {event}
		  {messaging.consumer.group.name=audit messaging.destination.name=order.created.v1 messaging.system=memory} value=1
		neuroglia.bus.retries counter {event}
		  {messaging.consumer.group.name=audit messaging.destination.name=order.created.v1 messaging.system=memory} value=1
	`)
	observabilitytest.Diff(t, rec.Logs(), `
		WARN message retried cloudevents.event_id=e1 cloudevents.event_type=order.created.v1 error.type=*errors.errorString exception.message=boom exception.type=*errors.errorString messaging.consumer.group.name=audit neuroglia.attempt=1 neuroglia.outcome=retried neuroglia.retry.wait=* span=process order.created.v1
		ERROR message failed cloudevents.event_id=e1 cloudevents.event_type=order.created.v1 error.type=*errors.errorString exception.message=boom exception.type=*errors.errorString messaging.consumer.group.name=audit span=process order.created.v1
	`)
}
