package observability

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"
)

const (
	// stdoutRoom is how many bytes may wait for standard output, in each of two lists: what is filled and what is written.
	stdoutRoom = 2 << 20
	// stdoutPatience is how long a record of an error waits to be written, since the process may be about to end.
	stdoutPatience = 100 * time.Millisecond
)

// stdoutQueue writes to a file in a goroutine of its own, so that nobody waits for a pipe that is not read: a container's
// runtime that hangs, a pager. Lines for which there is no room are dropped and counted, and told about when the file
// takes writes again.
type stdoutQueue struct {
	to   io.Writer
	room int
	tell func(dropped int) // called by the goroutine that writes
	wake chan struct{}

	mu       sync.Mutex
	waiting  []byte
	spare    []byte
	idle     bool
	queued   int // bytes
	done     int // bytes
	progress chan struct{}
	stalled  bool // somebody has waited in vain
	ended    bool
	untold   int
	dropped  int64
}

var _ io.Writer = (*stdoutQueue)(nil)

func newStdoutQueue(to io.Writer, room int, tell func(dropped int)) *stdoutQueue {
	q := &stdoutQueue{to: to, room: room, tell: tell, wake: make(chan struct{}, 1), idle: true}
	go q.run()
	return q
}

// Write implements [io.Writer]. It does not wait, until the queue has been closed with nothing left in it.
func (q *stdoutQueue) Write(line []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.ended && q.done == q.queued {
		return q.to.Write(line) //nolint:wrapcheck // a writer hands on
	}
	if len(q.waiting)+len(line) > q.room {
		q.dropped++
		q.untold++
		return len(line), nil
	}
	q.waiting = append(q.waiting, line...)
	q.queued += len(line)
	if q.idle {
		q.idle = false
		q.wake <- struct{}{}
	}
	return len(line), nil
}

// run writes what is waiting until the queue is closed.
func (q *stdoutQueue) run() {
	for range q.wake {
		for {
			lines, untold := q.take()
			if len(lines) == 0 {
				break
			}
			n, err := q.to.Write(lines)
			if err != nil {
				untold += q.lose(lines[n:])
			}
			if untold > 0 {
				q.tell(untold)
			}
			q.wrote(lines)
		}
		if q.finished() {
			return
		}
	}
}

// take returns all lines that wait, and how many drops there were that nobody was told about. It makes the queue idle if
// there are none.
func (q *stdoutQueue) take() (lines []byte, untold int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	lines, q.waiting, q.spare = q.waiting, q.spare[:0], nil
	if len(lines) == 0 {
		q.idle, q.spare = true, lines
		return nil, 0
	}
	untold, q.untold = q.untold, 0
	return lines, untold
}

func (q *stdoutQueue) wrote(lines []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.spare, q.stalled = lines, false
	q.done += len(lines)
	if q.progress != nil {
		close(q.progress)
		q.progress = nil
	}
}

func (q *stdoutQueue) finished() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.ended
}

// lose counts lines that the file did not take.
func (q *stdoutQueue) lose(lines []byte) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := bytes.Count(lines, []byte{'\n'})
	q.dropped += int64(n)
	return n
}

// flush waits until what has been queued is written, for a time at most. While the file takes nothing, only the first
// who comes waits.
func (q *stdoutQueue) flush(most time.Duration) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	target, deadline := q.queued, time.NewTimer(most)
	defer deadline.Stop()
	for q.done < target {
		if q.stalled {
			return false
		}
		if q.progress == nil {
			q.progress = make(chan struct{})
		}
		progress := q.progress
		q.mu.Unlock()
		select {
		case <-progress:
			q.mu.Lock()
		case <-deadline.C:
			q.mu.Lock()
			q.stalled = q.done < target
		}
	}
	return true
}

// lost returns how many lines were dropped.
func (q *stdoutQueue) lost() int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.dropped
}

// close waits until everything is written, for a time at most. From then on lines are written at once, or dropped if the
// file still takes none.
func (q *stdoutQueue) close(most time.Duration) {
	q.mu.Lock()
	q.stalled = false
	q.mu.Unlock()
	q.flush(most)
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended = true
	if q.idle {
		q.idle = false
		q.wake <- struct{}{}
	}
}

// stdout is where log records and console exporters write.
type stdout struct {
	io.Writer
	handler slog.Handler
	queue   *stdoutQueue // nil unless it is a file
}

// newStdout puts a queue before a file, but before nothing else: a writer of somebody's own may be read at any time.
func newStdout(w io.Writer, level slog.Leveler) *stdout {
	f, ok := w.(*os.File)
	if !ok {
		return &stdout{Writer: w, handler: slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level})}
	}
	tell := slog.New(newFileHandler(f, f, slog.LevelInfo))
	queue := newStdoutQueue(f, stdoutRoom, func(dropped int) {
		tell.Warn("standard output was not read in time, and log records were dropped", "dropped", dropped)
	})
	return &stdout{Writer: queue, handler: newFileHandler(f, queue, level), queue: queue}
}

// newFileHandler writes to w, on its way to f, text for people and JSON for machines.
func newFileHandler(f *os.File, w io.Writer, level slog.Leveler) slog.Handler {
	opts := &slog.HandlerOptions{Level: level}
	if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		return slog.NewTextHandler(w, opts)
	}
	return slog.NewJSONHandler(w, opts)
}

// written waits a little until what was written has arrived.
func (s *stdout) written() {
	if s.queue != nil {
		s.queue.flush(stdoutPatience)
	}
}

// close waits until what was written has arrived, for a time at most, and ends the queue.
func (s *stdout) close() {
	if s.queue != nil {
		s.queue.close(time.Second)
	}
}

// lost is how many records have been dropped.
func (s *stdout) lost() int64 {
	if s.queue == nil {
		return 0
	}
	return s.queue.lost()
}
