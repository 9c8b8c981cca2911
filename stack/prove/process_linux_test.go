package prove_test

import "syscall"

// dieWithUs ends a process when this one is killed.
func dieWithUs() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
