package web_test

import (
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/web"
)

type Measure struct {
	mediator.Command[mediator.None]
	Values map[string][]int `json:"values,omitempty"`
	Inner  *Measured        `json:"inner,omitempty"`
}

type Measured struct {
	Inner  *Measured `json:"inner,omitempty"`
	Values []int     `json:"values,omitempty"`
}

// TestBodiesDoNotFillTheMemory is not parallel: it looks at what has been allocated.
func TestBodiesDoNotFillTheMemory(t *testing.T) { //nolint:paralleltest // see above
	p := newPizzeria(t, nil)
	web.Post[Measure](p.API, "/measures")
	wrong := strings.Repeat(`"",`, 100_000) + `""`
	for name, body := range map[string]string{
		"long key": `{"values":{"` + strings.Repeat("k", 100_000) + `":[` + wrong + `]}}`,
		"deep":     strings.Repeat(`{"inner":`, 5000) + `{"values":[` + wrong + `]}` + strings.Repeat("}", 5000),
		"wide":     `{"values":{"a":[` + wrong + `]}}`,
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		status, _, answer := p.ask(t, "POST", "/measures", body)
		runtime.ReadMemStats(&after)
		if status != http.StatusUnprocessableEntity {
			t.Errorf("%s: got %d %s", name, status, answer)
		}
		if mib := (after.TotalAlloc - before.TotalAlloc) >> 20; mib > 200 {
			t.Errorf("%s: %d MiB were allocated", name, mib)
		}
	}
}
