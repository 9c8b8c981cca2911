package simulate

import (
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"
)

// report says how things are, until stop is closed: every second in one line of a terminal, else every ten seconds and
// when the pizzeria stops answering or answers again.
func (s *simulation) report(w io.Writer, stop <-chan struct{}) {
	live := terminal(w)
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	down, width := false, 0
	for n := 1; ; n++ {
		select {
		case <-stop:
			if live {
				fmt.Fprint(w, "\r", strings.Repeat(" ", width), "\r")
			}
			return
		case now := <-ticker.C:
			since, _ := s.client.outage()
			changed := down == since.IsZero()
			down = !since.IsZero()
			line := s.line(now)
			switch {
			case live:
				fmt.Fprint(w, "\r", line, strings.Repeat(" ", max(0, width-len(line))))
				width = len(line)
			case changed || n%10 == 0:
				fmt.Fprintln(w, line)
			}
		}
	}
}

// terminal reports whether somebody watches w.
func terminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// line is the state of things.
func (s *simulation) line(now time.Time) string {
	t, open := s.book.read()
	text := fmt.Sprintf("%s: %d placed, %d open, %d delivered, %d cancelled, %d refused, %d failed",
		now.Sub(s.begin).Round(time.Second), t.placed, open, t.delivered, t.cancelled, t.refused, t.failed)
	if since, trouble := s.client.outage(); !since.IsZero() {
		return text + fmt.Sprintf("; no answer for %s: %s", now.Sub(since).Round(time.Second), trouble)
	}
	_, _, p95 := s.client.latencies()
	text += fmt.Sprintf(", p95 %s", short(p95))
	if t.away > 0 {
		text += fmt.Sprintf(", %d went away (too many were waiting)", t.away)
	}
	return text
}

// Summary is what came of a run.
type Summary struct {
	Took time.Duration
	Seed uint64

	Placed    int // orders that the pizzeria took
	Found     int // orders of an earlier run, of others, or of customers who did not wait for the answer
	Delivered int
	Cancelled int
	Lost      int // orders that the pizzeria does not know any more
	Open      int // orders that were in hand at the end
	Refused   int // attempts to order that the pizzeria or the payment service refused
	Failed    int // attempts to order that failed, or had no answer
	GaveUp    int // customers who did not wait for the answer
	Away      int // customers who did not come in, because too many were waiting

	Calls    int // with an answer
	Mistakes int // calls made wrong on purpose
	P50, P95 time.Duration

	hint string
}

func (s *simulation) summary() Summary {
	t, open := s.book.read()
	sum := Summary{
		Took: time.Since(s.begin), Seed: s.config.Seed,
		Placed: t.placed, Found: t.found, Delivered: t.delivered, Cancelled: t.cancelled, Lost: t.lost, Open: open,
		Refused: t.refused, Failed: t.failed, GaveUp: t.gaveUp, Away: t.away, Mistakes: t.mistakes,
	}
	sum.Calls, sum.P50, sum.P95 = s.client.latencies()
	if s.payments != nil && t.placed > 0 && s.payments.charged() == 0 {
		sum.hint = "no charge arrived: start the pizzeria with PAYMENT_URL=http://" + s.config.Payment + "\n"
	}
	return sum
}

// String is the summary for people.
func (s Summary) String() string {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "ran\t%s, seed %d\n", s.Took.Round(100*time.Millisecond), s.Seed)
	for _, row := range []struct {
		name    string
		n       int
		meaning string
		always  bool
	}{
		{"placed", s.Placed, "", true},
		{"found", s.Found, "placed before, by others, or by customers who gave up", false},
		{"delivered", s.Delivered, "", true},
		{"cancelled", s.Cancelled, "", true},
		{"open", s.Open, "the next run goes on with them", false},
		{"lost", s.Lost, "the pizzeria does not know them any more", false},
		{"refused", s.Refused, "not placed: invalid, or not paid", true},
		{"failed", s.Failed, "not placed: the pizzeria failed or did not answer", true},
		{"gave up", s.GaveUp, "customers who did not wait for the answer", false},
		{"went away", s.Away, "customers who found too many others waiting", false},
	} {
		switch {
		case row.n > 0 && row.meaning != "":
			fmt.Fprintf(table, "%s\t%d\t%s\n", row.name, row.n, row.meaning)
		case row.n > 0 || row.always:
			fmt.Fprintf(table, "%s\t%d\n", row.name, row.n)
		}
	}
	fmt.Fprintf(table, "calls\t%d\t%d of them wrong on purpose; p50 %s, p95 %s\n", s.Calls, s.Mistakes, short(s.P50), short(s.P95))
	_ = table.Flush() // into memory
	return text.String() + s.hint
}

// short is a time with two digits or three.
func short(d time.Duration) time.Duration {
	unit := time.Microsecond
	for d >= 1000*unit {
		unit *= 10
	}
	return d.Round(unit)
}
