package web_test

import (
	"context"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/neuroglia-go/neuroglia/app"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/web"
)

// breakListener makes the listener at an address fail, as a network interface that goes away does.
func breakListener(address net.Addr) {
	files, _ := os.ReadDir("/proc/self/fd")
	for _, file := range files {
		fd, _ := strconv.Atoi(file.Name())
		listening, err := syscall.GetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_ACCEPTCONN)
		if err != nil || listening == 0 {
			continue
		}
		name, _ := syscall.Getsockname(fd)
		if in4, ok := name.(*syscall.SockaddrInet4); ok && in4.Port == address.(*net.TCPAddr).Port {
			_ = syscall.Shutdown(fd, syscall.SHUT_RDWR)
		}
	}
}

func TestAServerThatFailsEndsTheService(t *testing.T) {
	t.Parallel()
	err := app.Run(t.Context(), "pizzeria", func(_ context.Context, h *app.Host) error {
		p := newPizzeria(t, func(c *web.Config) { c.Failed = h.Fail })
		h.Add(p.Part("127.0.0.1:0"))
		h.Add(app.Part{Name: "test", Start: func(context.Context) error {
			breakListener(p.Addr())
			return nil
		}})
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "serving ended: accept tcp 127.0.0.1") || strings.Contains(err.Error(), "close the listener") {
		t.Errorf("got %v", err)
	}
}

func TestAServerThatFailsIsLoggedAndNotReady(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, nil)
	part := p.Part("127.0.0.1:0")
	if err := part.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	breakListener(p.Addr())
	observabilitytest.Eventually(t, func() string {
		if len(p.recorder.LogRecords()) < 2 {
			return ""
		}
		return p.recorder.LogRecords()[1].Message
	}, "serving ended")
	if err := part.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "serving ended") {
		t.Errorf("got %v", err)
	}
	if err := part.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAStopIsNoFailure(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, func(c *web.Config) { c.Failed = func(err error) { t.Errorf("got failure %v", err) } })
	_, stop := p.start(t)
	if err := stop(); err != nil {
		t.Error(err)
	}
}
