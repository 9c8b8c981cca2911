package outbox_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/retry"
)

func TestClocksThatDisagreeCostDuplicatesAndNothingElse(t *testing.T) {
	t.Parallel()
	for name, skew := range map[string]time.Duration{"fast": time.Hour, "slow": -time.Hour, "equal": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { twoClocks(t, skew) })
		})
	}
}

// twoClocks has events handled slowly by two processes, the clock of one of which is wrong by an hour. Each event takes long
// enough for the lease of the other to be over by the wrong clock, and fails once after its effect.
func twoClocks(t *testing.T, skew time.Duration) {
	t.Helper()
	d := newDatabase()
	right, wrong := &mirroring{}, &mirroring{}
	policy := outbox.WithRetry(retry.Policy{Attempts: -1, Max: time.Second})
	right.bank = d.bank(t, right.deposited, policy)
	skewed := d.log.Skewed(skew)
	wrong.bank = newBank(t, d.store.Process(skewed), skewed, wrong.deposited, policy)
	right.open(t, "mirror", "a", "b")
	right.start(t)
	wrong.start(t)
	for n := range 10 {
		bank := right.bank
		if n%2 == 1 {
			bank = wrong.bank
		}
		bank.deposit(t, "a", 1)
		bank.deposit(t, "b", 1)
	}
	// What a slow clock put off is due an hour later by the others'; what a fast one put off, by its own, at once.
	time.Sleep(3 * time.Hour)
	right.want(t, 0, 0)
	mirror, err := right.accounts.Get(t.Context(), "mirror")
	if err != nil || mirror.Balance != 20 {
		t.Errorf("20 events had the effect of %+v, %v", mirror, err)
	}
}

// mirroring is a process that mirrors what is deposited, slowly, and fails after the first attempt at each event that it sees.
type mirroring struct {
	*bank

	failed sync.Map
}

func (m *mirroring) deposited(ctx context.Context, e deposited) error {
	raised, _ := aggregate.FromContext(ctx)
	time.Sleep(2 * time.Second)
	err := m.accounts.Once(ctx, "mirror", func(a *account) error {
		a.Balance += e.Amount
		return nil
	})
	if _, again := m.failed.LoadOrStore(raised.ID, true); err == nil && !again {
		return errors.New("after the effect")
	}
	return err
}
