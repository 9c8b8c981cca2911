package observabilitytest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
)

// ending is a testing.TB whose end is not that of the test.
type ending struct {
	failures
	failed   bool
	cleanups []func()
}

func (e *ending) Failed() bool { return e.failed }

func (e *ending) Cleanup(f func()) { e.cleanups = append(e.cleanups, f) }

func (e *ending) end() {
	for _, f := range slices.Backward(e.cleanups) {
		f()
	}
}

func TestASpanThatHasNotEndedFailsTheTest(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		opts   []observabilitytest.Option
		failed bool
		want   string
	}{
		"by default":     {want: "span Command.PlaceOrder INTERNAL (not ended)"},
		"allowed":        {opts: []observabilitytest.Option{observabilitytest.AllowUnended()}},
		"failed already": {failed: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := &ending{failures: failures{TB: t}, failed: test.failed}
			tracer := observabilitytest.New(e, test.opts...).Providers().Tracer.Tracer("pizzas")
			ctx, _ := tracer.Start(t.Context(), "Command.PlaceOrder") //nolint:spancheck // it is to be found not ended
			_, ended := tracer.Start(ctx, "Repository.add")
			ended.End()
			e.end()
			if got := strings.Join(e.texts, "\n"); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
