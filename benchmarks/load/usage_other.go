//go:build !linux

package main

import (
	"errors"
	"os/exec"
	"time"
)

// usage is what the kernel knows of a process.
type usage struct{ pid int }

func (usage) cpu() time.Duration          { return 0 }
func (usage) waited() time.Duration       { return 0 }
func (usage) memory() (peak, now float64) { return 0, 0 }
func (*service) profile() func()          { return func() {} }

// processors are divided on Linux only.
type processors struct{}

func divide() (*processors, error) { return nil, nil } //nolint:nilnil // none are divided
func (*processors) leave() error   { return nil }

func launch(*exec.Cmd, *processors) error {
	return errors.New("CPU time and memory are read from /proc: measure on Linux")
}
