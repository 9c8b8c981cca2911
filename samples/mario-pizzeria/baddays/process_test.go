package baddays_test

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is a program that can be killed and started again, in its folder.
type process struct {
	name string
	args []string
	dir  string
	env  []string
	url  string // that answers when it is ready; empty if nobody asks

	mu     sync.Mutex
	cmd    *exec.Cmd
	exited chan struct{}
	output bytes.Buffer
}

// launch starts the process. It does not wait until it is ready.
func (p *process) launch(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cmd = exec.CommandContext(context.Background(), p.args[0], p.args[1:]...)
	p.cmd.Dir, p.cmd.Env = p.dir, append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.dir}, p.env...)
	p.cmd.Stdout, p.cmd.Stderr = &tail{p: p}, &tail{p: p}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", p.name, err)
	}
	exited, cmd := make(chan struct{}), p.cmd
	p.exited = exited
	go func() {
		_ = cmd.Wait() // it is killed, more often than not
		close(exited)
	}()
}

// tail keeps the last that a process printed.
type tail struct{ p *process }

func (w *tail) Write(text []byte) (int, error) {
	w.p.mu.Lock()
	defer w.p.mu.Unlock()
	if w.p.output.Len() > 1<<20 {
		w.p.output.Reset()
	}
	return w.p.output.Write(text)
}

func (p *process) printed() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := p.output.String()
	return text[max(0, len(text)-6000):]
}

// signal sends a signal, such as kill -9.
func (p *process) signal(s syscall.Signal) {
	p.mu.Lock()
	cmd, exited := p.cmd, p.exited
	p.mu.Unlock()
	if cmd == nil {
		return
	}
	_ = cmd.Process.Signal(s) // it may have ended
	if s == syscall.SIGKILL {
		<-exited
	}
}

func (p *process) kill() { p.signal(syscall.SIGKILL) }

// ready waits until the process says so. One that gives up, because what it needs is not ready itself, is started again, as
// by whoever looks after it.
func (p *process) ready(t *testing.T) {
	t.Helper()
	for range 3 {
		if p.readyWithin(t.Context(), time.Minute) {
			return
		}
		if !p.ended() {
			break
		}
		p.launch(t)
	}
	t.Fatalf("%s is not ready:\n%s", p.name, p.printed())
}

func (p *process) ended() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

func (p *process) readyWithin(ctx context.Context, patience time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for ctx.Err() == nil && !p.ended() {
		if request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url, nil); err == nil {
			if response, err := http.DefaultClient.Do(request); err == nil {
				response.Body.Close()
				if response.StatusCode == http.StatusOK {
					return true
				}
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	return false
}

// freePort returns a port that nobody listens on, below those that connections get.
func freePort(t *testing.T) int {
	t.Helper()
	for range 1000 {
		port := 11000 + int(time.Now().UnixNano()/1000%20000)
		if listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port)); err == nil {
			listener.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return 0
}
