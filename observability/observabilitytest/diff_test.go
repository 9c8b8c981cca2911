package observabilitytest_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
)

// failures is a testing.TB that remembers failures instead of failing.
type failures struct {
	testing.TB
	texts []string
}

func (f *failures) Helper() {}

func (f *failures) Errorf(format string, args ...any) {
	f.texts = append(f.texts, fmt.Sprintf(format, args...))
}

func TestDiffIgnoresIndentationAndBlankEnds(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"flush":    "a\n  b\nc\n",
		"indented": "\n\t\ta\n\t\t  b\n\t\tc\n\t",
		"blanks":   "  a  \n    b\t\n  c\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &failures{TB: t}
			observabilitytest.Diff(f, "a\n  b\nc\n", want)
			if len(f.texts) > 0 {
				t.Error(f.texts)
			}
		})
	}
}

func TestDiffShowsTheLinesThatDiffer(t *testing.T) {
	t.Parallel()
	f := &failures{TB: t}
	observabilitytest.Diff(f, "a\n  b\nc\n", "a\n  x\nc\nd\n")
	got := strings.Join(f.texts, "\n")
	want := "  a\n-   b\n+   x\n  c\n+ d\n"
	if !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant it to contain\n%s", got, want)
	}
}

func TestEventuallyWaitsForTheText(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	observabilitytest.Eventually(t, func() string {
		if calls.Add(1) < 3 {
			return "not yet"
		}
		return "done"
	}, "done")
}

func FuzzDiffOfATextWithItselfIsEmpty(f *testing.F) {
	f.Add("a\n b\n\n\tc")
	f.Fuzz(func(t *testing.T, text string) {
		rec := &failures{TB: t}
		observabilitytest.Diff(rec, text, text)
		if len(rec.texts) > 0 {
			t.Error(rec.texts)
		}
	})
}
