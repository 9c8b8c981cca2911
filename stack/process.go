package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Process is one program of the stack. Its methods may be called by one goroutine at a time; Running by any.
type Process struct {
	// Name is collector, prometheus, loki, tempo, grafana, mario-pizzeria or simulate.
	Name string
	// URL is where it answers, LogFile what it prints.
	URL, LogFile string

	program     string
	arguments   []string
	environment []string
	ready       string        // answers 200 when it is; empty if it need not be asked
	patience    time.Duration // after which it is killed, as it may be; without end if 0
	output      io.Writer     // of what it prints; its log if nil
	failed      func(error)

	mu      sync.Mutex
	command *exec.Cmd
	ended   chan struct{} // closed when the running command has ended
	err     error         // of how it ended
	asked   bool          // to end
}

// Start starts the process and returns when it is ready. It does nothing when the process runs.
func (p *Process) Start(ctx context.Context) error {
	if p.Running() {
		return nil
	}
	command := exec.Command(p.program, p.arguments...) //nolint:gosec,noctx // our own program; Stop ends it in good order
	command.Env, command.Dir = p.environment, filepath.Dir(p.LogFile)
	command.Stdout, command.Stderr = p.output, p.output
	if p.output == nil {
		log, err := p.newLog()
		if err != nil {
			return err
		}
		defer log.Close() // the process has it
		command.Stdout, command.Stderr = log, log
	}
	command.SysProcAttr = attributes()
	if err := command.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.Name, err)
	}
	p.mu.Lock()
	p.command, p.ended, p.asked = command, make(chan struct{}), false
	ended := p.ended
	p.mu.Unlock()
	go p.wait(command, ended)
	return p.waitReady(ctx, ended)
}

// newLog opens the log anew, and keeps that of the start before. While the process runs it grows.
func (p *Process) newLog() (*os.File, error) {
	if err := os.Rename(p.LogFile, p.LogFile+".1"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("put the log of %s aside: %w", p.Name, err)
	}
	log, err := os.OpenFile(p.LogFile, os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the log of %s: %w", p.Name, err)
	}
	return log, nil
}

func (p *Process) wait(command *exec.Cmd, ended chan struct{}) {
	err := command.Wait()
	p.mu.Lock()
	p.err = err
	asked := p.asked
	close(ended)
	p.mu.Unlock()
	if !asked {
		p.failed(p.endedError(err))
	}
}

func (p *Process) endedError(err error) error {
	if err == nil {
		err = errors.New("exit status 0")
	}
	if p.output != nil {
		return fmt.Errorf("%s ended by itself (%w), as it says above", p.Name, err)
	}
	return fmt.Errorf("%s ended by itself (%w); the end of %s:\n%s", p.Name, err, p.LogFile, tail(p.LogFile))
}

func (p *Process) waitReady(ctx context.Context, ended <-chan struct{}) error {
	if p.ready == "" {
		return nil
	}
	client := &http.Client{Timeout: 5 * time.Second}
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		answer := ask(ctx, client, p.ready)
		if answer == nil {
			return nil
		}
		select {
		case <-ended:
			p.mu.Lock()
			defer p.mu.Unlock()
			return p.endedError(p.err)
		case <-ctx.Done():
			return fmt.Errorf("wait until %s is ready: %w (%w); see %s", p.Name, ctx.Err(), answer, p.LogFile)
		case <-ticker.C:
		}
	}
}

func ask(ctx context.Context, client *http.Client, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("ask %s: %w", url, err)
	}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("ask whether it is ready: %w", err)
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(response.Body, 200))
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s: %s", url, response.Status, strings.TrimSpace(string(body)))
	}
	return nil
}

// Stop asks the process to end and returns when it has, or kills it when the context ends first.
func (p *Process) Stop(ctx context.Context) error {
	ended := p.signal(syscall.SIGTERM)
	var impatient <-chan time.Time
	if p.patience > 0 {
		impatient = time.After(p.patience)
	}
	select {
	case <-ended:
		return nil
	case <-impatient:
		p.Kill()
		return nil
	case <-ctx.Done():
		p.Kill()
		return fmt.Errorf("%s did not end in time and was killed: %w", p.Name, ctx.Err())
	}
}

// Kill ends the process at once, as a crash would.
func (p *Process) Kill() { <-p.signal(syscall.SIGKILL) }

// Running reports whether the process runs.
func (p *Process) Running() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.running()
}

func (p *Process) running() bool {
	if p.command == nil {
		return false
	}
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// signal sends a signal to the process if it runs, and returns a channel that is closed when it has ended.
func (p *Process) signal(s os.Signal) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.running() {
		done := make(chan struct{})
		close(done)
		return done
	}
	p.asked = true
	_ = p.command.Process.Signal(s) // it fails only when the process has ended, which is what was wanted
	return p.ended
}

// tail returns the last lines of a file.
func tail(name string) string {
	text, err := os.ReadFile(name) //nolint:gosec // a log of ours
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-10):], "\n")
}
