package aggregate_test

import (
	"context"
	"encoding/json"
	"regexp"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
)

type order struct {
	aggregate.Root
	Status string `json:"status"`
}

type orderPlaced struct{ Total int }

func (orderPlaced) EventType() string { return "order.placed.v1" }

type orderPaid struct{}

func newOrder(id string) *order { return &order{Root: aggregate.NewRoot(id), Status: "pending"} }

var (
	_ aggregate.Aggregate   = (*order)(nil)
	_ aggregate.Integration = orderPlaced{}
)

func TestANewAggregateHasAnIdentityAndNothingElse(t *testing.T) {
	t.Parallel()
	o := newOrder("4711")
	if o.ID() != "4711" || o.Version() != 0 {
		t.Errorf("got identity %q, version %d, want 4711 and 0", o.ID(), o.Version())
	}
	if got := aggregate.Pending(o, "Order"); got != nil {
		t.Errorf("Pending() = %v, want nil", got)
	}
}

func TestPendingEventsAreInOrderAndSayWhereTheyComeFrom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOrder("")
		aggregate.Restore(o, "4711", 6)
		began := time.Now()
		o.Raise(orderPlaced{Total: 12})
		time.Sleep(time.Second)
		o.Raise(orderPaid{})
		got := aggregate.Pending(o, "Order")
		if len(got) != 2 {
			t.Fatalf("%d events are pending, want 2", len(got))
		}
		if got[0].ID == "" || got[0].ID == got[1].ID {
			t.Errorf("the events have the identities %q and %q, want two", got[0].ID, got[1].ID)
		}
		for i, want := range []aggregate.Raised{
			{Event: orderPlaced{Total: 12}, At: began}, {Event: orderPaid{}, At: began.Add(time.Second)},
		} {
			want.ID, want.AggregateType, want.AggregateID = got[i].ID, "Order", "4711"
			want.Version, want.Attempt = 7, 1
			if got[i] != want {
				t.Errorf("event %d\ngot  %+v\nwant %+v", i, got[i], want)
			}
		}
	})
}

func TestPendingAgainGivesTheSameOccurrences(t *testing.T) {
	t.Parallel()
	o := newOrder("4711")
	o.Raise(orderPaid{})
	first, second := aggregate.Pending(o, "Order"), aggregate.Pending(o, "Order")
	if first[0] != second[0] {
		t.Errorf("got %+v, then %+v", first[0], second[0])
	}
}

func TestStoredCountsTheVersionAndLeavesNothingPending(t *testing.T) {
	t.Parallel()
	o := newOrder("4711")
	o.Raise(orderPaid{})
	before := aggregate.Pending(o, "Order")
	aggregate.Stored(o)
	if got := aggregate.Pending(o, "Order"); o.Version() != 1 || got != nil {
		t.Errorf("version %d, pending %v, want 1 and none", o.Version(), got)
	}
	o.Raise(orderPlaced{})
	if _, same := before[0].Event.(orderPaid); !same {
		t.Errorf("an event raised later took the place of one handed out: %+v", before[0])
	}
	if got := aggregate.Pending(o, "Order"); len(got) != 1 || got[0].Version != 2 {
		t.Errorf("Pending() = %+v, want one event that leads to version 2", got)
	}
}

func TestRestoreSetsIdentityAndVersionAndForgetsEvents(t *testing.T) {
	t.Parallel()
	o := newOrder("new")
	o.Raise(orderPaid{})
	aggregate.Restore(o, "4711", 3)
	if o.ID() != "4711" || o.Version() != 3 || aggregate.Pending(o, "Order") != nil {
		t.Errorf("got identity %q, version %d, pending %v, want 4711, 3 and none",
			o.ID(), o.Version(), aggregate.Pending(o, "Order"))
	}
	if o.Status != "pending" {
		t.Errorf("Restore changed the state of the aggregate to %q", o.Status)
	}
}

func TestRaisePanicsUnlessTheEventIsAValue(t *testing.T) {
	t.Parallel()
	for want, event := range map[string]any{
		"aggregate: Raise(<nil>): raise events by value":                       nil,
		"aggregate: Raise(*aggregate_test.orderPlaced): raise events by value": &orderPlaced{},
	} {
		o := newOrder("4711")
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("recovered %v, want %q", got, want)
				}
			}()
			o.Raise(event)
		}()
		if got := aggregate.Pending(o, "Order"); got != nil {
			t.Errorf("Pending() = %v after a panic, want nil", got)
		}
	}
}

func TestTheRootIsNotPartOfTheJSONForm(t *testing.T) {
	t.Parallel()
	o := newOrder("4711")
	o.Raise(orderPaid{})
	got, err := json.Marshal(o)
	if want := `{"status":"pending"}`; err != nil || string(got) != want {
		t.Errorf("Marshal() = %s, %v, want %s", got, err, want)
	}
}

func TestNewIDIsSafeInURLsAndUnique(t *testing.T) {
	t.Parallel()
	shape := regexp.MustCompile(`^[a-z0-9]{26}$`)
	var (
		mu   sync.Mutex
		seen = map[string]bool{}
		made sync.WaitGroup
	)
	for range 8 {
		made.Go(func() {
			for range 1000 {
				id := aggregate.NewID()
				mu.Lock()
				if seen[id] || !shape.MatchString(id) {
					t.Errorf("NewID() = %q, want 26 lower-case letters and digits, never the same", id)
				}
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	made.Wait()
}

func TestHandlersFindTheirEventInTheContext(t *testing.T) {
	t.Parallel()
	if got, ok := aggregate.FromContext(t.Context()); ok || got != nil {
		t.Errorf("FromContext() = %v, %v outside a handler, want none", got, ok)
	}
	outer, inner := &aggregate.Raised{ID: "outer"}, &aggregate.Raised{ID: "inner"}
	ctx := aggregate.ForHandler(t.Context(), outer, "outer")
	nested, cancel := context.WithCancel(aggregate.ForHandler(ctx, inner, "inner"))
	defer cancel()
	if got, ok := aggregate.FromContext(ctx); !ok || got != outer {
		t.Errorf("FromContext() = %v, %v, want %v", got, ok, outer)
	}
	if got, ok := aggregate.FromContext(nested); !ok || got != inner {
		t.Errorf("FromContext() = %v, %v in a handler inside, want %v", got, ok, inner)
	}
}
