package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/memrepo"
	"github.com/neuroglia-go/neuroglia/retry"
)

// ParcelSentEvent says that a parcel is on its way.
type ParcelSentEvent struct{ To string }

// Parcel raises an event.
type Parcel struct{ aggregate.Root }

// Account counts parcels, which must not be counted twice.
type Account struct {
	aggregate.Root
	Parcels int
}

type accounting struct {
	accounts *repository.Repository[Account]
}

// parcelSent is called at least once for every parcel, and counts it exactly once.
func (a accounting) parcelSent(ctx context.Context, e ParcelSentEvent) error {
	return a.accounts.Once(ctx, e.To, func(account *Account) error {
		account.Parcels++
		return nil
	})
}

func Example() {
	// A database; sqlrepo.Open and mongorepo.Open return one whose outbox outlives the process.
	log := memrepo.NewOutbox(outbox.Lease)
	store := memrepo.New(repository.Schema[Parcel]{Name: "parcels"}, memrepo.WithOutbox(log))
	accountStore := memrepo.New(repository.Schema[Account]{Name: "accounts"}, memrepo.WithOutbox(log))

	m := mediator.New()
	relay := outbox.New(log, m,
		outbox.WithRetry(retry.Policy{Attempts: 5, First: time.Second}),
		outbox.WithRetryOf[ParcelSentEvent](retry.Policy{Attempts: 20, Max: time.Hour}),
	)
	parcels := repository.New(store, relay)
	accounts := repository.New(accountStore, relay)
	mediator.On(m, accounting{accounts}.parcelSent)

	// A service adds the relay to its host around the bus, so that nothing comes to a bus that has stopped, and what the
	// bus's handlers finish last is stored:
	//
	//	h.Add(app.Part{Name: "outbox", Stop: relay.Stop})
	//	h.Add(app.Part{Name: "bus", Start: bus.Start, Stop: bus.Stop})
	//	h.Add(app.Part{Name: "relay", Start: relay.Start, Stop: relay.Pause})
	ctx := context.Background()
	if err := relay.Start(ctx); err != nil {
		fmt.Println(err)
		return
	}
	parcel := &Parcel{Root: aggregate.NewRoot("parcel-1")}
	parcel.Raise(ParcelSentEvent{To: "ada"})
	err := errors.Join(
		accounts.Add(ctx, &Account{Root: aggregate.NewRoot("ada")}),
		parcels.Add(ctx, parcel), // the parcel and its event, or neither
		relay.Stop(ctx))
	account, getErr := accounts.Get(ctx, "ada")
	fmt.Println(account.Parcels, errors.Join(err, getErr))
	// Output: 1 <nil>
}
