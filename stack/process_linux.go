package stack

import "syscall"

// attributes give a process a group of its own, so that Ctrl-C reaches only us, who know the order to stop in; and end it
// when we are killed.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
