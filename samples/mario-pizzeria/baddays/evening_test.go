package baddays_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/storage"
)

// books is what became of a day.
type books struct {
	ledger
	journey

	took    time.Duration // from the last order to all being done
	answers map[string]int
}

func (b books) String() string {
	return fmt.Sprintf("%s; %s; all was done %s after the last order; answers %v", b.ledger, b.journey,
		b.took.Round(100*time.Millisecond), b.answers)
}

// evening waits until all that was promised is done and no process has anything left to do, and fails the test if anything
// was lost, done twice or given up.
func (p *pizzeria) evening(t *testing.T, c *customers) books {
	t.Helper()
	began := time.Now()
	b := books{answers: c.answers}
	var latest map[string]time.Time
	b.ledger, latest = c.audit(t, 3*time.Minute)
	b.took = time.Since(began)
	c.wantNoneHalfDone(t)
	p.wantEmptyOutbox(t)
	if p.bus != "memory:" {
		wantNothingWaiting(t, p.bus)
		b.journey = follow(t, p.bus, c.promised, time.Minute)
	}
	b.doubled = c.recount(t)
	c.wantRemembered(t, latest)
	c.wantOvensFree(t)
	if b.orders == 0 {
		t.Error("no orders were acknowledged")
	}
	if t.Failed() {
		for _, w := range p.workers {
			t.Logf("%s:\n%s", w.name, w.printed())
		}
	}
	return b
}

// storage opens the pizzeria's database, beside the pizzeria.
func (p *pizzeria) storage(t *testing.T) *storage.Storage {
	t.Helper()
	stores, err := storage.Open(t.Context(), p.database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stores.Close(context.Background()) })
	return stores
}

// wantEmptyOutbox waits until all events have been delivered, and fails the test if one was given up.
func (p *pizzeria) wantEmptyOutbox(t *testing.T) {
	t.Helper()
	log := p.storage(t).Outbox()
	eventually(t, time.Minute, func() error {
		status, err := log.Status(t.Context())
		if status.Pending > 0 {
			err = fmt.Errorf("the outbox still has %d events, the oldest %s old", status.Pending, status.Oldest)
		}
		return err
	})
	letters, err := log.(outbox.Letters).List(t.Context(), outbox.Filter{Dead: true})
	if err != nil {
		t.Error(err)
	}
	for _, letter := range letters {
		t.Errorf("the outbox gave up %s of %s after %d attempts: %s", letter.Type, letter.AggregateID, letter.Attempts, letter.Error)
	}
}

// wantNothingWaiting waits until every group has handled what the broker has for it, and fails the test if one gave an event
// up. A message that a process had when it was killed comes again when the broker has waited for its acknowledgement.
func wantNothingWaiting(t *testing.T, bus string) {
	t.Helper()
	js, err := connect(bus)
	if err != nil {
		t.Fatal(err)
	}
	defer js.Conn().Close()
	eventually(t, time.Minute, func() error {
		stream, err := js.Stream(t.Context(), "mario-events")
		if err != nil {
			return err
		}
		consumers := stream.ListConsumers(t.Context())
		for c := range consumers.Info() {
			if waiting := c.NumPending + uint64(c.NumAckPending); waiting > 0 {
				err = errors.Join(err, fmt.Errorf("%d events still wait for %s", waiting, c.Config.Description))
			}
		}
		return errors.Join(err, consumers.Err())
	})
	dead, err := js.Stream(t.Context(), "mario-dead")
	if err != nil {
		t.Fatal(err)
	}
	if n := dead.CachedInfo().State.Msgs; n > 0 {
		t.Errorf("%d dead letters are at the broker", n)
	}
}

// recount returns for how many orders the customer was not told each of three things once.
func (c *customers) recount(t *testing.T) int {
	t.Helper()
	wrong := 0
	for _, id := range c.promised {
		var list struct {
			Notifications []struct {
				Text string `json:"text"`
			} `json:"notifications"`
		}
		c.get(t, "/api/orders/"+id+"/notifications", &list)
		var told []string
		for _, n := range list.Notifications {
			told = append(told, n.Text)
		}
		slices.Sort(told)
		if !slices.Equal(told, []string{"Your order is in.", "Your order is ready.", "Your order was delivered."}) {
			wrong++
			t.Errorf("the customer of order %s was told %q, want three things, each once", id, told)
		}
	}
	return wrong
}

// wantRemembered fails the test unless each customer remembers the latest order, or a later one that nobody promised.
func (c *customers) wantRemembered(t *testing.T, latest map[string]time.Time) {
	t.Helper()
	for id, at := range latest {
		var customer struct {
			LastOrderID string `json:"last_order_id"`
		}
		c.get(t, "/api/customers/"+id, &customer)
		var last placed
		if code := c.get(t, "/api/orders/"+customer.LastOrderID, &last); code != http.StatusOK || last.PlacedAt.Before(at) {
			t.Errorf("customer %s remembers order %q of %s, and the latest is of %s", id, customer.LastOrderID, last.PlacedAt, at)
		}
	}
}

func (c *customers) wantOvensFree(t *testing.T) {
	t.Helper()
	var kitchen struct {
		Ovens   int      `json:"ovens"`
		Cooking []string `json:"cooking"`
	}
	c.get(t, "/api/kitchen", &kitchen)
	if kitchen.Ovens == 0 || len(kitchen.Cooking) > 0 {
		t.Errorf("of %d ovens these are not free: %q", kitchen.Ovens, kitchen.Cooking)
	}
}

// eventually fails the test with the last error of check, if it still has one after so long.
func eventually(t *testing.T, patience time.Duration, check func() error) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		err := check()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Error(err)
			return
		}
	}
}
