// Package letters looks after the dead letters of an outbox.
package letters

import (
	"context"
	"errors"
	"fmt"
	"io"

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
