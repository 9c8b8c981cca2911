package letters

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/neuroglia-go/neuroglia/outbox"
)

// Table prints entries, a line each.
func Table(w io.Writer, entries []outbox.Entry, now time.Time) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tTYPE\tAGGREGATE\tAGE\tATTEMPTS\tREPLAYS\tERROR")
	for _, e := range entries {
		fmt.Fprintf(table, "%s\t%s\t%s %s\t%s\t%d\t%d\t%s\n", e.ID, e.Type, e.AggregateType, printable(e.AggregateID),
			age(now.Sub(e.RaisedAt)), e.Attempts, e.Replays, cut(printable(e.Error), 60))
	}
	return table.Flush() //nolint:wrapcheck // of the writer
}

// age is a duration as people say it: with two units at most.
func age(d time.Duration) string {
	switch {
	case d < time.Hour:
		return d.Round(time.Second).String()
	case d < 48*time.Hour:
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}

// printable keeps control characters of an error or identity from the terminal.
func printable(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, text)
}

func cut(text string, longest int) string {
	runes := []rune(text)
	if len(runes) <= longest {
		return text
	}
	return string(runes[:longest-3]) + "..."
}

// Letter prints all about an entry; what is in the event, which may be personal, on request.
func Letter(w io.Writer, e outbox.Entry, now time.Time, withData bool) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(table, "%s\t%s\n", name, value)
		}
	}
	line("event", e.ID)
	line("type", e.Type)
	line("aggregate", fmt.Sprintf("%s %s, version %d", e.AggregateType, printable(e.AggregateID), e.Version))
	line("raised", moment(e.RaisedAt, now))
	line("given up", moment(e.Dead, now))
	if e.Dead.IsZero() {
		line("due", moment(e.Due, now))
	}
	line("attempts", strconv.Itoa(e.Attempts))
	line("replays", strconv.Itoa(e.Replays))
	line("handled by", strings.Join(slices.Sorted(slices.Values(e.Handled)), ", "))
	line("error", printable(e.Error))
	line("trace", traceID(e))
	if withData {
		var indented bytes.Buffer
		if json.Indent(&indented, e.Data, "  ", "  ") != nil {
			indented.Reset()
			fmt.Fprintf(&indented, "%q", e.Data)
		}
		line("data", indented.String())
	} else {
		line("data", fmt.Sprintf("%d bytes; --data shows them", len(e.Data)))
	}
	return table.Flush() //nolint:wrapcheck // of the writer
}

func moment(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	if t.After(now) {
		return fmt.Sprintf("%s (in %s)", t.UTC().Format(time.RFC3339), age(t.Sub(now)))
	}
	return fmt.Sprintf("%s (%s ago)", t.UTC().Format(time.RFC3339), age(now.Sub(t)))
}

// traceID is that of the trace that the event was raised in.
func traceID(e outbox.Entry) string {
	parts := strings.Split(e.Origin["traceparent"], "-")
	if len(parts) != 4 {
		return ""
	}
	return parts[1]
}

// document is an entry as --json has it.
type document struct {
	ID            string          `json:"id"`
	Type          string          `json:"type"`
	AggregateType string          `json:"aggregate_type"`
	AggregateID   string          `json:"aggregate_id"`
	Version       int64           `json:"version"`
	RaisedAt      time.Time       `json:"raised_at"`
	DeadAt        time.Time       `json:"dead_at,omitzero"`
	Due           time.Time       `json:"due,omitzero"`
	Attempts      int             `json:"attempts"`
	Replays       int             `json:"replays"`
	Handled       []string        `json:"handled"`
	Error         string          `json:"error,omitempty"`
	TraceID       string          `json:"trace_id,omitempty"`
	Data          json.RawMessage `json:"data,omitempty"`
}

// JSON prints entries, a line each.
func JSON(w io.Writer, entries []outbox.Entry, withData bool) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for _, e := range entries {
		d := document{
			ID: e.ID, Type: e.Type, AggregateType: e.AggregateType, AggregateID: e.AggregateID, Version: e.Version,
			RaisedAt: e.RaisedAt.UTC(), DeadAt: e.Dead, Attempts: e.Attempts, Replays: e.Replays,
			Handled: append([]string{}, e.Handled...), Error: e.Error, TraceID: traceID(e),
		}
		if e.Dead.IsZero() {
			d.Due = e.Due.UTC()
		}
		if withData && json.Valid(e.Data) {
			d.Data = e.Data
		}
		if err := out.Encode(d); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	return nil
}
