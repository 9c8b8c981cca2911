package retry_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/retry"
)

func TestWaitsDoubleUpToTheLongest(t *testing.T) {
	t.Parallel()
	p := retry.Policy{Attempts: -1, First: time.Second, Max: 10 * time.Second}
	for attempt, longest := range map[int]time.Duration{
		1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second, 4: 8 * time.Second, 5: 10 * time.Second, 1000: 10 * time.Second,
	} {
		seen := map[time.Duration]bool{}
		for range 100 {
			wait, again := p.Next(attempt, errors.New("broken"))
			if !again || wait < longest/2 || wait > longest {
				t.Fatalf("Next(%d) = %v, %v, want true and %v to %v", attempt, wait, again, longest/2, longest)
			}
			seen[wait] = true
		}
		if len(seen) < 10 {
			t.Errorf("100 waits after attempt %d have %d lengths, want them spread", attempt, len(seen))
		}
	}
}

func TestAttemptsAreBounded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		policy  retry.Policy
		attempt int
		want    bool
	}{
		{retry.Policy{}, retry.Attempts - 1, true},
		{retry.Policy{}, retry.Attempts, false},
		{retry.Policy{Attempts: 1}, 1, false},
		{retry.Policy{Attempts: -1}, 1 << 30, true},
	} {
		if _, again := tt.policy.Next(tt.attempt, errors.New("broken")); again != tt.want {
			t.Errorf("%+v: another attempt after %d: %v, want %v", tt.policy, tt.attempt, again, tt.want)
		}
	}
}

func TestRefusalsAreFinal(t *testing.T) {
	t.Parallel()
	for kind, want := range map[fault.Kind]bool{
		fault.Invalid: false, fault.Rejected: false, fault.Forbidden: false,
		fault.NotFound: true, fault.Conflict: true, fault.Unavailable: true, fault.Unexpected: true,
	} {
		if _, again := (retry.Policy{}).Next(1, fault.New(kind, "no")); again != want {
			t.Errorf("another attempt after %v: %v, want %v", kind, again, want)
		}
	}
	never := retry.Policy{Worth: func(error) bool { return false }}
	if _, again := never.Next(1, errors.New("broken")); again {
		t.Error("another attempt after an error that is not worth it")
	}
}

func TestAnErrorMarkedFinalIs(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	final := fmt.Errorf("cook: %w", retry.Final(broken))
	if !errors.Is(final, broken) || final.Error() != "cook: broken" {
		t.Errorf("the mark hides the error: %v", final)
	}
	for name, tt := range map[string]struct {
		err  error
		want bool
	}{
		"one": {final, false}, "all of several": {errors.Join(final, retry.Final(broken)), false},
		"one of several": {errors.Join(final, broken), true},
	} {
		if _, again := (retry.Policy{}).Next(1, tt.err); again != tt.want {
			t.Errorf("%s: another attempt: %v, want %v", name, again, tt.want)
		}
	}
}

func TestWhatIsUnavailableIsPostponedWithoutEnd(t *testing.T) {
	t.Parallel()
	down := fault.New(fault.Unavailable, "the broker is down")
	p := retry.Policy{Attempts: 3, First: time.Second}
	for waited, longest := range map[time.Duration]time.Duration{
		0: time.Second, 20 * time.Second: 5 * time.Second, time.Hour: retry.Postponement,
	} {
		if wait, again := p.Postpone(waited, down); !again || wait < longest/2 || wait > longest {
			t.Errorf("Postpone(%v) = %v, %v, want true and at most %v", waited, wait, again, longest)
		}
	}
	if _, again := p.Postpone(time.Hour, retry.Final(down)); again {
		t.Error("what is final is postponed")
	}
	broken := errors.New("broken")
	for name, tt := range map[string]struct {
		err  error
		want bool
	}{
		"none": {nil, false}, "one": {fmt.Errorf("publish: %w", down), true}, "another kind": {broken, false},
		"all": {errors.Join(down, fmt.Errorf("store: %w", down)), true}, "not all": {errors.Join(down, broken), false},
		"with causes": {fault.New(fault.Unavailable, "%w and %w", broken, broken), true},
	} {
		if got := retry.Unavailable(tt.err); got != tt.want {
			t.Errorf("%s: Unavailable() = %v, want %v", name, got, tt.want)
		}
	}
}
