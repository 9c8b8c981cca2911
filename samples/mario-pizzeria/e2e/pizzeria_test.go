package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// pizzeria is a running mario-pizzeria.
type pizzeria struct {
	t      *testing.T
	cmd    *exec.Cmd
	url    string
	output *output
	exited chan struct{}
	err    error
}

// command returns a pizzeria that has not been started, in a folder of its own, with nothing of the environment.
func command(t *testing.T, env ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), built.pizzeria) // ended by the test, and not by a context
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + cmd.Dir, "HTTP_ADDR=127.0.0.1:0"}, env...)
	return cmd
}

// start starts a pizzeria and waits until it listens. It is killed at the end of the test.
func start(t *testing.T, env ...string) *pizzeria {
	t.Helper()
	return startAs(t, "all", env...)
}

// startAs starts a pizzeria with a role.
func startAs(t *testing.T, role string, env ...string) *pizzeria {
	t.Helper()
	p := &pizzeria{t: t, cmd: command(t, env...), output: &output{line: make(chan string, 1000)}, exited: make(chan struct{})}
	p.cmd.Args = append(p.cmd.Args, "--role", role)
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.exited)
		p.err = p.cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.exited
	})
	p.url = p.listening()
	return p
}

func (p *pizzeria) listening() string {
	p.t.Helper()
	deadline := time.After(20 * time.Second)
	url := ""
	for {
		select {
		case line := <-p.output.line:
			var record struct {
				Msg string `json:"msg"`
				URL string `json:"url"`
			}
			if json.Unmarshal([]byte(line), &record) != nil {
				continue
			}
			switch record.Msg {
			case "listening":
				url = record.URL
			case "ready":
				return url
			}
		case <-p.exited:
			p.t.Fatalf("the pizzeria ended: %v\n%s", p.err, p.output)
		case <-deadline:
			p.t.Fatalf("the pizzeria is not ready:\n%s", p.output)
		}
	}
}

// stop ends the pizzeria as an operator does, and returns how long that took.
func (p *pizzeria) stop() time.Duration {
	p.t.Helper()
	begin := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Fatal(err)
	}
	select {
	case <-p.exited:
	case <-time.After(30 * time.Second):
		p.t.Fatalf("the pizzeria does not stop:\n%s", p.output)
	}
	if p.err != nil {
		p.t.Errorf("the pizzeria ended with %v\n%s", p.err, p.output)
	}
	return time.Since(begin)
}

// answer is what a request came back with.
type answer struct {
	Status int
	Header http.Header
	Body   string
}

// do sends a request with a JSON body, if there is one.
func (p *pizzeria) do(method, path, body string) answer {
	p.t.Helper()
	a, err := p.try(method, path, body)
	if err != nil {
		p.t.Fatalf("%s %s: %v\n%s", method, path, err, p.output)
	}
	return a
}

func (p *pizzeria) try(method, path, body string) (answer, error) {
	request, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	return answer{Status: response.StatusCode, Header: response.Header, Body: string(raw)}, err
}

// want fails the test unless the answer has this status.
func (a answer) want(t *testing.T, status int) answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("got status %d, want %d: %s", a.Status, status, a.Body)
	}
	return a
}

// text returns a member of the answer, which is an object.
func (a answer) text(t *testing.T, name string) string {
	t.Helper()
	var members map[string]any
	if err := json.Unmarshal([]byte(a.Body), &members); err != nil {
		t.Fatalf("%v: %s", err, a.Body)
	}
	text, _ := members[name].(string)
	return text
}

const twoMargheritas = `{"customer_id":"cust_123","items":[{"pizza_id":"margherita","quantity":2}]}`

// order places an order and returns its identity.
func (p *pizzeria) order() string {
	p.t.Helper()
	return p.do(http.MethodPost, "/api/orders", twoMargheritas).want(p.t, http.StatusCreated).text(p.t, "id")
}

// output collects what a process prints, line by line.
type output struct {
	mu   sync.Mutex
	all  bytes.Buffer
	rest []byte
	line chan string
}

func (o *output) Write(raw []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all.Write(raw)
	o.rest = append(o.rest, raw...)
	for {
		end := bytes.IndexByte(o.rest, '\n')
		if end < 0 {
			return len(raw), nil
		}
		select {
		case o.line <- string(o.rest[:end]):
		default: // nobody reads any more
		}
		o.rest = o.rest[end+1:]
	}
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.String()
}

// eventually waits until the condition holds.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !condition(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s", what)
		}
	}
}
