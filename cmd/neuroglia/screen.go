package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/neuroglia-go/neuroglia/cmd/neuroglia/doctor"
)

// screen shows a run as it goes: a line per check, and on a terminal what is being waited for.
type screen struct {
	out, progress io.Writer
	began         time.Time
	shown         bool // whether there is a progress line to be wiped out
}

func newScreen(stdout, stderr io.Writer, quiet bool) *screen {
	s := &screen{out: stdout, progress: io.Discard, began: time.Now()}
	if terminal(stderr) {
		s.progress = stderr
	}
	if quiet {
		s.out = io.Discard
	}
	return s
}

func terminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Waiting shows what is being waited for.
func (s *screen) Waiting(title string) {
	s.shown = true
	fmt.Fprintf(s.progress, "\r\x1b[K… %s? (%.0fs)", title, time.Since(s.began).Seconds())
}

// Told shows a result.
func (s *screen) Told(r doctor.Result) {
	s.wipe()
	took := time.Duration(r.Milliseconds) * time.Millisecond
	switch r.Status {
	case doctor.Passed:
		fmt.Fprintf(s.out, "✓ %-42s %6.2fs  %s\n", r.Title, took.Seconds(), r.Detail)
	case doctor.Skipped:
		fmt.Fprintf(s.out, "- %-42s          skipped: %s\n", r.Title, r.Detail)
	case doctor.NotChecked:
		fmt.Fprintf(s.out, "· %-42s          not checked: %s\n", r.Title, r.Detail)
	case doctor.Failed:
		fmt.Fprintf(s.out, "✗ %-42s %6.2fs  %s\n", r.Title, took.Seconds(), r.Hop)
		fmt.Fprintf(s.out, "    %s\n", r.Detail)
		if r.Advice != "" {
			fmt.Fprintf(s.out, "    → %s\n", r.Advice)
		}
	}
}

func (s *screen) end(r doctor.Report) {
	s.wipe()
	if r.Interrupted {
		fmt.Fprint(s.out, "\nInterrupted.")
	}
	fmt.Fprintf(s.out, "\n%d passed, %d failed, %d skipped, %d not checked, in %.1fs. Run %s, trace %s.\n",
		r.Count(doctor.Passed), r.Count(doctor.Failed), r.Count(doctor.Skipped), r.Count(doctor.NotChecked),
		float64(r.Milliseconds)/1000, r.Run, r.TraceID)
}

// wipe removes the progress line.
func (s *screen) wipe() {
	if s.shown {
		fmt.Fprint(s.progress, "\r\x1b[K")
		s.shown = false
	}
}
