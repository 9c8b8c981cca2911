//go:build unix && !linux

package stack

import "syscall"

// attributes give a process a group of its own, so that Ctrl-C reaches only us, who know the order to stop in.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
