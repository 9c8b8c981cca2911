//go:build !linux

package prove_test

import "syscall"

func dieWithUs() *syscall.SysProcAttr { return nil }
