package outboxtest

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/outbox"
)

// entry: entries come back as they were saved.
func (s suite) entry(t *testing.T) {
	t.Run("comes back whole", s.whole)
	t.Run("has no origin if it had none", func(t *testing.T) {
		t.Parallel()
		a, b := s.open(t)
		e := a.leave(t, "one", 1)[0]
		got := b.claim(t)[0]
		if len(got.Origin) > 0 || len(got.Handled) > 0 || got.Error != "" || !got.Dead.IsZero() {
			t.Errorf("the entry has origin %v, handled %v, error %q, dead %v, want none", got.Origin, got.Handled, got.Error, got.Dead)
		}
		equal(t, "identity", got.ID, e.ID)
	})
	t.Run("may be large", s.large)
	t.Run("has an error of any text, but that NUL may be shown as something else", func(t *testing.T) {
		t.Parallel()
		a, b := s.open(t)
		e := a.add(t, "one", 1)[0]
		e.Error = "no\x00thing"
		a.conclude(t, outbox.Outcome{Entry: e, Verdict: outbox.Again})
		for _, e := range b.wantClaim(t, "after an odd error", e) {
			if !strings.HasPrefix(e.Error, "no") || !strings.HasSuffix(e.Error, "thing") {
				t.Errorf("the error is %q", e.Error)
			}
			b.bury(t, e)
		}
		b.wantStatus(t, 0, 1)
	})
	t.Run("is its own", func(t *testing.T) {
		t.Parallel()
		a, b := s.open(t)
		events := a.add(t, "one", 1)
		want := slices.Clone(events[0].Data)
		events[0].Data[2] = 'x'
		got := b.stored(t, events[0], false)
		if !bytes.Equal(got.Data, want) {
			t.Errorf("what was saved was changed from outside to %s", got.Data)
		}
		got.Data[2] = 'y'
		if again := b.stored(t, events[0], false); !bytes.Equal(again.Data, want) {
			t.Errorf("what was saved was changed by who read it to %s", again.Data)
		}
	})
}

func (s suite) whole(t *testing.T) {
	t.Parallel()
	text := "\u00e4\u4e16\U0001f355 'a' \"b\" \\ % _ $1 ?\n{}"
	want := raise("$where.one|'\u4e16'", 1)[0]
	want.Version = math.MaxInt64
	want.RaisedAt = time.Date(2026, 2, 3, 4, 5, 6, 789012000, time.UTC)
	want.Due = want.RaisedAt.Add(time.Microsecond)
	want.Data = marshal(t, map[string]any{
		"text": text, "nul": "a\x00b", "number": json.Number("12345678901234567890.10"), "<&>": nil,
	})
	want.Origin = map[string]string{
		"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "a=b,c=d",
		"baggage": "k=%E4%BD%A0;p=1", "x.dots.and$dollars": "",
	}
	a, b := s.open(t)
	a.save(t, want.AggregateID, 0, []outbox.Entry{want})
	want.Attempts, want.Held = 1, true
	wantWhole(t, "pending", b.stored(t, want, false), want)

	want.Handled, want.Error = []string{"cooking.Handlers.freeOven", text}, text
	a.conclude(t, outbox.Outcome{Entry: want, Verdict: outbox.Again})
	claimed := b.claim(t)
	if len(claimed) != 1 {
		t.Fatalf("claimed %d entries, want 1", len(claimed))
	}
	want.Attempts, want.Due = 2, claimed[0].Due
	wantWhole(t, "claimed", claimed[0], want)
	b.bury(t, claimed[0])
	dead := a.stored(t, want, true)
	want.Dead, want.Due = dead.Dead, dead.Due
	wantWhole(t, "dead", dead, want)
}

func (s suite) large(t *testing.T) {
	t.Parallel()
	s.needs(t, LargeEntries)
	a, b := s.open(t)
	events := raise("one", 2)
	for i := range events {
		events[i].Data = marshal(t, strings.Repeat("0123456789abcdef", 1<<16))
	}
	a.settle(t, outbox.Untouched, a.save(t, "one", 0, events)...)
	for _, want := range events {
		claimed := b.wantClaim(t, "large ones", want)
		if len(claimed) == 1 && !bytes.Equal(claimed[0].Data, want.Data) {
			t.Error("a megabyte was changed")
		}
		b.settle(t, outbox.Delivered, claimed...)
	}
}

// wantWhole compares all of an entry but Held, which is about the process that has it.
func wantWhole(t *testing.T, what string, got, want outbox.Entry) {
	t.Helper()
	for _, tt := range []struct {
		field     string
		same      bool
		got, want any
	}{
		{"ID", got.ID == want.ID, got.ID, want.ID},
		{"Type", got.Type == want.Type, got.Type, want.Type},
		{"AggregateType", got.AggregateType == want.AggregateType, got.AggregateType, want.AggregateType},
		{"AggregateID", got.AggregateID == want.AggregateID, got.AggregateID, want.AggregateID},
		{"Version", got.Version == want.Version, got.Version, want.Version},
		{"RaisedAt", got.RaisedAt.Equal(want.RaisedAt), got.RaisedAt, want.RaisedAt},
		{"Data", bytes.Equal(got.Data, want.Data), string(got.Data), string(want.Data)},
		{"Origin", maps.Equal(got.Origin, want.Origin), got.Origin, want.Origin},
		{"Attempts", got.Attempts == want.Attempts, got.Attempts, want.Attempts},
		{"Handled", slices.Equal(got.Handled, want.Handled), got.Handled, want.Handled},
		{"Error", got.Error == want.Error, got.Error, want.Error},
		{"Due", got.Due.Equal(want.Due), got.Due, want.Due},
		{"Dead", got.Dead.Equal(want.Dead), got.Dead, want.Dead},
		{"Replays", got.Replays == want.Replays, got.Replays, want.Replays},
	} {
		if !tt.same {
			t.Errorf("%s: %s = %v, want %v", what, tt.field, tt.got, tt.want)
		}
	}
}
