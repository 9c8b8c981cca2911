package eventbus_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/retry"
)

func TestAFailureIsDeliveredAgainAsThePolicySays(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	deliver := subscribed(t, func(context.Context, orderCreated) error { return broken },
		eventbus.WithRetry(retry.Policy{Attempts: 3, First: time.Second}))
	for attempt := 1; attempt < 3; attempt++ {
		err := deliver(t.Context(), event("{}"), attempt)
		again, ok := errors.AsType[*eventbus.Redeliver](err)
		longest := time.Duration(attempt) * time.Second
		if !ok || again.After < longest/2 || again.After > longest || !errors.Is(err, broken) {
			t.Errorf("attempt %d: deliver() = %#v, want that it is delivered again within %s", attempt, err, longest)
		}
	}
	err := deliver(t.Context(), event("{}"), 3)
	if _, dead := errors.AsType[*eventbus.DeadLetter](err); !dead || !errors.Is(err, broken) {
		t.Errorf("attempt 3: deliver() = %#v, want that it is given up", err)
	}
}

func TestARefusalIsGivenUpAtOnce(t *testing.T) {
	t.Parallel()
	deliver := subscribed(t, func(context.Context, orderCreated) error { return fault.New(fault.Rejected, "sold out") })
	err := deliver(t.Context(), event("{}"), 1)
	if _, dead := errors.AsType[*eventbus.DeadLetter](err); !dead || err.Error() != "sold out" {
		t.Errorf("deliver() = %#v, want that it is given up, since it was sold out", err)
	}
}

func TestAFailureIsFinalOnATransportThatDoesNotRedeliver(t *testing.T) {
	t.Parallel()
	transport := recorder{exceptions: map[eventbus.Promise]string{eventbus.Redelivery: "it forgets"}}
	deliver := transport.subscribed(t, newBus(t, &transport), func(b *eventbus.Bus) error {
		return eventbus.Subscribe(b, "kitchen", created, func(context.Context, orderCreated) error { return errors.New("broken") })
	})
	err := deliver(t.Context(), event("{}"), 1)
	if _, dead := errors.AsType[*eventbus.DeadLetter](err); !dead {
		t.Errorf("deliver() = %#v, want that it is given up", err)
	}
}

func TestAnEventWhoseLastAttemptNeverEndedIsNotHandledAgain(t *testing.T) {
	t.Parallel()
	handled := 0
	deliver := subscribed(t, func(context.Context, orderCreated) error { handled++; return nil },
		eventbus.WithRetry(retry.Policy{Attempts: 3}))
	if err := deliver(t.Context(), event("{}"), 3); err != nil {
		t.Errorf("deliver() = %v at the last attempt, want nil", err)
	}
	err := deliver(t.Context(), event("{}"), 4)
	if _, dead := errors.AsType[*eventbus.DeadLetter](err); !dead || handled != 1 {
		t.Errorf("deliver() = %#v after the last attempt, handled %d times, want that it is given up, unseen", err, handled)
	}
	endless := subscribed(t, func(context.Context, orderCreated) error { return nil },
		eventbus.WithRetry(retry.Policy{Attempts: -1}))
	if err := endless(t.Context(), event("{}"), 1_000_000); err != nil {
		t.Errorf("deliver() = %v without a limit, want nil", err)
	}
}

func TestAnAttemptThatTheTransportEndsIsForAnotherProcessAtOnce(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	deliver := subscribed(t, func(ctx context.Context, _ orderCreated) error {
		cancel()
		return ctx.Err()
	}, eventbus.WithRetry(retry.Policy{Attempts: 1}))
	err := deliver(ctx, event("{}"), 1)
	if again, ok := errors.AsType[*eventbus.Redeliver](err); !ok || again.After != 0 {
		t.Errorf("deliver() = %#v, want that it is delivered again at once", err)
	}
}

func TestAnAttemptThatTakesTooLongIsAFailureAndTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		wait := func(ctx context.Context, _ orderCreated) error {
			<-ctx.Done()
			return ctx.Err()
		}
		for limit, opts := range map[time.Duration][]eventbus.SubscribeOption{
			eventbus.Timeout: nil, time.Second: {eventbus.WithTimeout(time.Second)},
		} {
			began := time.Now()
			err := subscribed(t, wait, opts...)(t.Context(), event("{}"), 1)
			if took := time.Since(began); took != limit {
				t.Errorf("it took %s, want %s", took, limit)
			}
			if again, ok := errors.AsType[*eventbus.Redeliver](err); !ok || again.After == 0 || fault.KindOf(err) != fault.Timeout {
				t.Errorf("deliver() = %#v of kind %v, want a timeout that is tried again", err, fault.KindOf(err))
			}
		}
	})
}

func TestAHandlerKnowsWhichMessageItsGroupHandles(t *testing.T) {
	t.Parallel()
	var got aggregate.Handling
	deliver := subscribed(t, func(ctx context.Context, _ orderCreated) error {
		got, _ = aggregate.HandlingFrom(ctx)
		return nil
	})
	if err := deliver(t.Context(), event("{}"), 1); err != nil {
		t.Fatal(err)
	}
	if want := (aggregate.Handling{Consumer: "bus/kitchen", MessageID: "/mario-pizzeria#1"}); got != want {
		t.Errorf("handling %+v, want %+v", got, want)
	}
}

func TestAnEventIsHeldWhileSomethingIsUnavailable(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls, began, before := 0, time.Now(), time.Now()
		deliver := subscribed(t, func(context.Context, orderCreated) error {
			pause, waited := time.Since(before), before.Sub(began)
			before = time.Now()
			if least := min(waited/8, retry.Postponement/2); pause < least || pause > retry.Postponement {
				t.Errorf("call %d comes %s after the one before, want %s to %s", calls+1, pause, least, retry.Postponement)
			}
			if calls++; calls < 40 {
				return fault.New(fault.Unavailable, "the database is down")
			}
			return nil
		}, eventbus.WithRetry(retry.Policy{Attempts: 3}))
		if err := deliver(t.Context(), event("{}"), 3); err != nil || calls != 40 {
			t.Errorf("deliver = %v after %d calls, want success at last, though the attempt was the last", err, calls)
		}
		calls, began, before = 0, time.Now(), time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		again, ok := errors.AsType[*eventbus.Redeliver](deliver(ctx, event("{}"), 1))
		if !ok || fault.KindOf(again.Err) != fault.Unavailable {
			t.Errorf("got %v when the transport gives up waiting, want that it is to be delivered again", again)
		}
	})
}
