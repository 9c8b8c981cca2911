package web_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/app"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/web"
)

// start starts the part of the API, and stops it when the test ends unless the test does.
func (p *pizzeria) start(t *testing.T) (url string, stop func() error) {
	t.Helper()
	part := p.Part("127.0.0.1:0")
	if err := part.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceValue(func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), part.StopTimeout)
		defer cancel()
		return part.Stop(ctx)
	})
	t.Cleanup(func() {
		if err := stop(); err != nil && !t.Failed() {
			t.Log(err)
		}
	})
	return "http://" + p.Addr().String(), stop
}

func newClient(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func send(ctx context.Context, c *http.Client, method, url, body string) (int, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	response, err := c.Do(r)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}

func TestATakenPortIsOneClearError(t *testing.T) {
	t.Parallel()
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	address := taken.Addr().String()
	err = newPizzeria(t, nil).Part(address).Start(t.Context())
	if err == nil {
		t.Fatal("got no error")
	}
	for _, want := range []string{"listen on " + address, "address already in use: stop the process that has it or choose another address"} {
		if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestWiringErrorsStopTheStart(t *testing.T) {
	t.Parallel()
	m := mediator.New()
	api := web.New(m, web.Config{})
	web.Put[StartCooking](api, "/api/orders/{id}/cook")
	err := api.Part("127.0.0.1:0").Start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "StartCooking has no handler") {
		t.Error(err)
	}
}

func TestStopUnderLoadAnswersEveryAcceptedRequest(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, nil)
	url, stop := p.start(t)
	var answered, failed atomic.Int32
	begun := make(chan struct{}, 1)
	var clients sync.WaitGroup
	for range 16 {
		client := newClient(t)
		clients.Go(func() {
			for t.Context().Err() == nil {
				status, err := send(t.Context(), client, "PUT", url+"/api/orders/7/cook", "")
				var dial *net.OpError
				switch {
				case errors.As(err, &dial) && dial.Op == "dial":
					return // not accepted: the server is gone
				case err != nil || status != http.StatusOK:
					failed.Add(1)
					t.Errorf("got %d %v", status, err)
					return
				}
				if answered.Add(1) == 100 {
					begun <- struct{}{}
				}
			}
		})
	}
	<-begun
	if err := stop(); err != nil {
		t.Error(err)
	}
	clients.Wait()
	if failed.Load() > 0 {
		t.Errorf("%d of %d requests were not answered", failed.Load(), answered.Load()+failed.Load())
	}
}

func TestStopWaitsForRequestsInProgress(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, func(c *web.Config) { c.DrainDelay = time.Microsecond })
	url, stop := p.start(t)
	status := make(chan int, 1)
	go func() {
		got, err := send(t.Context(), newClient(t), "PUT", url+"/api/orders/slow/cook", "")
		if err != nil {
			t.Error(err)
		}
		status <- got
	}()
	<-p.cooking
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	select {
	case err := <-stopped:
		t.Fatalf("stopped with a request in progress: %v", err)
	case p.cooking <- "stop is waiting":
	}
	close(p.wait)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if got := <-status; got != http.StatusOK {
		t.Errorf("got status %d", got)
	}
}

func TestStopCutsOffWhatTakesTooLong(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, func(c *web.Config) { c.StopTimeout = 500 * time.Millisecond })
	url, stop := p.start(t)
	go func() { _, _ = send(t.Context(), newClient(t), "PUT", url+"/api/orders/slow/cook", "") }()
	<-p.cooking
	if err := stop(); err == nil || !strings.Contains(err.Error(), "requests in progress were cut off") {
		t.Errorf("got %v", err)
	}
}

func TestRequestsThatTakeTooLongAreTimeouts(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, func(c *web.Config) { c.RequestTimeout = 10 * time.Millisecond })
	status, header, body := p.ask(t, "PUT", "/api/orders/slow/cook", "")
	if got := parseProblem(t, status, header, body); status != http.StatusGatewayTimeout || got.Kind != "timeout" {
		t.Errorf("got %s", body)
	}
}

func TestAClientThatGivesUpIsNoFailure(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-p.cooking; cancel() }()
	status, header, body := p.askUnder(ctx, "PUT", "/api/orders/slow/cook", "")
	if got := parseProblem(t, status, header, body); status != 499 || got.Kind != "canceled" {
		t.Errorf("got %s", body)
	}
	if spans := p.recorder.Spans(); strings.Contains(spans, "ERROR") {
		t.Error(spans)
	}
}

// endless counts what is read of it.
type endless struct{ read atomic.Int64 }

func (e *endless) Read(p []byte) (int, error) {
	e.read.Add(int64(len(p)))
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestLargeBodiesAreRefusedUnread(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, nil)
	url, _ := p.start(t)
	for name, length := range map[string]int64{"announced": 10 << 20, "chunked": -1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := &endless{}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/api/orders", io.LimitReader(body, 10<<20))
			if err != nil {
				t.Fatal(err)
			}
			r.ContentLength = length
			r.Header.Set("Expect", "100-continue")
			client := newClient(t)
			client.Transport.(*http.Transport).ExpectContinueTimeout = 10 * time.Second
			response, err := client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			text, _ := io.ReadAll(response.Body)
			parseProblem(t, response.StatusCode, response.Header, string(text))
			if response.StatusCode != http.StatusRequestEntityTooLarge {
				t.Errorf("got %s", text)
			}
			if length > 0 && body.read.Load() > 0 {
				t.Errorf("%d bytes were read", body.read.Load())
			}
		})
	}
}

func TestABodyThatEndsEarlyIsABadRequest(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, nil)
	p.start(t)
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", p.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "POST /api/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nContent-Type: application/json\r\n\r\n{")
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	if got := parseProblem(t, response.StatusCode, response.Header, string(text)); response.StatusCode != http.StatusBadRequest &&
		got.Kind != "canceled" {
		t.Errorf("got %s", text)
	}
}

func TestTheServerIsAPartOfTheHost(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err := app.Run(ctx, "pizzeria", func(_ context.Context, h *app.Host) error {
		h.Add(p.Part("127.0.0.1:0"))
		h.Add(app.Part{Name: "test", Start: func(ctx context.Context) error {
			defer cancel()
			status, err := send(ctx, newClient(t), "GET", "http://"+p.Addr().String()+"/healthz", "")
			if status != http.StatusOK {
				t.Errorf("got %d %v", status, err)
			}
			return nil
		}})
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
