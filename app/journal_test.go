package app_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/neuroglia-go/neuroglia/app"
)

// journal is what happened to the parts of a service, in order.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) write(line string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, line)
}

func (j *journal) want(t *testing.T, want ...string) {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	if !slices.Equal(j.lines, want) {
		t.Errorf("got  %q\nwant %q", j.lines, want)
	}
}

// part returns a part that writes its start and its stop into the journal.
func (j *journal) part(name string) app.Part {
	return app.Part{
		Name:  name,
		Start: func(context.Context) error { j.write("start " + name); return nil },
		Stop:  func(context.Context) error { j.write("stop " + name); return nil },
	}
}

// open returns a part that holds something from the moment it is added: it has no Start.
func (j *journal) open(name string) app.Part {
	p := j.part(name)
	p.Start = nil
	return p
}

// failing returns a part whose start fails with err.
func (j *journal) failing(name string, err error) app.Part {
	p := j.part(name)
	p.Start = func(context.Context) error { j.write("start " + name); return err }
	return p
}

// ending returns a part that ends the service when everything before it has started.
func ending(cancel context.CancelFunc) app.Part {
	return app.Part{Name: "end", Start: func(context.Context) error { cancel(); return nil }}
}

// setup returns a setup that adds the parts.
func setup(parts ...app.Part) app.Setup {
	return func(_ context.Context, h *app.Host) error {
		for _, p := range parts {
			h.Add(p)
		}
		return nil
	}
}
