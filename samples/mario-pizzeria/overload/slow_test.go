package overload_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// connect opens a connection that takes little in, and sends a text.
func (p *pizzeria) connect(t *testing.T, text string) net.Conn {
	t.Helper()
	const little = 4 << 10
	dialer := net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
		var set error
		err := c.Control(func(fd uintptr) { set = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, little) })
		return errors.Join(err, set)
	}}
	conn, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := fmt.Fprint(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

// ended is closed when the pizzeria has closed all these connections.
func ended(t *testing.T, all []net.Conn) <-chan struct{} {
	t.Helper()
	var wg sync.WaitGroup
	for _, conn := range all {
		_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
		wg.Go(func() {
			if _, err := io.Copy(io.Discard, conn); err != nil {
				t.Errorf("a client that is slow to say what it wants was not cut off: %v", err)
			}
		})
	}
	done := make(chan struct{})
	go func() { defer close(done); wg.Wait() }()
	return done
}

func TestSlowClientsKeepNobodyOutAndAreCutOff(t *testing.T) {
	t.Parallel()
	const headers, bodies, readers = 150, 150, 40
	p := start(t, "MAX_IN_FLIGHT=20")
	p.order(t, 100, strings.Repeat(`{"pizza_id":"diavola","quantity":2,"toppings":["basil","cheese","ham"]},`, 19))
	var slow []net.Conn
	for range headers {
		slow = append(slow, p.connect(t, "GET /api/orders HTTP/1.1\r\nHost: slow.example\r\nX-Slow: "))
	}
	for range bodies {
		p.connect(t, "POST /api/orders HTTP/1.1\r\nHost: slow.example\r\nContent-Length: 1000\r\n\r\n{")
	}
	for range readers {
		p.connect(t, strings.Repeat("GET /api/orders?limit=500 HTTP/1.1\r\nHost: slow.example\r\n\r\n", 20))
	}
	eventually(t, "somebody is let in", func() bool { return p.send(t, http.MethodGet, "/api/orders", "").status == http.StatusOK })
	cut, asked, slowest := ended(t, slow), 0, time.Duration(0)
	for done := false; !done; asked++ {
		select {
		case <-cut:
			done = true
		default:
		}
		got := p.send(t, http.MethodPost, "/api/orders", anOrder)
		if slowest = max(slowest, got.took); got.status != http.StatusCreated {
			t.Fatalf("got %d %s after %v", got.status, got.text, got.took)
		}
	}
	t.Logf("%d orders placed beside slow clients, the slowest in %v", asked, slowest)
	if most := 5 * time.Second; slowest > most {
		t.Errorf("somebody waited for %v", slowest)
	}
}
