package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Config says what stack to start.
type Config struct {
	// Root is the folder of the repository, which holds deployment/ and .bin/. Defaults to the current folder.
	Root string
	// Data is the folder for all that the stack stores. Defaults to .stack in Root.
	Data string
	// Ports are where to listen. Defaults to DefaultPorts.
	Ports Ports
	// Interval is how often Prometheus evaluates rules and scrapes, Tempo writes the metrics it makes of spans, and the
	// collector sends its own. Defaults to 15 seconds, as shipped.
	Interval time.Duration
	// Profile is dev or prod, which adds otel-collector-config.prod.yaml. Defaults to dev.
	Profile string
	// Demo also runs Mario's Pizzeria and traffic for it, whose progress goes to Output.
	Demo bool
	// Without names parts to leave out even when they are on the PATH: tempo, grafana. Defaults to none.
	Without []string
	// Output is where progress is told. Defaults to nowhere.
	Output io.Writer
}

// Stack is a running stack.
type Stack struct {
	config    Config
	processes []*Process // in the order they start
	lock      *os.File
	failed    chan error
}

// grace is how long a process may take to stop.
const grace = 20 * time.Second

// Start starts the stack and returns when all of it is ready. The context bounds the start only.
func Start(ctx context.Context, c Config) (*Stack, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	parts, err := plan(c)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(parts))
	for i, part := range parts {
		names[i] = part.name
	}
	services, err := readCompose(ctx, c.composeFiles()...)
	if err != nil {
		return nil, err
	}
	s := &Stack{config: c, failed: make(chan error, len(parts))}
	if s.lock, err = lock(filepath.Join(c.Data, ".lock")); err != nil {
		return nil, err
	}
	if err := c.Ports.check(names); err != nil {
		return nil, errors.Join(err, s.lock.Close())
	}
	for _, part := range parts {
		if err := s.start(ctx, part, services); err != nil {
			return nil, errors.Join(err, s.Stop(context.WithoutCancel(ctx)))
		}
	}
	return s, nil
}

func (s *Stack) start(ctx context.Context, part part, services map[string]service) error {
	began := time.Now()
	process, err := part.process(s.config, services, s.fail)
	if err != nil {
		return err
	}
	s.processes = append(s.processes, process)
	fmt.Fprintf(s.config.Output, "  %-15s starting\n", part.name)
	if err := process.Start(ctx); err != nil {
		return err
	}
	fmt.Fprintf(s.config.Output, "  %-15s ready after %.1f s at %s\n", part.name, time.Since(began).Seconds(), process.URL)
	return nil
}

// Stop stops everything, what was started last first: so senders stop before what they send to, and Prometheus, which all
// others tell about themselves, at the end. What has not stopped within 20 seconds, or when the context ends, is killed.
func (s *Stack) Stop(ctx context.Context) error {
	var failures []error
	for _, process := range slices.Backward(s.processes) {
		stopping, cancel := context.WithTimeout(ctx, grace)
		failures = append(failures, process.Stop(stopping))
		cancel()
	}
	if err := s.lock.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		failures = append(failures, fmt.Errorf("unlock the data folder: %w", err))
	}
	return errors.Join(failures...)
}

// Failed yields an error for each process that ended by itself.
func (s *Stack) Failed() <-chan error { return s.failed }

func (s *Stack) fail(err error) {
	select {
	case s.failed <- err:
	default: // nobody listens to any of them
	}
}

// Process returns the process of that name, nil if there is none.
func (s *Stack) Process(name string) *Process {
	for _, process := range s.processes {
		if process.Name == name {
			return process
		}
	}
	return nil
}

// URL returns where a part answers: collector, which takes OTLP over HTTP there, prometheus, loki, tempo, grafana or
// mario-pizzeria. It is empty for a part that does not run.
func (s *Stack) URL(name string) string {
	if process := s.Process(name); process != nil {
		return process.URL
	}
	return ""
}

// Ports are where the stack listens.
func (s *Stack) Ports() Ports { return s.config.Ports }

// PasswordFile holds the password of Grafana's user admin; it is empty when no Grafana runs that asks for one.
func (s *Stack) PasswordFile() string {
	if s.Process("grafana") == nil || s.config.Profile != "prod" {
		return ""
	}
	return passwordFile(s.config)
}

// TraceFile is where the collector writes spans, as OTLP in JSON, a batch a line, when there is no Tempo; empty otherwise.
func (s *Stack) TraceFile() string {
	if s.Process("tempo") != nil {
		return ""
	}
	return traceFile(s.config)
}

func (c Config) withDefaults() (Config, error) {
	if c.Root == "" {
		c.Root = "."
	}
	if c.Data == "" {
		c.Data = filepath.Join(c.Root, ".stack")
	}
	if c.Ports == (Ports{}) {
		c.Ports = DefaultPorts()
	}
	if c.Interval == 0 {
		c.Interval = 15 * time.Second
	}
	if c.Interval < time.Second || c.Interval%time.Second != 0 {
		return c, fmt.Errorf("the interval is %s, but must be whole seconds", c.Interval)
	}
	if c.Profile == "" {
		c.Profile = "dev"
	}
	if c.Profile != "dev" && c.Profile != "prod" {
		return c, fmt.Errorf("the profile is %q, but must be dev or prod", c.Profile)
	}
	for _, name := range c.Without {
		if name != "tempo" && name != "grafana" {
			return c, fmt.Errorf("%q cannot be left out, only tempo and grafana can", name)
		}
	}
	if c.Output == nil {
		c.Output = io.Discard
	}
	for _, folder := range []*string{&c.Root, &c.Data} {
		absolute, err := filepath.Abs(*folder)
		if err != nil {
			return c, fmt.Errorf("find the folder %s: %w", *folder, err)
		}
		*folder = absolute
	}
	if err := os.MkdirAll(c.Data, 0o750); err != nil {
		return c, fmt.Errorf("make the data folder: %w", err)
	}
	return c, nil
}
