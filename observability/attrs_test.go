package observability_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/observability"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
)

func TestOfAttributesWithTheSameKeyOneIsWritten(t *testing.T) {
	t.Parallel()
	o := newOutputs(slog.LevelInfo, "all", "bag")
	ctx := withBaggage(t, observability.With(t.Context(), slog.String("all", "scope"), slog.String("scope", "scope"),
		slog.String("logger", "scope")), "all", "baggage", "bag", "baggage")
	logger := o.With("all", "first").With("all", "logger", "logger", "logger", slog.Group("g", "a", 1, "b", 1))
	logger.InfoContext(ctx, "record", "all", "record", "twice", 1, "twice", 2)
	logger.InfoContext(ctx, "logger", slog.Group("g", "b", 2), slog.Group("", "inline", 1, "logger", "record"))
	logger.WithGroup("g").With("c", 3).InfoContext(ctx, "group", "c", 4, "all", "in the group")
	for line := range strings.Lines(o.stdout.String()) {
		if n := strings.Count(line, `"all":"`); n > 2 || n == 2 && !strings.Contains(line, "in the group") {
			t.Errorf("got a key twice in %s", line)
		}
	}
	observabilitytest.Diff(t, o.export.String(), `
		INFO record all=record bag=baggage g={"a":1,"b":1} logger=logger scope=scope twice=2
		INFO logger all=logger bag=baggage g={"a":1,"b":2} inline=1 logger=record scope=scope
		INFO group all=logger bag=baggage g={"a":1,"all":"in the group","b":1,"c":4} logger=logger scope=scope
	`)
	observabilitytest.Diff(t, o.written(t), `
		{"all":"record","bag":"baggage","g":{"a":1,"b":1},"level":"INFO","logger":"logger","msg":"record","scope":"scope","twice":2}
		{"all":"logger","bag":"baggage","g":{"a":1,"b":2},"inline":1,"level":"INFO","logger":"record","msg":"logger","scope":"scope"}
		{"all":"logger","bag":"baggage","g":{"a":1,"all":"in the group","b":1,"c":4},"level":"INFO","logger":"logger","msg":"group","scope":"scope"}
	`)
}
