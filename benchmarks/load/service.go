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
	least      float64  // MiB that one left since somebody looked
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
	if err := launch(s.Cmd, b.processors); err != nil {
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

// during returns what came of f, until what it caused is done as well, and the CPU time that the service used. An order is
// answered before its customer is notified, for example: throughput counts what the service can keep up with.
func (s *service) during(f func() result) (result, time.Duration) {
	before, begin := s.usage.cpu(), time.Now()
	r := f()
	end := s.settle(30 * time.Second)
	good := r.requests - r.failed()
	r.throughput = float64(good) / max(end.Sub(begin), r.took).Seconds()
	return r, s.usage.cpu() - before
}

// settle waits until the service rests, and returns when it began to.
func (s *service) settle(limit time.Duration) time.Time {
	const look, rest = 100 * time.Millisecond, 15 * time.Millisecond
	for deadline := time.Now().Add(limit); ; {
		begin, before := time.Now(), s.usage.cpu()
		time.Sleep(look)
		if s.usage.cpu()-before <= rest || begin.After(deadline) {
			return begin
		}
	}
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
			if s.least == 0 || s.live < s.least {
				s.least = s.live
			}
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

// floor returns the resident memory, and the least that a garbage collection has left since the last call.
func (s *service) floor() (rss, heap float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, rss = s.usage.memory()
	heap, s.least = s.least, 0
	return rss, heap
}

// freeAddress returns an address that nobody listens at.
func freeAddress(ctx context.Context) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("look for a free port: %w", err)
	}
	return listener.Addr().String(), listener.Close()
}
