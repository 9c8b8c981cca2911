package observability

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"
)

// stdoutRoom is how many bytes may wait for standard output, in each of two lists: what is filled and what is written.
const stdoutRoom = 2 << 20

// stdoutQueue writes lines to a file at once, as long as it takes them without waiting. While it does not, as a pipe that
// nobody reads, lines wait in memory, those for which there is no room are dropped and counted, and that is told when the
// file takes lines again. So nobody waits for standard output, and what was logged before a process ends is there unless
// the file was behind.
type stdoutQueue struct {
	to    io.Writer
	takes func() bool // reports whether a piece can be written without waiting
	room  int
	tell  func(dropped int) // called by the goroutine that writes what waits

	mu      sync.Mutex
	waiting []byte
	spare   []byte
	written chan struct{} // closed when nothing waits any more; nil if nothing does
	untold  int
	dropped int64
}

var _ io.Writer = (*stdoutQueue)(nil)

func newStdoutQueue(to io.Writer, takes func() bool, room int, tell func(dropped int)) *stdoutQueue {
	return &stdoutQueue{to: to, takes: takes, room: room, tell: tell}
}

// Write implements [io.Writer]. It does not wait.
func (q *stdoutQueue) Write(line []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.written == nil {
		left := q.writeNow(line)
		if len(left) > 0 {
			q.waiting, q.written = append(q.waiting, left...), make(chan struct{})
			go q.writeWaiting(q.written)
		}
		return len(line), nil
	}
	if len(q.waiting) > 0 && len(q.waiting)+len(line) > q.room {
		q.dropped++
		q.untold++
		return len(line), nil
	}
	q.waiting = append(q.waiting, line...)
	return len(line), nil
}

// writeNow writes as much of a line as the file takes without waiting, and returns what is left.
func (q *stdoutQueue) writeNow(line []byte) (left []byte) {
	for left = line; len(left) > 0 && q.takes(); {
		n, err := q.to.Write(piece(left))
		left = left[n:]
		if err != nil {
			q.dropped++
			q.untold++
			return nil
		}
	}
	return left
}

// piece is as much of lines as can be written in one piece: whole ones, if they are not too long, so that lines of another
// process, or of standard error, do not get into them.
func piece(lines []byte) []byte {
	if len(lines) <= atomicWrite {
		return lines
	}
	if end := bytes.LastIndexByte(lines[:atomicWrite], '\n'); end >= 0 {
		return lines[:end+1]
	}
	return lines[:atomicWrite]
}

// writeWaiting writes until nothing waits any more.
func (q *stdoutQueue) writeWaiting(written chan struct{}) {
	defer close(written)
	for {
		lines, untold := q.take()
		if len(lines) == 0 {
			return
		}
		for left := lines; len(left) > 0; {
			n, err := q.to.Write(piece(left))
			left = left[n:]
			if err != nil {
				untold += q.lose(left)
				break
			}
		}
		if untold > 0 {
			q.tell(untold)
		}
		q.mu.Lock()
		q.spare = lines
		q.mu.Unlock()
	}
}

// take returns all lines that wait, and how many drops there were that nobody was told about.
func (q *stdoutQueue) take() (lines []byte, untold int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	lines, q.waiting, q.spare = q.waiting, q.spare[:0], nil
	if len(lines) == 0 {
		q.waiting, q.written = nil, nil
		return nil, 0
	}
	untold, q.untold = q.untold, 0
	return lines, untold
}

// lose counts lines that the file did not take.
func (q *stdoutQueue) lose(lines []byte) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := bytes.Count(lines, []byte{'\n'})
	q.dropped += int64(n)
	return n
}

// flush waits until nothing waits, for a time at most, and reports whether nothing does.
func (q *stdoutQueue) flush(most time.Duration) bool {
	q.mu.Lock()
	written := q.written
	q.mu.Unlock()
	if written == nil {
		return true
	}
	deadline := time.NewTimer(most)
	defer deadline.Stop()
	select {
	case <-written:
		return true
	case <-deadline.C:
		return false
	}
}

// lost returns how many lines were dropped.
func (q *stdoutQueue) lost() int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.dropped
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
	queue := newStdoutQueue(f, takes(f), stdoutRoom, func(dropped int) {
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

// close waits until what was written has arrived, for a time at most.
func (s *stdout) close() {
	if s.queue != nil {
		s.queue.flush(time.Second)
	}
}

// lost is how many records have been dropped.
func (s *stdout) lost() int64 {
	if s.queue == nil {
		return 0
	}
	return s.queue.lost()
}
