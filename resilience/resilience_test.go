package resilience_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/resilience"
	"github.com/neuroglia-go/neuroglia/retry"
)

// failing fails n times and then does not. It counts its calls.
type failing struct {
	err   error
	n     int
	calls int
}

func (f *failing) work(context.Context) error {
	if f.calls++; f.calls <= f.n {
		return f.err
	}
	return nil
}

var errBroken = errors.New("broken")

func TestWhatFailsIsTriedAgainAsThePolicySays(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		err   error
		fails int
		calls int
		fail  bool
	}{
		{"success", nil, 0, 1, false},
		{"a failure that passes", errBroken, 2, 3, false},
		{"a failure that lasts", errBroken, 9, 3, true},
		{"a conflict", fault.New(fault.Conflict, "not yet"), 1, 2, false},
		{"a refusal", fault.New(fault.Rejected, "no"), 9, 1, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := failing{err: tt.err, n: tt.fails}
			g := resilience.New(resilience.Retry(retry.Policy{Attempts: 3})).Guard("test")
			began := time.Now()
			err := g.Do(t.Context(), f.work)
			if f.calls != tt.calls || (err != nil) != tt.fail || err != nil && !errors.Is(err, tt.err) {
				t.Errorf("%s: %d calls and %v, want %d and failing %v", tt.name, f.calls, err, tt.calls, tt.fail)
			}
			if waited := time.Since(began); (waited > 0) != (tt.calls > 1) {
				t.Errorf("%s: waited %s for %d calls", tt.name, waited, tt.calls)
			}
		})
	}
}

func TestAPanicIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	calls := 0
	g := resilience.New(resilience.Retry(retry.Policy{}), resilience.Concurrency(1, 0)).Guard("test")
	for range 2 { // it has left its place in the bulkhead
		err := g.Do(t.Context(), func(context.Context) error {
			calls++
			panic("no oven")
		})
		if err == nil || err.Error() != "panic: no oven" || fault.TypeOf(err) != "panic" {
			t.Errorf("Do() = %v, want the panic", err)
		}
	}
	if calls != 2 {
		t.Errorf("%d calls, want 2", calls)
	}
}

func TestNoAttemptIsMadeThatItsContextWouldEndBefore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := resilience.New(resilience.Retry(retry.Policy{First: time.Minute})).Guard("test")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		f := failing{err: errBroken, n: 9}
		began := time.Now()
		if err := g.Do(ctx, f.work); !errors.Is(err, errBroken) || f.calls != 1 || time.Since(began) != 0 {
			t.Errorf("Do() = %v after %d calls and %s, want the error at once", err, f.calls, time.Since(began))
		}
		canceled, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if err := g.Do(canceled, f.work); !errors.Is(err, errBroken) || f.calls != 2 || time.Since(began) != time.Second {
			t.Errorf("Do() = %v after %d calls and %s, want the error when the caller gives up", err, f.calls, time.Since(began))
		}
	})
}

func TestATimeoutIsOfOneAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := resilience.New(resilience.Timeout(time.Second), resilience.Retry(retry.Policy{Attempts: 3})).Guard("payments")
		calls := 0
		err := g.Do(t.Context(), func(ctx context.Context) error {
			calls++
			<-ctx.Done()
			return fmt.Errorf("charge: %w", context.Cause(ctx))
		})
		if fault.KindOf(err) != fault.Timeout || calls != 3 {
			t.Errorf("Do() = %v of kind %v after %d calls, want timeout after 3", err, fault.KindOf(err), calls)
		}
		err = g.Do(t.Context(), func(ctx context.Context) error {
			<-ctx.Done()
			return errBroken
		})
		if want := "payments took longer than 1s: broken"; fault.KindOf(err) != fault.Timeout || err.Error() != want {
			t.Errorf("Do() = %v of kind %v, want %s", err, fault.KindOf(err), want)
		}
	})
}

func TestWhatSucceedsLateHasSucceeded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := resilience.New(resilience.Timeout(time.Second), resilience.Retry(retry.Policy{})).Guard("test")
		calls := 0
		err := g.Do(t.Context(), func(context.Context) error {
			calls++
			time.Sleep(2 * time.Second)
			return nil
		})
		if err != nil || calls != 1 {
			t.Errorf("Do() = %v after %d calls, want nil after one", err, calls)
		}
	})
}

func TestNoMoreThanSoManyAttemptsRunAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := resilience.New(resilience.Concurrency(2, time.Second)).Guard("payments")
		var mu sync.Mutex
		running, most := 0, 0
		work := func(context.Context) error {
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			time.Sleep(700 * time.Millisecond)
			mu.Lock()
			defer mu.Unlock()
			running--
			return nil
		}
		errs := make(chan error, 6)
		for range cap(errs) {
			go func() { errs <- g.Do(t.Context(), work) }()
		}
		var full int
		for range cap(errs) {
			if err := <-errs; err != nil {
				full++
				if fault.KindOf(err) != fault.Unavailable || !strings.HasPrefix(err.Error(), "payments is busy") {
					t.Errorf("Do() = %v of kind %v, want unavailable", err, fault.KindOf(err))
				}
			}
		}
		if most != 2 || full != 2 { // two at once, two after 700 ms, and two would have to wait longer than a second
			t.Errorf("%d at once and %d refused, want 2 and 2", most, full)
		}
	})
}

func TestABreakerOpensTriesAndCloses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := resilience.New(resilience.Breaker(resilience.Break{Calls: 4, Open: time.Minute})).Guard("payments")
		calls := 0
		do := func(err error) error {
			return g.Do(t.Context(), func(context.Context) error {
				calls++
				return err
			})
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		for range 10 { // none of which is a failure
			_ = do(fault.New(fault.NotFound, "none"))
			_ = g.Do(ended, func(context.Context) error { return context.Canceled })
		}
		time.Sleep(20 * time.Second) // when they do not count any more
		for _, err := range []error{nil, errBroken, nil, errBroken} {
			_ = do(err)
		}
		calls = 0
		want := "payments has failed too often: the next call is made in 1m0s"
		if err := do(nil); fault.KindOf(err) != fault.Unavailable || err.Error() != want || calls != 0 {
			t.Errorf("Do() = %v of kind %v, want unavailable: %s", err, fault.KindOf(err), want)
		}
		time.Sleep(time.Minute)
		if err := do(errBroken); !errors.Is(err, errBroken) {
			t.Errorf("Do() = %v, want one call to be tried", err)
		}
		if err := do(nil); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("Do() = %v after a try that failed, want it open again", err)
		}
		time.Sleep(time.Minute)
		if err := errors.Join(do(nil), do(nil)); err != nil || calls != 3 {
			t.Errorf("Do() = %v after %d calls, want it closed by a try that succeeded", err, calls)
		}
	})
}

func TestACallThatIsGivenUpDoesNotKeepABreakerFromTrying(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := resilience.New(resilience.Breaker(resilience.Break{Calls: 1, Open: time.Minute})).Guard("test")
		_ = g.Do(t.Context(), func(context.Context) error { return errBroken })
		time.Sleep(time.Minute)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		_ = g.Do(ended, func(ctx context.Context) error { return ctx.Err() })
		time.Sleep(time.Minute)
		if err := g.Do(t.Context(), func(context.Context) error { return nil }); err != nil {
			t.Errorf("Do() = %v, want a call to be tried", err)
		}
	})
}

func TestPoliciesThatMakeNoSensePanic(t *testing.T) {
	t.Parallel()
	for name, option := range map[string]func() resilience.Option{
		"no concurrency":     func() resilience.Option { return resilience.Concurrency(0, 0) },
		"a negative wait":    func() resilience.Option { return resilience.Concurrency(1, -1) },
		"a negative timeout": func() resilience.Option { return resilience.Timeout(-1) },
		"a rate above one":   func() resilience.Option { return resilience.Breaker(resilience.Break{Rate: 50}) },
		"a negative number":  func() resilience.Option { return resilience.Breaker(resilience.Break{Calls: -1}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s does not panic", name)
				}
			}()
			resilience.New(option())
		}()
	}
}

type placeOrder struct {
	mediator.Command[string]
	ID string
}

type cancelOrder struct {
	mediator.Command[string]
}

type listOrders struct {
	mediator.StreamQuery[int]
}

type allOrders struct{ listOrders }

func TestABehaviorHasAStateForEachTypeOfMessage(t *testing.T) {
	t.Parallel()
	m := mediator.New()
	m.Use(mediator.Commands, resilience.Behavior(resilience.New(resilience.Breaker(resilience.Break{Calls: 2}))))
	mediator.Handle(m, func(context.Context, placeOrder) (string, error) { return "", errBroken })
	mediator.Handle(m, func(context.Context, cancelOrder) (string, error) { return "done", nil })
	for range 2 {
		_, _ = mediator.Send(t.Context(), m, placeOrder{})
	}
	if _, err := mediator.Send(t.Context(), m, placeOrder{}); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("Send() = %v, want the breaker to be open", err)
	}
	if answer, err := mediator.Send(t.Context(), m, cancelOrder{}); err != nil || answer != "done" {
		t.Errorf("Send() = %q, %v of another type, want it to be handled", answer, err)
	}
}

func TestOneTypeOfCommandIsGuarded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := mediator.New()
		calls := 0
		mediator.Around(m, resilience.Command[placeOrder](resilience.New(resilience.Retry(retry.Policy{}))))
		mediator.Handle(m, func(_ context.Context, c placeOrder) (string, error) {
			if calls++; calls < 3 {
				return "broken", errBroken
			}
			return c.ID, nil
		})
		if answer, err := mediator.Send(t.Context(), m, placeOrder{ID: "4711"}); answer != "4711" || err != nil || calls != 3 {
			t.Errorf("Send() = %q, %v after %d calls, want 4711 after 3", answer, err, calls)
		}
	})
}

func TestAStreamIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := mediator.New()
		m.Use(mediator.All, resilience.Behavior(resilience.New(resilience.Retry(retry.Policy{}))))
		calls := 0
		handle := func() iter.Seq2[int, error] {
			return func(yield func(int, error) bool) {
				calls++
				_ = yield(1, nil) && yield(0, errBroken)
			}
		}
		mediator.HandleStream(m, func(context.Context, listOrders) iter.Seq2[int, error] { return handle() })
		mediator.HandleStream(m, func(context.Context, allOrders) iter.Seq2[int, error] { return handle() })
		answers := 0
		count := func(seq iter.Seq2[int, error]) {
			for _, err := range seq {
				if err == nil {
					answers++
				}
			}
		}
		count(mediator.Stream(t.Context(), m, listOrders{}))
		count(mediator.Stream(t.Context(), m, allOrders{}))
		if calls != 2 || answers != 2 {
			t.Errorf("%d calls and %d answers of two streams, want one each", calls, answers)
		}
	})
}

type paid struct{}

type till struct{ charged, thanked int }

func (s *till) charge(context.Context, paid) error {
	s.charged++
	return errBroken
}

func (s *till) thank(context.Context, paid) error {
	s.thanked++
	return nil
}

func TestHandlersOfEventsHaveAStateEach(t *testing.T) {
	t.Parallel()
	m := mediator.New()
	pay := resilience.Event(resilience.New(resilience.Breaker(resilience.Break{Calls: 2})))
	var s till
	mediator.On(m, s.charge, pay)
	mediator.On(m, s.thank, pay)
	for range 5 {
		_ = mediator.Publish(t.Context(), m, paid{})
	}
	if s.charged != 2 || s.thanked != 5 {
		t.Errorf("charged %d and thanked %d times, want 2 and 5", s.charged, s.thanked)
	}
}
