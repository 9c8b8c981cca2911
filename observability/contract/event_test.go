package contract_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/retry"
)

func audit(context.Context, OrderCreatedEvent) error { return nil }

func notify(context.Context, OrderCreatedEvent) error { return errBoom }

func forget(context.Context, OrderForgottenEvent) error { panic("what was it") }

func TestEveryHandlerOfAnEventHasASpan(t *testing.T) {
	t.Parallel()
	s := newShop(t, observabilitytest.Level(slog.LevelInfo))
	mediator.On(s.Mediator, notify)
	mediator.On(s.Mediator, audit)
	s.send(t, "o1") // the command has succeeded, whatever comes of its events
	observabilitytest.Diff(t, s.rec.Spans(), `
		Command.PlaceOrder INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*shop).place neuroglia.aggregate.id=o1 neuroglia.message.kind=command neuroglia.message.type=PlaceOrder neuroglia.outcome=success order.id=o1 order.item_count=2 order.total=2
		  Repository.add INTERNAL neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.entity.version=1 neuroglia.repository.operation=add neuroglia.repository.type=memrepo
		  Event.OrderCreatedEvent INTERNAL ERROR(boom) code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.notify error.type=*errors.errorString neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.event.handler=contract_test.notify neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=failure
		  Event.OrderCreatedEvent INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.audit neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.event.handler=contract_test.audit neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=success
	`)
	observabilitytest.Diff(t, s.rec.Metrics("neuroglia.event"), `
		neuroglia.event.processing.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10]
		  {error.type=*errors.errorString neuroglia.event.handler=contract_test.notify neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=failure} count=1
		  {neuroglia.event.handler=contract_test.audit neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=success} count=1
	`)
	observabilitytest.Diff(t, s.rec.Logs(), `
		ERROR event failed error.type=*errors.errorString exception.message=boom exception.type=*errors.errorString neuroglia.event.handler=contract_test.notify neuroglia.event.type=OrderCreatedEvent span=Event.OrderCreatedEvent
		INFO command handled neuroglia.aggregate.id=o1 neuroglia.message.type=PlaceOrder order.id=o1 order.item_count=2 order.total=2 span=Command.PlaceOrder
	`)
}

func TestEventOfNoAggregate(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	mediator.On(s.Mediator, forget)
	if err := mediator.Publish(t.Context(), s.Mediator, OrderForgottenEvent{Reason: "age"}); err == nil {
		t.Error("Publish() = nil, want the panic")
	}
	observabilitytest.Diff(t, s.rec.Spans(), `
		Event.OrderForgottenEvent INTERNAL ERROR(panic: what was it) code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.forget error.type=panic neuroglia.event.handler=contract_test.forget neuroglia.event.type=OrderForgottenEvent neuroglia.outcome=failure order.reason=age
	`)
	observabilitytest.Diff(t, s.rec.Metrics("neuroglia.event"), `
		neuroglia.event.processing.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10]
		  {error.type=panic neuroglia.event.handler=contract_test.forget neuroglia.event.type=OrderForgottenEvent neuroglia.outcome=failure} count=1
	`)
}

func TestMessageOnTheBusIsInTheTraceOfItsCommand(t *testing.T) {
	t.Parallel()
	s := newShop(t, observabilitytest.Level(slog.LevelInfo))
	mediator.On(s.Mediator, s.bus.Forward)
	subscribe(t, s, "audit", audit)
	s.send(t, "o1")
	stop(t, s.bus)
	observabilitytest.Diff(t, s.rec.Spans(), `
		Command.PlaceOrder INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*shop).place neuroglia.aggregate.id=o1 neuroglia.message.kind=command neuroglia.message.type=PlaceOrder neuroglia.outcome=success order.id=o1 order.item_count=2 order.total=2
		  Repository.add INTERNAL neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.entity.version=1 neuroglia.repository.operation=add neuroglia.repository.type=memrepo
		  Event.OrderCreatedEvent INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/eventbus.(*Bus).Forward neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.event.handler=eventbus.(*Bus).Forward neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=success
		    publish order.created.v1 PRODUCER cloudevents.event_id=* cloudevents.event_source=/shop cloudevents.event_spec_version=1.0 cloudevents.event_subject=o1 cloudevents.event_type=order.created.v1 messaging.destination.name=order.created.v1 messaging.message.id=* messaging.operation.name=publish messaging.operation.type=send messaging.system=memory
		      process order.created.v1 CONSUMER cloudevents.event_id=* cloudevents.event_source=/shop cloudevents.event_spec_version=1.0 cloudevents.event_subject=o1 cloudevents.event_type=order.created.v1 code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.audit messaging.consumer.group.name=audit messaging.destination.name=order.created.v1 messaging.message.id=* messaging.operation.name=process messaging.operation.type=process messaging.system=memory neuroglia.outcome=success
		        link -> publish order.created.v1
	`)
	observabilitytest.Diff(t, s.rec.Metrics("messaging."), `
		messaging.client.consumed.messages counter {message}
		  {messaging.consumer.group.name=audit messaging.destination.name=order.created.v1 messaging.operation.name=process messaging.system=memory} value=1
		messaging.client.operation.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10]
		  {messaging.destination.name=order.created.v1 messaging.operation.name=publish messaging.system=memory} count=1
		messaging.client.sent.messages counter {message}
		  {messaging.destination.name=order.created.v1 messaging.operation.name=publish messaging.system=memory} value=1
		messaging.process.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10]
		  {messaging.consumer.group.name=audit messaging.destination.name=order.created.v1 messaging.operation.name=process messaging.system=memory neuroglia.outcome=success} count=1
	`)
}

func TestMessageThatCannotBeProcessed(t *testing.T) {
	t.Parallel()
	s := newShop(t, observabilitytest.Level(slog.LevelError))
	mediator.On(s.Mediator, s.bus.Forward)
	subscribe(t, s, "notify", notify, eventbus.WithRelation(eventbus.NewTrace), eventbus.WithRetry(retry.Policy{Attempts: 1}))
	s.send(t, "o1")
	stop(t, s.bus)
	observabilitytest.Diff(t, s.rec.Spans(), `
		Command.PlaceOrder INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*shop).place neuroglia.aggregate.id=o1 neuroglia.message.kind=command neuroglia.message.type=PlaceOrder neuroglia.outcome=success order.id=o1 order.item_count=2 order.total=2
		  Repository.add INTERNAL neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.entity.version=1 neuroglia.repository.operation=add neuroglia.repository.type=memrepo
		  Event.OrderCreatedEvent INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/eventbus.(*Bus).Forward neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.event.handler=eventbus.(*Bus).Forward neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=success
		    publish order.created.v1 PRODUCER cloudevents.event_id=* cloudevents.event_source=/shop cloudevents.event_spec_version=1.0 cloudevents.event_subject=o1 cloudevents.event_type=order.created.v1 messaging.destination.name=order.created.v1 messaging.message.id=* messaging.operation.name=publish messaging.operation.type=send messaging.system=memory
		process order.created.v1 CONSUMER ERROR(boom) cloudevents.event_id=* cloudevents.event_source=/shop cloudevents.event_spec_version=1.0 cloudevents.event_subject=o1 cloudevents.event_type=order.created.v1 code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.notify error.type=*errors.errorString messaging.consumer.group.name=notify messaging.destination.name=order.created.v1 messaging.message.id=* messaging.operation.name=process messaging.operation.type=process messaging.system=memory neuroglia.outcome=failure
		  link -> publish order.created.v1
	`)
	observabilitytest.Diff(t, s.rec.Metrics("messaging.process"), `
		messaging.process.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10]
		  {error.type=*errors.errorString messaging.consumer.group.name=notify messaging.destination.name=order.created.v1 messaging.operation.name=process messaging.system=memory neuroglia.outcome=failure} count=1
	`)
	observabilitytest.Diff(t, s.rec.Logs(), `
		ERROR message failed cloudevents.event_id=* cloudevents.event_type=order.created.v1 error.type=*errors.errorString exception.message=boom exception.type=*errors.errorString messaging.consumer.group.name=notify span=process order.created.v1
	`)
}

func TestMessageThatCannotBePublished(t *testing.T) {
	t.Parallel()
	s := newShop(t, observabilitytest.Level(slog.LevelInfo))
	mediator.On(s.Mediator, s.bus.Forward)
	stop(t, s.bus)
	s.send(t, "o1")
	observabilitytest.Diff(t, s.rec.Spans(), `
		Command.PlaceOrder INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*shop).place neuroglia.aggregate.id=o1 neuroglia.message.kind=command neuroglia.message.type=PlaceOrder neuroglia.outcome=success order.id=o1 order.item_count=2 order.total=2
		  Repository.add INTERNAL neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.entity.version=1 neuroglia.repository.operation=add neuroglia.repository.type=memrepo
		  Event.OrderCreatedEvent INTERNAL ERROR(publish order.created.v1: the event bus is closed) code.function.name=github.com/neuroglia-go/neuroglia/eventbus.(*Bus).Forward error.type=unavailable neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.event.handler=eventbus.(*Bus).Forward neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=failure
		    publish order.created.v1 PRODUCER ERROR(publish order.created.v1: the event bus is closed) cloudevents.event_id=* cloudevents.event_source=/shop cloudevents.event_spec_version=1.0 cloudevents.event_subject=o1 cloudevents.event_type=order.created.v1 error.type=unavailable messaging.destination.name=order.created.v1 messaging.message.id=* messaging.operation.name=publish messaging.operation.type=send messaging.system=memory
	`)
	observabilitytest.Diff(t, s.rec.Metrics("messaging."), `
		messaging.client.operation.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10]
		  {error.type=unavailable messaging.destination.name=order.created.v1 messaging.operation.name=publish messaging.system=memory} count=1
		messaging.client.sent.messages counter {message}
		  {error.type=unavailable messaging.destination.name=order.created.v1 messaging.operation.name=publish messaging.system=memory} value=1
	`)
	observabilitytest.Diff(t, s.rec.Logs(), `
		ERROR event failed error.type=unavailable exception.message="publish order.created.v1: the event bus is closed" exception.type=*fault.Error neuroglia.event.handler=eventbus.(*Bus).Forward neuroglia.event.type=OrderCreatedEvent span=Event.OrderCreatedEvent
		INFO command handled neuroglia.aggregate.id=o1 neuroglia.message.type=PlaceOrder order.id=o1 order.item_count=2 order.total=2 span=Command.PlaceOrder
	`)
}

func subscribe(t *testing.T, s *shop, group string, h func(context.Context, OrderCreatedEvent) error,
	opts ...eventbus.SubscribeOption) {
	t.Helper()
	if err := errors.Join(
		eventbus.Subscribe(s.bus, group, "order.created.v1", h, opts...), s.bus.Start(t.Context())); err != nil {
		t.Fatal(err)
	}
}

func stop(t *testing.T, b *eventbus.Bus) {
	t.Helper()
	if err := b.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}
