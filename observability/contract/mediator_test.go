package contract_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	metricnoop "go.opentelemetry.io/otel/metric/noop"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

func TestCommandThatSucceeds(t *testing.T) {
	t.Parallel()
	s := newShop(t, observabilitytest.Scopes())
	s.send(t, "o1")
	observabilitytest.Diff(t, s.rec.Spans(), `
		Command.PlaceOrder INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*shop).place neuroglia.aggregate.id=o1 neuroglia.message.kind=command neuroglia.message.type=PlaceOrder neuroglia.outcome=success order.id=o1 order.item_count=2 order.total=2 scope=github.com/neuroglia-go/neuroglia/mediator
		  Repository.add INTERNAL neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.entity.version=1 neuroglia.repository.operation=add neuroglia.repository.type=memrepo scope=github.com/neuroglia-go/neuroglia/repository
	`)
	observabilitytest.Diff(t, s.rec.Metrics("neuroglia."), `
		neuroglia.command.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10] scope=github.com/neuroglia-go/neuroglia/mediator
		  {neuroglia.message.type=PlaceOrder neuroglia.outcome=success} count=1
		neuroglia.message.active updowncounter {message} scope=github.com/neuroglia-go/neuroglia/mediator
		  {neuroglia.message.kind=command neuroglia.message.type=PlaceOrder} value=0
		neuroglia.repository.conflicts counter {conflict} scope=github.com/neuroglia-go/neuroglia/repository
		  {neuroglia.entity.type=Order} value=0
		neuroglia.repository.operation.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10] scope=github.com/neuroglia-go/neuroglia/repository
		  {neuroglia.entity.type=Order neuroglia.repository.operation=add neuroglia.repository.type=memrepo} count=1
	`)
	observabilitytest.Diff(t, s.rec.Logs(), `
		INFO command handled neuroglia.aggregate.id=o1 neuroglia.message.type=PlaceOrder order.id=o1 order.item_count=2 order.total=2 span=Command.PlaceOrder
	`)
}

func TestCommandThatIsRefusedIsNoError(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, err := mediator.Send(t.Context(), s.Mediator, FailOrder{With: refused})
	if fault.KindOf(err) != fault.Rejected {
		t.Errorf("Send() = %v, want the refusal", err)
	}
	observabilitytest.Diff(t, s.rec.Spans(), `
		Command.FailOrder INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*shop).fail neuroglia.message.kind=command neuroglia.message.type=FailOrder neuroglia.outcome=rejected
	`)
	observabilitytest.Diff(t, s.rec.Metrics("neuroglia.command"), `
		neuroglia.command.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10]
		  {neuroglia.message.type=FailOrder neuroglia.outcome=rejected} count=1
	`)
	observabilitytest.Diff(t, s.rec.Logs(), `
		INFO command rejected neuroglia.message.type=FailOrder neuroglia.outcome=rejected neuroglia.reason="not today" span=Command.FailOrder
	`)
}

func TestCommandThatFails(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, err := mediator.Send(t.Context(), s.Mediator, FailOrder{With: func() error { return errBoom }})
	if !errors.Is(err, errBoom) {
		t.Errorf("Send() = %v, want %v", err, errBoom)
	}
	observabilitytest.Diff(t, s.rec.Spans(), `
		Command.FailOrder INTERNAL ERROR(boom) code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*shop).fail error.type=*errors.errorString neuroglia.message.kind=command neuroglia.message.type=FailOrder neuroglia.outcome=failure
	`)
	observabilitytest.Diff(t, s.rec.Metrics("neuroglia."), `
		neuroglia.command.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10]
		  {error.type=*errors.errorString neuroglia.message.type=FailOrder neuroglia.outcome=failure} count=1
		neuroglia.message.active updowncounter {message}
		  {neuroglia.message.kind=command neuroglia.message.type=FailOrder} value=0
		neuroglia.repository.conflicts counter {conflict}
		  {neuroglia.entity.type=Order} value=0
	`)
	observabilitytest.Diff(t, s.rec.Logs(), `
		ERROR command failed error.type=*errors.errorString exception.message=boom exception.type=*errors.errorString neuroglia.message.type=FailOrder span=Command.FailOrder
	`)
}

func TestCommandThatPanics(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, err := mediator.Send(t.Context(), s.Mediator, FailOrder{With: func() error { panic("at the disco") }})
	if err == nil || !strings.Contains(err.Error(), "at the disco") {
		t.Errorf("Send() = %v, want the panic", err)
	}
	observabilitytest.Diff(t, s.rec.Spans(), `
		Command.FailOrder INTERNAL ERROR(panic: at the disco) code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*shop).fail error.type=panic neuroglia.message.kind=command neuroglia.message.type=FailOrder neuroglia.outcome=failure
	`)
	observabilitytest.Diff(t, s.rec.Logs(), `
		ERROR command failed error.type=panic exception.message="panic: at the disco" exception.stacktrace=* exception.type=*instrument.PanicError neuroglia.message.type=FailOrder span=Command.FailOrder
	`)
	for _, attr := range s.rec.LogRecords()[0].Attrs {
		if attr.Key == "exception.stacktrace" && !strings.Contains(attr.Value.String(), "mediator_test.go") {
			t.Errorf("the stack does not lead to the panic: %v", attr.Value)
		}
	}
}

func TestCommandWhoseCallerGaveUpIsNoError(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := mediator.Send(ctx, s.Mediator, FailOrder{With: func() error { cancel(); return ctx.Err() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Send() = %v, want %v", err, context.Canceled)
	}
	observabilitytest.Diff(t, s.rec.Spans(), `
		Command.FailOrder INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*shop).fail neuroglia.message.kind=command neuroglia.message.type=FailOrder neuroglia.outcome=canceled
	`)
	observabilitytest.Diff(t, s.rec.Logs(), `
		INFO command canceled neuroglia.message.type=FailOrder neuroglia.outcome=canceled neuroglia.reason="context canceled" span=Command.FailOrder
	`)
}

func TestFailureOfAnInnerCommandIsLoggedOnce(t *testing.T) {
	t.Parallel()
	s := newShop(t, observabilitytest.Level(slog.LevelError))
	_, err := mediator.Send(t.Context(), s.Mediator, FailOrder{With: func() error {
		_, err := mediator.Send(t.Context(), s.Mediator, FailOrder{With: func() error { return errBoom }})
		return err
	}})
	if !errors.Is(err, errBoom) || len(s.rec.LogRecords()) != 1 {
		t.Errorf("Send() = %v, and %d records, want 1:\n%s", err, len(s.rec.LogRecords()), s.rec.Logs())
	}
}

func TestQuery(t *testing.T) {
	t.Parallel()
	s := newShop(t, observabilitytest.Level(slog.LevelInfo))
	s.send(t, "o1")
	s.rec.Reset()
	if _, err := mediator.Send(t.Context(), s.Mediator, GetOrder{ID: "o1"}); err != nil {
		t.Fatal(err)
	}
	if _, err := mediator.Send(t.Context(), s.Mediator, GetOrder{ID: "o2"}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("Send() = %v, want not found", err)
	}
	observabilitytest.Diff(t, s.rec.Spans(), `
		Query.GetOrder INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*shop).get neuroglia.aggregate.id=o1 neuroglia.message.kind=query neuroglia.message.type=GetOrder neuroglia.outcome=success order.id=o1 order.total=2
		  Repository.get INTERNAL neuroglia.entity.id=o1 neuroglia.entity.type=Order neuroglia.entity.version=1 neuroglia.repository.found=true neuroglia.repository.operation=get neuroglia.repository.type=memrepo
		Query.GetOrder INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*shop).get neuroglia.aggregate.id=o2 neuroglia.message.kind=query neuroglia.message.type=GetOrder neuroglia.outcome=rejected order.id=o2
		  Repository.get INTERNAL neuroglia.entity.id=o2 neuroglia.entity.type=Order neuroglia.repository.found=false neuroglia.repository.operation=get neuroglia.repository.type=memrepo
	`)
	observabilitytest.Diff(t, s.rec.Metrics("neuroglia.query"), `
		neuroglia.query.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10]
		  {neuroglia.message.type=GetOrder neuroglia.outcome=rejected} count=1
		  {neuroglia.message.type=GetOrder neuroglia.outcome=success} count=1
	`)
	observabilitytest.Diff(t, s.rec.Logs(), `
		INFO query rejected neuroglia.aggregate.id=o2 neuroglia.message.type=GetOrder neuroglia.outcome=rejected neuroglia.reason="Order \"o2\" not found" order.id=o2 span=Query.GetOrder
	`)
}

func TestSpanOfAStreamCoversTheIteration(t *testing.T) {
	t.Parallel()
	s := newShop(t, observabilitytest.Level(slog.LevelInfo))
	s.send(t, "o1")
	s.send(t, "o2")
	s.rec.Reset()
	for range mediator.Stream(t.Context(), s.Mediator, ListOrders{}) {
		if n := len(s.rec.SpanStubs()); n != 1 {
			t.Errorf("%d spans have ended while iterating, want that of the repository alone", n)
		}
		break
	}
	observabilitytest.Diff(t, s.rec.Spans(), `
		Query.ListOrders INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*shop).list neuroglia.message.kind=query neuroglia.message.type=ListOrders neuroglia.outcome=success
		  Repository.list INTERNAL neuroglia.entity.type=Order neuroglia.repository.count=2 neuroglia.repository.operation=list neuroglia.repository.type=memrepo
	`)
}

func TestBehaviorsRunInsideTheSpan(t *testing.T) {
	t.Parallel()
	s := newShop(t, observabilitytest.Level(slog.LevelInfo))
	attempts := 0
	s.Use(mediator.Commands, func(ctx context.Context, _ mediator.Message, next func(context.Context) error) error {
		attempts++
		if err := next(ctx); err == nil {
			return nil
		}
		attempts++
		return next(ctx)
	})
	calls := 0
	_, err := mediator.Send(t.Context(), s.Mediator, FailOrder{With: func() error {
		if calls++; calls == 1 {
			return errBoom
		}
		return nil
	}})
	if err != nil || attempts != 2 {
		t.Errorf("Send() = %v after %d attempts, want success after 2", err, attempts)
	}
	observabilitytest.Diff(t, s.rec.Spans(), `
		Command.FailOrder INTERNAL code.function.name=github.com/neuroglia-go/neuroglia/observability/contract_test.(*shop).fail neuroglia.message.kind=command neuroglia.message.type=FailOrder neuroglia.outcome=success
	`)
	observabilitytest.Diff(t, s.rec.Logs(), `
		INFO command handled neuroglia.message.type=FailOrder span=Command.FailOrder
	`)
}

func TestASuccessfulQueryIsLoggedForThoseWhoDebug(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.send(t, "o1")
	s.rec.Reset()
	if _, err := mediator.Send(t.Context(), s.Mediator, GetOrder{ID: "o1"}); err != nil {
		t.Fatal(err)
	}
	observabilitytest.Diff(t, s.rec.Logs(), `
		DEBUG query handled neuroglia.aggregate.id=o1 neuroglia.message.type=GetOrder order.id=o1 order.total=2 span=Query.GetOrder
	`)
}

func TestACommandIsLoggedWithItsFieldsWhenNothingIsMeasured(t *testing.T) {
	t.Parallel()
	rec := observabilitytest.New(t)
	m := mediator.New(mediator.WithTelemetry(telemetry.Providers{
		Tracer: tracenoop.NewTracerProvider(), Meter: metricnoop.NewMeterProvider(), Logger: rec.Providers().Logger,
	}))
	mediator.Handle(m, func(_ context.Context, cmd PlaceOrder) (Receipt, error) {
		return Receipt{OrderID: cmd.ID, Total: 3}, nil
	})
	if _, err := mediator.Send(t.Context(), m, PlaceOrder{ID: "o1", Items: []string{"a"}}); err != nil {
		t.Fatal(err)
	}
	observabilitytest.Diff(t, rec.Logs(), `
		INFO command handled neuroglia.aggregate.id=o1 neuroglia.message.type=PlaceOrder order.id=o1 order.item_count=1 order.total=3
	`)
}

func TestAFieldOfTheAnswerIsLoggedInPlaceOfTheMessages(t *testing.T) {
	t.Parallel()
	rec := observabilitytest.New(t)
	var text strings.Builder
	m := mediator.New(mediator.WithTelemetry(telemetry.Providers{
		Tracer: rec.Providers().Tracer, Meter: rec.Providers().Meter, Logger: slog.New(slog.NewTextHandler(&text, nil)),
	}))
	mediator.Handle(m, func(context.Context, RenameOrder) (Receipt, error) { return Receipt{OrderID: "new", Total: 1}, nil })
	if _, err := mediator.Send(t.Context(), m, RenameOrder{ID: "old"}); err != nil {
		t.Fatal(err)
	}
	if got, want := text.String(), "neuroglia.message.type=RenameOrder order.id=new neuroglia.aggregate.id=new order.total=1\n"; !strings.HasSuffix(got, want) {
		t.Errorf("logged %s, want %s at its end", got, want)
	}
}
