package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// service is a running pizzeria.
type service struct {
	*exec.Cmd

	base       string
	profiled   string // file for a profile of it; empty for none
	usage      usage
	printed    chan struct{} // closed when it prints no more
	mu         sync.Mutex
	last       []string // what it printed last
	heap, live float64  // MiB: the most before a garbage collection, what the last one left
}

// start starts a pizzeria with a fresh database.
func (b *bench) start(ctx context.Context, c cell) (*service, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	url, err := b.store(ctx, c.store)
	if err != nil {
		return nil, err
	}
	s := &service{Cmd: exec.CommandContext(ctx, b.pizzeria), base: "http://" + address, printed: make(chan struct{})}
	s.Dir = b.folder
	s.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HTTP_ADDR=" + address, "DATABASE_URL=" + url, "GODEBUG=gctrace=1",
	}, b.telemetryOf(c.telemetry)...)
	if b.profiles != "" {
		s.profiled = filepath.Join(under(b.root, b.profiles), strings.ReplaceAll(c.store+"."+c.mix+"."+c.telemetry, "/", "-")+".pprof")
		if err := os.MkdirAll(filepath.Dir(s.profiled), 0o755); err != nil {
			return nil, err
		}
		s.Env = append(s.Env, "LOAD_PROFILE="+s.profiled)
	}
	output, err := s.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := launch(s.Cmd, b.pinned); err != nil {
		return nil, fmt.Errorf("start the pizzeria: %w", err)
	}
	s.usage = usage{s.Process.Pid}
	go s.read(output)
	if err := s.ready(ctx); err != nil {
		s.kill()
		return nil, fmt.Errorf("the pizzeria did not start: %w\n%s", err, strings.Join(s.last, "\n"))
	}
	return s, nil
}

// store returns the URL of a fresh database.
func (b *bench) store(ctx context.Context, name string) (string, error) {
	switch name {
	case "postgres":
		return b.database.fresh(ctx)
	case "sqlite-file":
		folder, err := os.MkdirTemp(b.folder, "sqlite-")
		return "sqlite:" + filepath.Join(folder, "mario.db"), err
	default:
		return "sqlite::memory:", nil
	}
}

func (s *service) ready(ctx context.Context) error {
	var err error
	const pause = 10 * time.Millisecond
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end) && ctx.Err() == nil; time.Sleep(pause) {
		select {
		case <-s.printed:
			return errors.New("it ended")
		default:
		}
		var response *http.Response
		if response, err = http.Get(s.base + "/readyz"); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
			err = errors.New(response.Status)
		}
	}
	return errors.Join(err, ctx.Err())
}

// kill ends the service at once: what it has not exported was not measured.
func (s *service) kill() {
	_ = s.Process.Kill()
	<-s.printed
	_ = s.Wait()
}

// during returns the CPU time that the service used while f ran.
func (s *service) during(f func() result) (result, time.Duration) {
	before := s.usage.cpu()
	r := f()
	return r, s.usage.cpu() - before
}

// read reads what the service prints, and the traces of its garbage collector in that.
func (s *service) read(output io.Reader) {
	defer close(s.printed)
	collected := regexp.MustCompile(`^gc \d+ @.* (\d+)->(\d+)->(\d+) MB`)
	for lines := bufio.NewScanner(output); lines.Scan(); {
		found := collected.FindStringSubmatch(lines.Text())
		s.mu.Lock()
		if found == nil {
			s.last = append(s.last[max(0, len(s.last)-20):], lines.Text())
		} else {
			before, _ := strconv.ParseFloat(found[1], 64)
			s.live, _ = strconv.ParseFloat(found[3], 64)
			s.heap = max(s.heap, before)
		}
		s.mu.Unlock()
	}
}

// memory returns the resident memory and the heap, each at its peak and at the end.
func (s *service) memory() (peakRSS, rss, peakHeap, heap float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	peakRSS, rss = s.usage.memory()
	return peakRSS, rss, s.heap, s.live
}

// freeAddress returns an address that nobody listens at.
func freeAddress(ctx context.Context) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("look for a free port: %w", err)
	}
	return listener.Addr().String(), listener.Close()
}
