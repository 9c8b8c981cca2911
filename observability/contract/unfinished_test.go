package contract_test

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/retry"
)

func TestSpansEndWhenAPanicPassesThem(t *testing.T) {
	t.Parallel()
	s := newShop(t, observabilitytest.Level(slog.LevelError))
	s.send(t, "o1")
	s.rec.Reset()
	_, err := mediator.Send(t.Context(), s.Mediator, FailOrder{With: func() error {
		return s.orders.Update(t.Context(), "o1", func(*Order) error { panic("no oven") })
	}})
	if err == nil || !strings.Contains(err.Error(), "no oven") {
		t.Errorf("Send() = %v, want the panic", err)
	}
	observabilitytest.Diff(t, s.rec.Spans(), `
		Command.FailOrder INTERNAL ERROR(panic: no oven) code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*shop).fail error.type=panic neuroglia.message.kind=command neuroglia.message.type=FailOrder neuroglia.outcome=failure
		Repository.update INTERNAL ERROR(it did not return: it panicked, or its goroutine ended) error.type=panic neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.repository.operation=update neuroglia.repository.type=memrepo
	`)
	if n := s.rec.Value("neuroglia.message.active"); n != 0 {
		t.Errorf("%v messages are active, want none", n)
	}
}

func TestSpansEndWhenTheGoroutineDoes(t *testing.T) {
	t.Parallel()
	s := newShop(t, observabilitytest.Level(slog.LevelError))
	mediator.On(s.Mediator, s.bus.Forward)
	mediator.On(s.Mediator, func(context.Context, OrderForgottenEvent) error { runtime.Goexit(); return nil })
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		_, _ = mediator.Send(t.Context(), s.Mediator, FailOrder{With: func() error {
			return mediator.Publish(t.Context(), s.Mediator, OrderForgottenEvent{})
		}})
	}()
	<-exited
	observabilitytest.Diff(t, s.rec.Spans(), `
		Command.FailOrder INTERNAL ERROR(it did not return: it panicked, or its goroutine ended) code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*shop).fail error.type=panic neuroglia.message.kind=command neuroglia.message.type=FailOrder neuroglia.outcome=failure
		Event.OrderForgottenEvent INTERNAL ERROR(it did not return: it panicked, or its goroutine ended) code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.TestSpansEndWhenTheGoroutineDoes.func1 error.type=panic neuroglia.event.handler=contract_test.TestSpansEndWhenTheGoroutineDoes.func1 neuroglia.event.type=OrderForgottenEvent neuroglia.outcome=failure
	`)
	if n := s.rec.Value("neuroglia.message.active"); n != 0 {
		t.Errorf("%v messages are active, want none", n)
	}
}

func TestASubscriberThatEndsItsGoroutineKeepsNobodyElseFromTheirEvents(t *testing.T) {
	t.Parallel()
	s := newShop(t, observabilitytest.Level(slog.LevelError))
	mediator.On(s.Mediator, s.bus.Forward)
	var got []string
	subscribe(t, s, "audit", func(_ context.Context, e OrderCreatedEvent) error {
		if got = append(got, e.OrderID); e.OrderID == "o1" {
			runtime.Goexit()
		}
		return nil
	}, eventbus.WithRetry(retry.Policy{Attempts: 1}), eventbus.WithConcurrency(1))
	s.send(t, "o1")
	s.send(t, "o2")
	stop(t, s.bus)
	if strings.Join(got, " ") != "o1 o2" {
		t.Errorf("got %v, want both", got)
	}
}

func TestAConsumersPanicIsNotTheFailureOfItsQuery(t *testing.T) {
	t.Parallel()
	s := newShop(t, observabilitytest.Level(slog.LevelInfo))
	s.send(t, "o1")
	s.rec.Reset()
	defer func() {
		if v := recover(); v != "mine" {
			t.Errorf("recovered %v, want the consumer's own panic", v)
		}
		observabilitytest.Diff(t, s.rec.Spans(), `
		Query.ListOrders INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*shop).list neuroglia.message.kind=query neuroglia.message.type=ListOrders neuroglia.outcome=success
		  Repository.list INTERNAL neuroglia.entity.type=Order neuroglia.repository.count=1 neuroglia.repository.operation=list neuroglia.repository.type=memrepo
	`)
		observabilitytest.Diff(t, s.rec.Logs(), "")
	}()
	for range mediator.Stream(t.Context(), s.Mediator, ListOrders{}) {
		panic("mine")
	}
}

func TestAnUnsampledProducerDoesNotHideItsConsumers(t *testing.T) {
	t.Parallel()
	s := newShop(t, observabilitytest.Level(slog.LevelInfo))
	subscribe(t, s, "audit", audit)
	if err := s.bus.Publish(t.Context(), cloudevent.Event{
		ID: "e1", Source: "/elsewhere", Type: "order.created.v1", Data: []byte(`{}`),
		Extensions: map[string]string{"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"},
	}); err != nil {
		t.Fatal(err)
	}
	stop(t, s.bus)
	observabilitytest.Diff(t, s.rec.Spans(), `
		publish order.created.v1 PRODUCER cloudevents.event_id=* cloudevents.event_source=/elsewhere cloudevents.event_spec_version=1.0 cloudevents.event_type=order.created.v1 messaging.destination.name=order.created.v1 messaging.message.id=* messaging.operation.name=publish messaging.operation.type=send messaging.system=memory
		process order.created.v1 CONSUMER cloudevents.event_id=* cloudevents.event_source=/elsewhere cloudevents.event_spec_version=1.0 cloudevents.event_type=order.created.v1 code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.audit messaging.consumer.group.name=audit messaging.destination.name=order.created.v1 messaging.message.id=* messaging.operation.name=process messaging.operation.type=process messaging.system=memory neuroglia.outcome=success
		  link -> (not recorded)
	`)
}

func TestARefusalOfAnEventHandlerIsAFailureBecauseNobodyIsRefused(t *testing.T) {
	t.Parallel()
	s := newShop(t, observabilitytest.Level(slog.LevelInfo))
	mediator.On(s.Mediator, func(context.Context, OrderCreatedEvent) error { return repository.ErrVersion })
	s.send(t, "o1")
	observabilitytest.Diff(t, s.rec.Logs(), `
		ERROR event failed error.type=conflict exception.message="was changed by somebody else" exception.type=*fault.Error neuroglia.event.handler=contract_test.TestARefusalOfAnEventHandlerIsAFailureBecauseNobodyIsRefused.func1 neuroglia.event.type=OrderCreatedEvent span=Event.OrderCreatedEvent
		INFO command handled neuroglia.aggregate.id=o1 neuroglia.message.type=PlaceOrder order.id=o1 order.item_count=2 order.total=2 span=Command.PlaceOrder
	`)
}

func TestErrorsOfRequestsShowNoSecretsOfURLs(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, err := mediator.Send(t.Context(), s.Mediator, FailOrder{With: func() error {
		return &url.Error{Op: "Get", URL: "http://mario:s3cret@pay.example/charges?token=t0ken", Err: errBoom}
	}})
	if !errors.Is(err, errBoom) {
		t.Errorf("Send() = %v, want %v", err, errBoom)
	}
	for _, text := range []string{s.rec.Spans(), s.rec.Logs()} {
		if strings.Contains(text, "s3cret") || strings.Contains(text, "t0ken") || !strings.Contains(text, "pay.example/charges") {
			t.Errorf("a secret is in, or the address is not in:\n%s", text)
		}
	}
}
