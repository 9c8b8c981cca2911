package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// usage is what the kernel knows of a process.
type usage struct{ pid int }

// cpu returns the CPU time that the process has used.
func (u usage) cpu() time.Duration {
	raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", u.pid)) // a process that is gone is noticed by its answers
	_, after, _ := strings.Cut(string(raw), ") ")
	fields := strings.Fields(after)
	const user, system, tick = 11, 12, 10 * time.Millisecond
	if len(fields) <= system {
		return 0
	}
	ticks := 0
	for _, at := range []int{user, system} {
		n, _ := strconv.Atoi(fields[at])
		ticks += n
	}
	return time.Duration(ticks) * tick
}

// waited returns how long the threads of the process were ready to run and did not.
func (u usage) waited() time.Duration {
	var sum time.Duration
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", u.pid))
	for _, thread := range threads {
		raw, _ := os.ReadFile(thread)
		if fields := strings.Fields(string(raw)); len(fields) > 1 {
			n, _ := strconv.Atoi(fields[1])
			sum += time.Duration(n)
		}
	}
	return sum
}

// memory returns the resident memory in MiB, at its peak and now.
func (u usage) memory() (peak, now float64) {
	raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", u.pid))
	for line := range strings.Lines(string(raw)) {
		fields := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "VmHWM:"):
			peak, _ = strconv.ParseFloat(fields[1], 64)
		case strings.HasPrefix(line, "VmRSS:"):
			now, _ = strconv.ParseFloat(fields[1], 64)
		}
	}
	return peak / 1024, now / 1024
}

// processors are those that this process had when it began: one is for the service, the others are for the rest.
type processors struct{ service, rest unix.CPUSet }

// divide returns the processors of this process, or none if there is only one.
func divide() (*processors, error) {
	var all unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		return nil, fmt.Errorf("ask for processors: %w", err)
	}
	return divided(all), nil
}

// divided gives the service the first one there is, which is not always that of number 0.
func divided(all unix.CPUSet) *processors {
	if all.Count() < 2 {
		return nil
	}
	first := 0
	for !all.IsSet(first) {
		first++
	}
	p := &processors{rest: all}
	p.service.Set(first)
	p.rest.Clear(first)
	return p
}

// leave moves this process, and what it starts, off the processor that the service gets.
func (p *processors) leave() error {
	for range 2 { // a thread may have been started meanwhile; those that come later inherit it
		threads, _ := filepath.Glob("/proc/self/task/*")
		for _, thread := range threads {
			id, _ := strconv.Atoi(filepath.Base(thread))
			if err := unix.SchedSetaffinity(id, &p.rest); err != nil && !errors.Is(err, syscall.ESRCH) {
				return fmt.Errorf("move to other processors: %w", err)
			}
		}
	}
	runtime.GOMAXPROCS(p.rest.Count())
	return nil
}

// launch starts a program that ends with this one, on the service's processor, or where this process is without processors.
func launch(c *exec.Cmd, p *processors) error {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if p == nil {
		return c.Start()
	}
	runtime.LockOSThread() // what a thread starts is where the thread is
	defer runtime.UnlockOSThread()
	if err := unix.SchedSetaffinity(0, &p.service); err != nil {
		return fmt.Errorf("give the service a processor: %w", err)
	}
	return errors.Join(c.Start(), unix.SchedSetaffinity(0, &p.rest))
}

// profile starts a profile of the service, if one is wanted, and returns what ends it.
func (s *service) profile() func() {
	if s.profiled == "" {
		return func() {}
	}
	_ = s.Process.Signal(syscall.SIGUSR1)
	return func() { _ = s.Process.Signal(syscall.SIGUSR1) }
}
