package boards_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/dashboards/boards"
	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	mario "github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/observability"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

func TestEveryDeclaredMetricIsShown(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, board := range boards.All() {
		text, err := board.JSON()
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	for _, m := range slices.Concat(registry.Metrics(), mario.Metrics()) {
		if !regexp.MustCompile(promql.Name(m) + `(_bucket|_sum|_count)?\{`).MatchString(all.String()) {
			t.Errorf("no dashboard shows %s", m.Name)
		}
	}
}
