package web

import (
	"container/list"
	"context"
	"runtime"
	"sync"
	"time"
)

const (
	generation  = 500 * time.Millisecond // requests are old after one to two of them
	sampling    = 50 * time.Millisecond  // between two looks at the CPU
	cpuPatience = 20 * time.Millisecond  // that goroutines may wait for a CPU all the time
	perCPU      = 8                      // requests that are always let in, for each CPU
)

// admission decides which requests are handled now, which wait for their turn and which are shed.
//
// There are two limits of how many are handled at once. The one that is configured bounds the memory when requests wait for
// something slow, such as a database. The other one protects the CPU: it falls while goroutines wait too long for a CPU, and
// rises when they do not. As many as are handled may wait, in order, for a short time: a queue is for bursts.
type admission struct {
	most  int
	wait  time.Duration
	delay func() time.Duration // that goroutines waited for a CPU since the call before
	now   func() time.Time

	mu      sync.Mutex
	all     int           // requests being handled, but for old ones that wait for their clients
	away    [2]int        // those that wait for their clients, of this generation and of the one before
	number  int           // of this generation
	began   time.Time     // this generation
	limit   int           // of all, for the CPU
	peak    int           // of all since the CPU was looked at
	looked  time.Time     // at the CPU
	delayed time.Duration // when it was looked at
	late    time.Duration // the same, if there were many requests
	queue   list.List     // of *waiting
}

// waiting is a request that waits for its turn.
type waiting struct {
	admitted   chan struct{} // closed when it is its turn
	generation int
}

func newAdmission(most int, wait time.Duration) *admission {
	return &admission{most: most, wait: wait, limit: most, delay: newCPU().delay, now: time.Now}
}

// enter waits until a request may be handled. It returns when the request came, and false if the request is shed.
func (a *admission) enter(ctx context.Context) (int, bool) {
	a.mu.Lock()
	a.tick()
	if a.queue.Len() == 0 && a.free() {
		generation, crowded := a.admit(), a.limit < a.most || a.delayed > cpuPatience
		a.mu.Unlock()
		if crowded {
			runtime.Gosched() // lets in who waits for a CPU: nobody would be counted if each were done before the next comes
		}
		return generation, true
	}
	if a.queue.Len() >= a.limit || a.wait <= 0 {
		a.mu.Unlock()
		return 0, false
	}
	w := &waiting{admitted: make(chan struct{})}
	place := a.queue.PushBack(w)
	a.mu.Unlock()
	timer := time.NewTimer(a.wait)
	defer timer.Stop()
	select {
	case <-w.admitted:
		return w.generation, true
	case <-timer.C:
	case <-ctx.Done():
	}
	return a.giveUp(w, place)
}

func (a *admission) giveUp(w *waiting, place *list.Element) (int, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	select {
	case <-w.admitted: // in this moment
		return w.generation, true
	default:
		a.queue.Remove(place)
		return 0, false
	}
}

// leave says that a request has been handled.
func (a *admission) leave() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all--
	a.tick()
}

// goAway says that a request waits for its client, and comeBack that it does not any more. When it is old, somebody else
// takes its place meanwhile: slow clients keep nobody out.
func (a *admission) goAway(generation int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if age := a.number - generation; age < len(a.away) {
		a.away[age]++
	} else {
		a.all--
	}
}

func (a *admission) comeBack(generation int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if age := a.number - generation; age < len(a.away) {
		a.away[age]--
	} else {
		a.all++
	}
}

func (a *admission) free() bool { return a.all < a.limit }

func (a *admission) admit() int {
	a.all++
	a.peak = max(a.peak, a.all)
	return a.number
}

// tick does what time brings: requests grow old, the limit follows the CPU, and those who wait have their turn.
func (a *admission) tick() {
	now := a.now()
	for passed := min(2, int(now.Sub(a.began)/generation)); passed > 0; passed-- {
		a.all -= a.away[1]
		a.away = [2]int{0, a.away[0]}
		a.number++
		a.began = now
	}
	if since := now.Sub(a.looked); since >= sampling {
		a.looked = now
		a.adapt(since)
		a.peak = a.all
	}
	for a.queue.Len() > 0 && a.free() {
		w := a.queue.Remove(a.queue.Front()).(*waiting) //nolint:forcetypeassert // nothing else is in it
		w.generation = a.admit()
		close(w.admitted)
	}
}

// adapt sets the limit after some time. It falls by as much as goroutines wait too long, and rises by a tenth. They wait too
// long if they did twice in a row, while there were many requests: the first time it may have been a burst, or another
// process that had the CPU. What was measured over a long time is of no moment.
func (a *admission) adapt(since time.Duration) {
	least := min(perCPU*runtime.GOMAXPROCS(0), a.most)
	before := a.late
	a.delayed, a.late = a.delay(), 0
	if a.peak >= least && since < 2*generation {
		a.late = a.delayed
	}
	if delay := min(before, a.late); delay > cpuPatience {
		const gently, hard = 0.9, 0.5
		share := min(gently, max(hard, float64(cpuPatience)/float64(delay)))
		a.limit = max(least, int(share*float64(min(a.limit, a.peak))))
		return
	}
	const rise = 10
	for ; since >= sampling && a.limit < a.most; since -= sampling {
		a.limit = min(a.most, a.limit+a.limit/rise+1)
	}
}
