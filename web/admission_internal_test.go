package web

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// clocked is an admission whose time passes and whose CPU is busy as a test says.
type clocked struct {
	*admission

	t    *testing.T
	time time.Time
	busy time.Duration // that goroutines wait for a CPU
}

func newClocked(t *testing.T, most int) *clocked {
	t.Helper()
	c := &clocked{admission: newAdmission(most, -1), t: t, time: time.Unix(1e9, 0)}
	c.now = func() time.Time { return c.time }
	c.delay = func() time.Duration { return c.busy }
	return c
}

// enterAll lets in as many as possible, and returns them.
func (c *clocked) enterAll() []int {
	c.t.Helper()
	var in []int
	for {
		generation, ok := c.enter(context.Background())
		if !ok {
			return in
		}
		in = append(in, generation)
	}
}

// pass has a service work for some time: all that can be let in are, again and again.
func (c *clocked) pass(d time.Duration) (in int) {
	c.t.Helper()
	for end := c.time.Add(d); c.time.Before(end); c.time = c.time.Add(sampling) {
		all := c.enterAll()
		in = len(all)
		for range all {
			c.leave()
		}
	}
	return in
}

func TestAsManyAreLetInAsTheConfigurationSaysWhileTheCPUKeepsUp(t *testing.T) {
	t.Parallel()
	if got := newClocked(t, 500).pass(time.Second); got != 500 {
		t.Errorf("got %d", got)
	}
}

func TestFewerAreLetInWhileTheCPUDoesNotKeepUpButAlwaysSome(t *testing.T) {
	t.Parallel()
	c := newClocked(t, 1000)
	c.busy = time.Second
	if got, want := c.pass(time.Second), min(1000, perCPU*runtime.GOMAXPROCS(0)); got != want {
		t.Errorf("got %d, want %d", got, want)
	}
}

func TestAMomentWithoutCPUChangesNothing(t *testing.T) {
	t.Parallel()
	c := newClocked(t, 1000)
	c.pass(time.Second)
	c.busy = time.Second
	c.pass(sampling)
	c.busy = 0
	if got := c.pass(time.Second); got != 1000 {
		t.Errorf("got %d", got)
	}
}

func TestTwoMomentsWithoutCPUThatAreNotInARowChangeNothing(t *testing.T) {
	t.Parallel()
	const some = 40
	for name, quiet := range map[string]func(c *clocked){
		"one by one": func(c *clocked) {
			for range 20 {
				c.time = c.time.Add(sampling)
				c.some(1)
			}
		},
		"none": func(c *clocked) { c.time = c.time.Add(time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClocked(t, 1000)
			c.pass(time.Second)
			c.some(1)
			c.busy = time.Second
			c.time = c.time.Add(sampling)
			c.some(some)
			quiet(c)
			c.some(some)
			c.time = c.time.Add(sampling)
			c.some(1)
			if c.limit != 1000 {
				t.Errorf("got a limit of %d", c.limit)
			}
		})
	}
}

// some lets in so many, as long as no time passes.
func (c *clocked) some(n int) {
	c.t.Helper()
	for range n {
		if _, ok := c.enter(context.Background()); !ok {
			c.t.Fatal("a request was shed")
		}
	}
	for range n {
		c.leave()
	}
}

func TestAsManyAreLetInAsBeforeSoonAfterTheCPUKeepsUpAgain(t *testing.T) {
	t.Parallel()
	c := newClocked(t, 1000)
	c.busy = time.Second
	c.pass(time.Second)
	c.busy = 0
	if got := c.pass(4 * time.Second); got != 1000 {
		t.Errorf("got %d after it was always full", got)
	}
	c.busy = time.Second
	c.pass(time.Second)
	c.busy = 0
	c.time = c.time.Add(4 * time.Second)
	if got := len(c.enterAll()); got != 1000 {
		t.Errorf("got %d after it was always empty", got)
	}
}

func TestRequestsThatWaitForTheirClientsAreNotCountedWhenTheyAreOld(t *testing.T) {
	t.Parallel()
	c := newClocked(t, 100)
	slow := c.enterAll()
	for _, one := range slow {
		c.goAway(one)
	}
	if got := len(c.enterAll()); got != 0 {
		t.Errorf("got %d while they are young", got)
	}
	c.time = c.time.Add(2 * generation)
	fast := c.enterAll()
	if got := len(fast); got != 100 {
		t.Errorf("got %d when they are old", got)
	}
	for i := range fast {
		c.comeBack(slow[i])
		c.leave()
		c.leave()
	}
	if got := len(c.enterAll()); got != 100 {
		t.Errorf("got %d when all are gone", got)
	}
}

func TestARequestIsAwayOnceThatWaitsForItsClientTwice(t *testing.T) {
	t.Parallel()
	c := newClocked(t, 2)
	slow := &turn{admission: c.admission, generation: c.enterAll()[0]}
	c.leave()
	c.time = c.time.Add(2 * generation)
	reading, writing := slow.goAway(), slow.goAway()
	if got := len(c.enterAll()); got != 2 {
		t.Errorf("got %d while it is away", got)
	}
	c.leave()
	slow.comeBack(writing)
	if got := len(c.enterAll()); got != 1 {
		t.Errorf("got %d when it is half back", got)
	}
	slow.comeBack(reading)
	c.leave()
	if got := len(c.enterAll()); got != 0 {
		t.Errorf("got %d when it is back", got)
	}
}

func TestTheRuntimeMeasuresHowLongGoroutinesWaitForACPU(t *testing.T) {
	t.Parallel()
	c := newCPU()
	end := time.Now().Add(10 * time.Second)
	var stop atomic.Bool
	defer stop.Store(true)
	for range 20 * runtime.GOMAXPROCS(0) {
		go func() {
			for !stop.Load() {
				continue
			}
		}()
	}
	var delay time.Duration
	for delay < cpuPatience && time.Now().Before(end) {
		runtime.Gosched()
		delay = max(delay, c.delay())
	}
	if delay < cpuPatience {
		t.Errorf("got %v with twenty goroutines per CPU that never pause", delay)
	}
}
