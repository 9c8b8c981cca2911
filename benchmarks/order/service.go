package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/google/pprof/profile"
)

// build builds the pizzeria with the file that profiles it.
func build(ctx context.Context, dir string) (program string, err error) {
	sample, err := filepath.Abs("../samples/mario-pizzeria")
	if err != nil {
		return "", fmt.Errorf("find the pizzeria: %w", err)
	}
	added, err := filepath.Abs("order/testdata/profile.go")
	if err != nil {
		return "", fmt.Errorf("find what profiles the pizzeria: %w", err)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(sample, "profile.go"): added}})
	if err != nil {
		return "", fmt.Errorf("encode the overlay: %w", err)
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		return "", fmt.Errorf("write the overlay: %w", err)
	}
	program = filepath.Join(dir, "mario-pizzeria")
	cmd := exec.CommandContext(ctx, "go", "build", "-overlay", list, "-o", program, ".")
	cmd.Dir, cmd.Env = sample, append(os.Environ(), "GOWORK=off")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the pizzeria: %w\n%s", err, text)
	}
	return program, nil
}

// service is a running pizzeria.
type service struct {
	cmd     *exec.Cmd
	url     string
	profile string // where it writes its profiles
}

// start starts the pizzeria in a new folder below dir and waits until it is ready.
func start(ctx context.Context, program, dir string, env ...string) (*service, error) {
	home, err := os.MkdirTemp(dir, "run")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the pizzeria: %w", err)
	}
	s := &service{cmd: exec.CommandContext(ctx, program), profile: filepath.Join(home, "cpu.pprof")}
	s.cmd.Dir = home
	s.cmd.Env = append([]string{"HOME=" + home, "HTTP_ADDR=127.0.0.1:0", "CPU_PROFILE=" + s.profile}, env...)
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	s.cmd.WaitDelay = time.Minute
	output, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the pizzeria: %w", err)
	}
	s.cmd.Stderr = s.cmd.Stdout
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the pizzeria: %w", err)
	}
	lines := bufio.NewScanner(output)
	var printed []byte
	for lines.Scan() {
		printed = append(append(printed, lines.Bytes()...), '\n')
		var record struct {
			Msg string `json:"msg"`
			URL string `json:"url"`
		}
		switch err := json.Unmarshal(lines.Bytes(), &record); {
		case err == nil && record.Msg == "listening":
			s.url = record.URL
		case err == nil && record.Msg == "ready":
			go func() { _, _ = io.Copy(io.Discard, output) }()
			return s, nil
		}
	}
	return nil, errors.Join(fmt.Errorf("the pizzeria did not get ready:\n%s", printed), s.cmd.Wait())
}

// profiled returns the profile of the pizzeria while it works.
func (s *service) profiled(work func() error) (*profile.Profile, error) {
	if err := s.signal(syscall.SIGUSR1, s.profile+".part"); err != nil {
		return nil, err
	}
	if err := work(); err != nil {
		return nil, err
	}
	if err := s.signal(syscall.SIGUSR2, s.profile); err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(s.profile)
	if err != nil {
		return nil, fmt.Errorf("read the profile: %w", err)
	}
	p, err := profile.ParseData(raw)
	if err != nil {
		return nil, fmt.Errorf("read the profile: %w", err)
	}
	return p, os.Remove(s.profile)
}

// signal waits until the pizzeria has made the file, which it does when it got the signal.
func (s *service) signal(what os.Signal, file string) error {
	if err := s.cmd.Process.Signal(what); err != nil {
		return fmt.Errorf("signal the pizzeria: %w", err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if _, err := os.Stat(file); err == nil {
			return nil
		} else if time.Now().After(deadline) {
			return fmt.Errorf("the pizzeria did not write its profile: %w", err)
		}
	}
}
