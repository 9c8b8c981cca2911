package outbox_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/memrepo"
)

// forgetful is an outbox that renews no lease, and notes which attempts are settled.
type forgetful struct {
	*memrepo.Outbox

	settled []int
}

func (*forgetful) Renew(context.Context, []outbox.Entry) error { return errors.New("not now") }

func (f *forgetful) Settle(ctx context.Context, outcomes []outbox.Outcome) error {
	for _, o := range outcomes {
		f.settled = append(f.settled, o.Entry.Attempts)
	}
	return f.Outbox.Settle(ctx, outcomes)
}

func TestWhatIsLostAndLeasedAgainIsSettledAsItsLastAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		log := &forgetful{Outbox: memrepo.NewOutbox(0)}
		m := mediator.New()
		mediator.On(m, func(context.Context, deposited) error {
			calls++
			time.Sleep(outbox.Lease + 10*time.Second) // it is lost, and taken again by the same process meanwhile
			return nil
		})
		relay := outbox.New(log, m)
		store := memrepo.New(repository.Schema[account]{Name: "accounts"}, memrepo.WithOutbox(log.Outbox))
		b := &bank{accounts: repository.New(store, relay), relay: relay, log: log.Outbox}
		b.start(t)
		b.open(t, "a")
		b.deposit(t, "a", 1)
		time.Sleep(time.Minute)
		synctest.Wait()
		if calls != 1 || len(log.settled) != 1 || log.settled[0] != 2 {
			t.Errorf("%d calls, and settled were attempts %v: want one call, settled as attempt 2", calls, log.settled)
		}
		b.want(t, 0, 0)
	})
}
