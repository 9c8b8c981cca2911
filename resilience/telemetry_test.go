package resilience_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/resilience"
	"github.com/neuroglia-go/neuroglia/retry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

func TestOnlyTheLastAttemptIsAnErrorAndTheOthersAreEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rec := observabilitytest.New(t, observabilitytest.Leave("code.function.name"),
			observabilitytest.Mask("neuroglia.retry.wait"))
		m := mediator.New(mediator.WithTelemetry(rec.Providers()))
		fails := map[string]int{"passes": 1, "lasts": 9}
		m.Use(mediator.Commands, resilience.Behavior(resilience.New(
			resilience.Retry(retry.Policy{Attempts: 2}), resilience.WithTelemetry(rec.Providers()))))
		mediator.Handle(m, func(_ context.Context, c placeOrder) (string, error) {
			if fails[c.ID]--; fails[c.ID] >= 0 {
				return "", errBroken
			}
			return c.ID, nil
		})
		for _, id := range []string{"passes", "lasts"} {
			_, _ = mediator.Send(t.Context(), m, placeOrder{ID: id})
		}
		observabilitytest.Diff(t, rec.Spans(), `
			Command.placeOrder INTERNAL neuroglia.message.kind=command neuroglia.message.type=placeOrder neuroglia.outcome=success
			  event retry error.type=*errors.errorString neuroglia.attempt=1 neuroglia.retry.wait=*
			Command.placeOrder INTERNAL ERROR(broken) error.type=*errors.errorString neuroglia.message.kind=command neuroglia.message.type=placeOrder neuroglia.outcome=failure
			  event retry error.type=*errors.errorString neuroglia.attempt=1 neuroglia.retry.wait=*
		`)
		if got := rec.Value("neuroglia.retry.attempts", registry.GuardName.String("placeOrder")); got != 2 {
			t.Errorf("%v attempts were counted, want 2", got)
		}
	})
}

// everything uses a guard in every way that it emits something.
func everything(t *testing.T, rec *observabilitytest.Recorder) {
	t.Helper()
	p := resilience.New(
		resilience.Retry(retry.Policy{Attempts: 2}), resilience.Concurrency(1, 0),
		resilience.Breaker(resilience.Break{Calls: 2, Open: time.Minute}), resilience.WithTelemetry(rec.Providers()))
	g := p.Guard("payments")
	panicked := false
	_ = g.Do(t.Context(), func(context.Context) error {
		if !panicked {
			panicked = true
			_ = g.Do(t.Context(), nil) // there is no place for it
		}
		return errBroken
	})
	_ = g.Do(t.Context(), func(context.Context) error { return nil }) // it is open
	time.Sleep(time.Hour)
	_ = g.Do(t.Context(), func(context.Context) error { return nil })
}

func TestRefusalsAndChangesAreCountedAndLogged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rec := observabilitytest.New(t, observabilitytest.Mask("neuroglia.retry.wait"))
		everything(t, rec)
		for _, want := range []struct {
			metric string
			attr   attribute.KeyValue
			value  float64
		}{
			{"neuroglia.guard.refusals", registry.GuardRefusal.String("bulkhead_full"), 2},
			{"neuroglia.guard.refusals", registry.GuardRefusal.String("breaker_open"), 2},
			{"neuroglia.breaker.changes", registry.BreakerChange.String("opened"), 1},
			{"neuroglia.breaker.changes", registry.BreakerChange.String("trying"), 1},
			{"neuroglia.breaker.changes", registry.BreakerChange.String("closed"), 1},
			{"neuroglia.retry.attempts", registry.ErrorType.String("unavailable"), 2},
		} {
			if got := rec.Value(want.metric, registry.GuardName.String("payments"), want.attr); got != want.value {
				t.Errorf("%s{%v} is %v, want %v", want.metric, want.attr, got, want.value)
			}
		}
		observabilitytest.Diff(t, rec.Logs(), `
			WARN call retried error.type=unavailable exception.message="payments is busy: as many calls as may be are being made" exception.type=*fault.Error neuroglia.attempt=1 neuroglia.guard.name=payments neuroglia.outcome=retried neuroglia.retry.wait=*
			WARN call retried error.type=*errors.errorString exception.message=broken exception.type=*errors.errorString neuroglia.attempt=1 neuroglia.guard.name=payments neuroglia.outcome=retried neuroglia.retry.wait=*
			WARN circuit breaker opened neuroglia.guard.name=payments
			WARN call retried error.type=unavailable exception.message="payments has failed too often: the next call is made in 1m0s" exception.type=*fault.Error neuroglia.attempt=1 neuroglia.guard.name=payments neuroglia.outcome=retried neuroglia.retry.wait=*
			INFO circuit breaker trying neuroglia.guard.name=payments
			INFO circuit breaker closed neuroglia.guard.name=payments
		`)
	})
}

func TestWhatIsEmittedIsDeclared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rec := observabilitytest.New(t)
		everything(t, rec)
		g := resilience.New(resilience.Retry(retry.Policy{Attempts: 2}), resilience.WithTelemetry(rec.Providers())).Guard("test")
		_ = g.Do(t.Context(), func(context.Context) error { return errBroken })
		declared := observabilitytest.Declared{Metrics: registry.Metrics(), Logs: registry.Logs()}.Of(
			"github.com/neuroglia-go/neuroglia/resilience")
		observabilitytest.Diff(t, rec.Drift(declared), "")
	})
}
