// Package letters looks after the dead letters of an outbox.
package letters

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/neuroglia-go/neuroglia/outbox"
)

// batch is how many letters are read, replayed or discarded in one step.
const batch = 100

// Select returns the letters that match, page by page, at most limit of them; 0 means all.
func Select(ctx context.Context, log outbox.Letters, f outbox.Filter, limit int) ([]outbox.Entry, error) {
	var all []outbox.Entry
	for {
		f.Limit = batch
		if limit > 0 {
			f.Limit = min(batch, limit-len(all))
		}
		page, err := log.List(ctx, f)
		if err != nil {
			return nil, fmt.Errorf("list: %w", err)
		}
		all = append(all, page...)
		if len(page) < f.Limit || limit > 0 && len(all) == limit {
			return all, nil
		}
		f.After = page[len(page)-1].ID
	}
}

// Action is what can be done with dead letters.
type Action struct {
	Verb, Done string // such as "replay" and "replayed"
	do         func(context.Context, []string) (int, error)
}

// Replay puts dead letters back, for a relay to deliver. They keep the trace they were raised in as a link.
func Replay(log outbox.Letters) Action { return Action{"replay", "replayed", log.Replay} }

// Discard deletes dead letters, for ever.
func Discard(log outbox.Letters) Action { return Action{"discard", "discarded", log.Discard} }

// Outbox is both sides of a driver.
type Outbox interface {
	outbox.Log
	outbox.Letters
}

// Bury makes dead letters of pending events of a type, for types that no process handles any more: until then, they keep the
// events behind them from being delivered. It returns how many there were. Events that a process is delivering, that wait for
// their next attempt or that are behind others are left alone.
func Bury(ctx context.Context, log Outbox, eventType string, ids []string) (int, error) {
	for buried := 0; ; {
		claimed, _, err := log.Claim(ctx, []string{eventType}, batch)
		if err != nil {
			return buried, fmt.Errorf("claim: %w", err)
		}
		outcomes, dead := make([]outbox.Outcome, 0, len(claimed)), 0
		for _, e := range claimed {
			verdict := outbox.Untouched
			if len(ids) == 0 || slices.Contains(ids, e.ID) {
				verdict, e.Error = outbox.Dead, "given up by hand"
				dead++
			}
			outcomes = append(outcomes, outbox.Outcome{Entry: e, Verdict: verdict})
		}
		if err := log.Settle(context.WithoutCancel(ctx), outcomes); err != nil {
			return buried, fmt.Errorf("settle: %w", err)
		}
		if buried += dead; dead == 0 {
			return buried, nil
		}
	}
}

// Run does it with the letters in steps, and shows how far it is. It returns how many it was done with: letters that
// somebody else replayed or discarded meanwhile are not counted. What is done stays done if a step fails.
func (a Action) Run(ctx context.Context, entries []outbox.Entry, progress io.Writer) (int, error) {
	done := 0
	for at := 0; at < len(entries); at += batch {
		if err := ctx.Err(); err != nil {
			return done, errors.New("interrupted")
		}
		ids := make([]string, 0, batch)
		for _, e := range entries[at:min(at+batch, len(entries))] {
			ids = append(ids, e.ID)
		}
		n, err := a.do(ctx, ids)
		done += n
		if err != nil {
			return done, fmt.Errorf("%s: %w", a.Verb, err)
		}
		fmt.Fprintf(progress, "\r\x1b[K%s %d of %d", a.Done, done, len(entries))
	}
	fmt.Fprint(progress, "\r\x1b[K")
	return done, nil
}
