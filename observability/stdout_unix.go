//go:build unix

package observability

import (
	"os"

	"golang.org/x/sys/unix"
)

// atomicWrite is how many bytes a pipe takes in one piece, and has room for if poll says that it has any: Linux's PIPE_BUF.
// Other systems promise less; there, lines of others may get into long ones.
const atomicWrite = 4096

// takes returns a function that reports whether f takes a piece without waiting. It must not be called concurrently.
func takes(f *os.File) func() bool {
	conn, err := f.SyscallConn()
	if err != nil {
		return func() bool { return true } // the file is closed: writing to it will say so
	}
	poll := []unix.PollFd{{Events: unix.POLLOUT}}
	ready := false
	look := func(fd uintptr) {
		poll[0].Fd, poll[0].Revents = int32(fd), 0 //nolint:gosec // a descriptor is an int
		n, err := unix.Poll(poll, 0)
		ready = n > 0 || err != nil // also if it is broken, which writing will say
	}
	return func() bool {
		return conn.Control(look) != nil || ready
	}
}
