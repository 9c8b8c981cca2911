package baddays_test

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// pizzeria is the processes of one pizzeria.
type pizzeria struct {
	database, bus string
	workers       []*process
}

// open starts the processes of a pizzeria with these roles, one for each time that a role is named, and waits until they
// are ready. They are killed at the end of the test.
func open(t *testing.T, database, bus string, roles ...string) *pizzeria {
	t.Helper()
	p := &pizzeria{database: database, bus: bus}
	t.Cleanup(func() {
		for _, w := range p.workers {
			w.kill()
		}
	})
	dir := t.TempDir()
	for _, role := range roles {
		p.workers = append(p.workers, p.worker(t, dir, role, "127.0.0.1"))
	}
	for _, w := range p.workers {
		w.launch(t)
	}
	for _, w := range p.workers {
		w.ready(t)
	}
	return p
}

// worker returns a process with this role, which a program may start that is given by its arguments.
func (p *pizzeria) worker(t *testing.T, dir, role, host string, starter ...string) *process {
	t.Helper()
	address := fmt.Sprintf("%s:%d", host, freePort(t))
	return &process{
		name: role, args: append(starter, built.pizzeria, "--role", role), dir: dir, url: "http://" + address + "/readyz",
		env: []string{
			"HTTP_ADDR=" + address, "DATABASE_URL=" + p.database, "BUS_URL=" + p.bus, "CREW=auto",
			"COOKING_TIME=50ms", "DELIVERY_TIME=20ms", "OTEL_SDK_DISABLED=true",
		},
	}
}

// hire adds a process to a pizzeria that is open.
func (p *pizzeria) hire(t *testing.T, role, host string, starter ...string) *process {
	t.Helper()
	w := p.worker(t, t.TempDir(), role, host, starter...)
	p.workers = append(p.workers, w)
	w.launch(t)
	w.ready(t)
	return w
}

// fronts are the addresses that orders are placed at.
func (p *pizzeria) fronts() []string {
	var urls []string
	for _, w := range p.workers {
		if w.name == "api" || w.name == "all" {
			urls = append(urls, w.url[:len(w.url)-len("/readyz")])
		}
	}
	return urls
}

// killing kills the processes at random, as kill -9 does, and starts each again at once, until ctx ends. It returns how many
// it killed.
func (p *pizzeria) killing(ctx context.Context, t *testing.T) int {
	t.Helper()
	kills := 0
	for dice := uint64(time.Now().UnixNano()); ; kills++ {
		dice = dice*6364136223846793005 + 1442695040888963407
		select {
		case <-ctx.Done():
			return kills
		case <-time.After(300*time.Millisecond + time.Duration(dice>>32%1200)*time.Millisecond):
		}
		w := p.workers[dice>>40%uint64(len(p.workers))]
		w.kill()
		w.launch(t)
	}
}

// busyDay has customers order while something bad happens.
func (p *pizzeria) busyDay(t *testing.T, bad func(context.Context)) *customers {
	t.Helper()
	c := newCustomers(p.fronts())
	ctx, cancel := context.WithTimeout(t.Context(), day(t))
	defer cancel()
	done := make(chan struct{})
	go func() { defer close(done); c.order(ctx, 10) }()
	bad(ctx)
	<-done
	return c
}
