package contract_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/retry"
)

func TestAnEventThatIsHandledAfterTheCommitIsInTheTraceOfItsCommand(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKiosk(t, failing(0))
		k.run(t.Context(), t, time.Second)
		observabilitytest.Diff(t, k.rec.Spans(), `
			Command.PlaceOrder INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*kiosk).place neuroglia.aggregate.id=o1 neuroglia.message.kind=command neuroglia.message.type=PlaceOrder neuroglia.outcome=success order.id=o1 order.item_count=0 order.total=0
			  Repository.add INTERNAL neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.entity.version=1 neuroglia.repository.operation=add neuroglia.repository.type=memrepo
			  Event.OrderCreatedEvent INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*kiosk).created neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=success
		`)
		observabilitytest.Diff(t, k.rec.Metrics("neuroglia.outbox", "neuroglia.event"), `
			neuroglia.event.lag histogram s buckets=[0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 30 60 300 900 3600 14400]
			  {neuroglia.event.type=OrderCreatedEvent} count=1
			neuroglia.event.processing.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10]
			  {neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=success} count=1
			neuroglia.outbox.dead gauge {event}
			  {neuroglia.outbox.store=memrepo} value=0
			neuroglia.outbox.deliveries counter {event}
			  {neuroglia.event.type=OrderCreatedEvent neuroglia.outbox.path=direct neuroglia.outcome=success} value=1
			neuroglia.outbox.oldest.age gauge s
			  {neuroglia.outbox.store=memrepo} value=*
			neuroglia.outbox.pending gauge {event}
			  {neuroglia.outbox.store=memrepo} value=0
		`)
		observabilitytest.Diff(t, k.rec.Logs(), `
			INFO command handled neuroglia.aggregate.id=o1 neuroglia.message.type=PlaceOrder order.id=o1 order.item_count=0 order.total=0 span=Command.PlaceOrder
		`)
	})
}

func TestAnEventThatIsHandledAtTheThirdAttemptIsNoError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKiosk(t, failing(2))
		k.run(t.Context(), t, 10*time.Second)
		observabilitytest.Diff(t, k.rec.Spans(), `
			Command.PlaceOrder INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*kiosk).place neuroglia.aggregate.id=o1 neuroglia.message.kind=command neuroglia.message.type=PlaceOrder neuroglia.outcome=success order.id=o1 order.item_count=0 order.total=0
			  Repository.add INTERNAL neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.entity.version=1 neuroglia.repository.operation=add neuroglia.repository.type=memrepo
			  Event.OrderCreatedEvent INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*kiosk).created neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=retried
			    event retry neuroglia.attempt=1 neuroglia.retry.wait=*
			  Outbox.OrderCreatedEvent INTERNAL neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.attempt=2 neuroglia.event.id=* neuroglia.event.type=OrderCreatedEvent neuroglia.outbox.waited=* neuroglia.outcome=retried
			    event retry neuroglia.attempt=2 neuroglia.retry.wait=*
			    link -> Command.PlaceOrder
			    Event.OrderCreatedEvent INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*kiosk).created neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.attempt=2 neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=retried
			      event retry neuroglia.attempt=2 neuroglia.retry.wait=*
			  Outbox.OrderCreatedEvent INTERNAL neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.attempt=3 neuroglia.event.id=* neuroglia.event.type=OrderCreatedEvent neuroglia.outbox.waited=* neuroglia.outcome=success
			    link -> Command.PlaceOrder
			    Event.OrderCreatedEvent INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*kiosk).created neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.attempt=3 neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=success
		`)
		observabilitytest.Diff(t, k.rec.Metrics("neuroglia.outbox", "neuroglia.event"), `
			neuroglia.event.lag histogram s buckets=[0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 30 60 300 900 3600 14400]
			  {neuroglia.event.type=OrderCreatedEvent} count=1
			neuroglia.event.processing.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10]
			  {neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=retried} count=2
			  {neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=success} count=1
			neuroglia.outbox.dead gauge {event}
			  {neuroglia.outbox.store=memrepo} value=0
			neuroglia.outbox.deliveries counter {event}
			  {neuroglia.event.type=OrderCreatedEvent neuroglia.outbox.path=direct neuroglia.outcome=retried} value=1
			  {neuroglia.event.type=OrderCreatedEvent neuroglia.outbox.path=relay neuroglia.outcome=retried} value=1
			  {neuroglia.event.type=OrderCreatedEvent neuroglia.outbox.path=relay neuroglia.outcome=success} value=1
			neuroglia.outbox.oldest.age gauge s
			  {neuroglia.outbox.store=memrepo} value=*
			neuroglia.outbox.pending gauge {event}
			  {neuroglia.outbox.store=memrepo} value=0
			neuroglia.outbox.retries counter {event}
			  {neuroglia.event.type=OrderCreatedEvent} value=2
		`)
		observabilitytest.Diff(t, k.rec.Logs(), `
			WARN event retried error.type=*errors.errorString exception.message=boom exception.type=*errors.errorString neuroglia.attempt=1 neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=retried neuroglia.retry.wait=* span=Event.OrderCreatedEvent
			INFO command handled neuroglia.aggregate.id=o1 neuroglia.message.type=PlaceOrder order.id=o1 order.item_count=0 order.total=0 span=Command.PlaceOrder
			WARN event retried error.type=*errors.errorString exception.message=boom exception.type=*errors.errorString neuroglia.attempt=2 neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=retried neuroglia.retry.wait=* span=Event.OrderCreatedEvent
		`)
	})
}

func TestAnEventThatIsGivenUpIsADeadLetterAndReplayedInATraceOfItsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKiosk(t, failing(2), outbox.WithRetry(retry.Policy{Attempts: 2}))
		k.run(t.Context(), t, 10*time.Second)
		observabilitytest.Diff(t, k.rec.Spans(), `
			Command.PlaceOrder INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*kiosk).place neuroglia.aggregate.id=o1 neuroglia.message.kind=command neuroglia.message.type=PlaceOrder neuroglia.outcome=success order.id=o1 order.item_count=0 order.total=0
			  Repository.add INTERNAL neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.entity.version=1 neuroglia.repository.operation=add neuroglia.repository.type=memrepo
			  Event.OrderCreatedEvent INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*kiosk).created neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=retried
			    event retry neuroglia.attempt=1 neuroglia.retry.wait=*
			  Outbox.OrderCreatedEvent INTERNAL ERROR(boom) error.type=*errors.errorString neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.attempt=2 neuroglia.event.id=* neuroglia.event.type=OrderCreatedEvent neuroglia.outbox.waited=* neuroglia.outcome=failure
			    link -> Command.PlaceOrder
			    Event.OrderCreatedEvent INTERNAL ERROR(boom) code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*kiosk).created error.type=*errors.errorString neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.attempt=2 neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=failure
			    Outbox.dead_letter INTERNAL ERROR(boom) error.type=*errors.errorString neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.attempt=2 neuroglia.event.id=* neuroglia.event.type=OrderCreatedEvent neuroglia.outbox.waited=*
		`)
		observabilitytest.Diff(t, k.rec.Metrics("neuroglia.outbox"), `
			neuroglia.outbox.dead gauge {event}
			  {neuroglia.outbox.store=memrepo} value=1
			neuroglia.outbox.dead_lettered counter {event}
			  {error.type=*errors.errorString neuroglia.event.type=OrderCreatedEvent} value=1
			neuroglia.outbox.deliveries counter {event}
			  {neuroglia.event.type=OrderCreatedEvent neuroglia.outbox.path=direct neuroglia.outcome=retried} value=1
			  {neuroglia.event.type=OrderCreatedEvent neuroglia.outbox.path=relay neuroglia.outcome=failure} value=1
			neuroglia.outbox.oldest.age gauge s
			  {neuroglia.outbox.store=memrepo} value=*
			neuroglia.outbox.pending gauge {event}
			  {neuroglia.outbox.store=memrepo} value=0
			neuroglia.outbox.retries counter {event}
			  {neuroglia.event.type=OrderCreatedEvent} value=1
		`)
		observabilitytest.Diff(t, k.rec.Logs(), `
			WARN event retried error.type=*errors.errorString exception.message=boom exception.type=*errors.errorString neuroglia.attempt=1 neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=retried neuroglia.retry.wait=* span=Event.OrderCreatedEvent
			INFO command handled neuroglia.aggregate.id=o1 neuroglia.message.type=PlaceOrder order.id=o1 order.item_count=0 order.total=0 span=Command.PlaceOrder
			ERROR event failed error.type=*errors.errorString exception.message=boom exception.type=*errors.errorString neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent span=Event.OrderCreatedEvent
			ERROR event dead-lettered error.type=*errors.errorString exception.message=boom exception.type=*errors.errorString neuroglia.aggregate.id=o1 neuroglia.attempt=2 neuroglia.event.id=* neuroglia.event.type=OrderCreatedEvent span=Outbox.OrderCreatedEvent
		`)
		k.rec.Reset()
		k.replay(t)
		k.deliver(t, time.Second)
		observabilitytest.Diff(t, k.rec.Spans(), `
			Outbox.OrderCreatedEvent INTERNAL neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.event.id=* neuroglia.event.type=OrderCreatedEvent neuroglia.outbox.replayed=true neuroglia.outbox.waited=* neuroglia.outcome=success
			  link -> (not recorded)
			  Event.OrderCreatedEvent INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*kiosk).created neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=success
		`)
		observabilitytest.Diff(t, k.rec.Logs(), `
			INFO event replayed neuroglia.aggregate.id=o1 neuroglia.attempt=1 neuroglia.event.id=* neuroglia.event.type=OrderCreatedEvent span=Outbox.OrderCreatedEvent
		`)
	})
}

func TestAnEventThatIsRefusedAfterTheCommitIsADeadLetterInTheTraceOfItsCommand(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKiosk(t, func(context.Context, OrderCreatedEvent) error { return refused() })
		k.run(t.Context(), t, time.Second)
		observabilitytest.Diff(t, k.rec.Spans(), `
			Command.PlaceOrder INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*kiosk).place neuroglia.aggregate.id=o1 neuroglia.message.kind=command neuroglia.message.type=PlaceOrder neuroglia.outcome=success order.id=o1 order.item_count=0 order.total=0
			  Repository.add INTERNAL neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.entity.version=1 neuroglia.repository.operation=add neuroglia.repository.type=memrepo
			  Event.OrderCreatedEvent INTERNAL ERROR(not today) code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*kiosk).created error.type=rejected neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=failure
			  Outbox.dead_letter INTERNAL ERROR(not today) error.type=rejected neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.event.id=* neuroglia.event.type=OrderCreatedEvent neuroglia.outbox.waited=*
		`)
		observabilitytest.Diff(t, k.rec.Logs(), `
			ERROR event failed error.type=rejected exception.message="not today" exception.type=*fault.Error neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent span=Event.OrderCreatedEvent
			ERROR event dead-lettered error.type=rejected exception.message="not today" exception.type=*fault.Error neuroglia.aggregate.id=o1 neuroglia.attempt=1 neuroglia.event.id=* neuroglia.event.type=OrderCreatedEvent span=Command.PlaceOrder
			INFO command handled neuroglia.aggregate.id=o1 neuroglia.message.type=PlaceOrder order.id=o1 order.item_count=0 order.total=0 span=Command.PlaceOrder
		`)
	})
}

// TestWhereAnEventIsHandled says in which trace events are that the relay delivers two minutes after they were raised.
func TestWhereAnEventIsHandled(t *testing.T) {
	t.Parallel()
	ownTrace := `
		Command.PlaceOrder INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*kiosk).place neuroglia.aggregate.id=o1 neuroglia.message.kind=command neuroglia.message.type=PlaceOrder neuroglia.outcome=success order.id=o1 order.item_count=0 order.total=0
		  Repository.add INTERNAL neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.entity.version=1 neuroglia.repository.operation=add neuroglia.repository.type=memrepo
		  Event.OrderCreatedEvent INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*kiosk).created neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=retried
		    event retry neuroglia.attempt=1 neuroglia.retry.wait=*
		Outbox.OrderCreatedEvent INTERNAL neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.attempt=2 neuroglia.event.id=* neuroglia.event.type=OrderCreatedEvent neuroglia.outbox.waited=* neuroglia.outcome=success
		  link -> Command.PlaceOrder
		  Event.OrderCreatedEvent INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*kiosk).created neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.attempt=2 neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=success
	`
	sameTrace := `
		Command.PlaceOrder INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*kiosk).place neuroglia.aggregate.id=o1 neuroglia.message.kind=command neuroglia.message.type=PlaceOrder neuroglia.outcome=success order.id=o1 order.item_count=0 order.total=0
		  Repository.add INTERNAL neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.entity.version=1 neuroglia.repository.operation=add neuroglia.repository.type=memrepo
		  Event.OrderCreatedEvent INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*kiosk).created neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=retried
		    event retry neuroglia.attempt=1 neuroglia.retry.wait=*
		  Outbox.OrderCreatedEvent INTERNAL neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.attempt=2 neuroglia.event.id=* neuroglia.event.type=OrderCreatedEvent neuroglia.outbox.waited=* neuroglia.outcome=success
		    link -> Command.PlaceOrder
		    Event.OrderCreatedEvent INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*kiosk).created neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.attempt=2 neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=success
	`
	late := outbox.WithRetry(retry.Policy{First: 4 * time.Minute})
	for name, tt := range map[string]struct {
		opts []outbox.Option
		want string
	}{
		"old, in a trace of its own":         {[]outbox.Option{late}, ownTrace},
		"recent enough, in the same trace":   {[]outbox.Option{late, outbox.WithSameTrace(time.Hour)}, sameTrace},
		"always in the same trace":           {[]outbox.Option{late, outbox.WithSameTrace(-1)}, sameTrace},
		"never in the same trace, if recent": {[]outbox.Option{outbox.WithSameTrace(0)}, ownTrace},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				k := newKiosk(t, failing(1), tt.opts...)
				k.run(t.Context(), t, 5*time.Minute)
				observabilitytest.Diff(t, k.rec.Spans(), tt.want)
			})
		})
	}
}

func TestAnEventOfATraceThatIsNotSampledIsSeenIfTheRelayDeliversIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKiosk(t, failing(1))
		unsampled := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}, Remote: true})
		k.run(trace.ContextWithSpanContext(t.Context(), unsampled), t, 10*time.Second)
		observabilitytest.Diff(t, k.rec.Spans(), `
			Outbox.OrderCreatedEvent INTERNAL neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.attempt=2 neuroglia.event.id=* neuroglia.event.type=OrderCreatedEvent neuroglia.outbox.waited=* neuroglia.outcome=success
			  link -> (not recorded)
			  Event.OrderCreatedEvent INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*kiosk).created neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.attempt=2 neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=success
		`)
	})
}

func TestTheGaugesOfAnOutboxShowWhatIsInIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKiosk(t, func(_ context.Context, e OrderCreatedEvent) error {
			if e.OrderID == "o1" {
				return refused()
			}
			return errBoom
		})
		k.send(t, "o1", "o2")
		time.Sleep(time.Minute)
		k.send(t, "o3")
		synctest.Wait()
		for name, want := range map[string]float64{
			"neuroglia.outbox.pending": 2, "neuroglia.outbox.oldest.age": 60, "neuroglia.outbox.dead": 1,
		} {
			if got := k.rec.Value(name); got != want {
				t.Errorf("%s = %v, want %v", name, got, want)
			}
		}
	})
}

func TestOnlyBaggageThatMayTravelIsThereWhenTheRelayDelivers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen []string
		k := newKiosk(t, func(ctx context.Context, _ OrderCreatedEvent) error {
			seen = append(seen, baggage.FromContext(ctx).String())
			if len(seen) == 1 {
				return errBoom
			}
			return nil
		}, outbox.WithBaggage("order.id"))
		ctx := t.Context()
		members, err := baggage.Parse("order.id=o1,user=mario")
		if err != nil {
			t.Fatal(err)
		}
		k.run(baggage.ContextWithBaggage(ctx, members), t, 10*time.Second)
		if len(seen) != 2 || seen[1] != "order.id=o1" {
			t.Errorf("the handlers had the baggage %q, want order.id alone from the relay", seen)
		}
	})
}

func TestAnEffectThatIsThereAlreadyIsADuplicateAndNoError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var k *kiosk
		calls := 0
		k = newKiosk(t, func(ctx context.Context, e OrderCreatedEvent) error {
			err := k.orders.Once(ctx, e.OrderID, func(o *Order) error { o.Total++; return nil })
			if calls++; calls == 1 {
				return errors.Join(err, errBoom)
			}
			return err
		})
		k.run(t.Context(), t, 10*time.Second)
		observabilitytest.Diff(t, k.rec.Spans(), `
			Command.PlaceOrder INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*kiosk).place neuroglia.aggregate.id=o1 neuroglia.message.kind=command neuroglia.message.type=PlaceOrder neuroglia.outcome=success order.id=o1 order.item_count=0 order.total=0
			  Repository.add INTERNAL neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.entity.version=1 neuroglia.repository.operation=add neuroglia.repository.type=memrepo
			  Event.OrderCreatedEvent INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*kiosk).created neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=retried
			    event retry neuroglia.attempt=1 neuroglia.retry.wait=*
			    Repository.update INTERNAL neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.entity.version=2 neuroglia.repository.operation=update neuroglia.repository.type=memrepo
			  Outbox.OrderCreatedEvent INTERNAL neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.attempt=2 neuroglia.event.id=* neuroglia.event.type=OrderCreatedEvent neuroglia.outbox.waited=* neuroglia.outcome=success
			    link -> Command.PlaceOrder
			    Event.OrderCreatedEvent INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*kiosk).created neuroglia.aggregate.id=o1 neuroglia.aggregate.type=Order neuroglia.attempt=2 neuroglia.event.handler=contract_test.(*kiosk).created neuroglia.event.type=OrderCreatedEvent neuroglia.outcome=success
			      Repository.update INTERNAL neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.repository.operation=update neuroglia.repository.type=memrepo
			        event duplicate
		`)
		observabilitytest.Diff(t, k.rec.Metrics("neuroglia.inbox"), `
			neuroglia.inbox.duplicates counter {message}
			  {neuroglia.entity.type=Order neuroglia.inbox.consumer=contract_test.(*kiosk).created} value=1
		`)
	})
}
