package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/neuroglia-go/neuroglia/app"
)

// Part returns the server of the API on a TCP address, such as "127.0.0.1:8080", as a part for app.Host. It starts when
// the mediator and all routes are right and the address is free. It stops by answering every request it has accepted;
// what is not answered by [Config.StopTimeout] is cut off.
func (a *API) Part(address string) app.Part {
	s := &server{api: a, address: address, ended: make(chan struct{})}
	return app.Part{
		Name:        "web",
		Start:       s.start,
		Stop:        s.stop,
		StopTimeout: a.config.StopTimeout,
		Check:       s.check,
	}
}

// Addr returns the address that the part of the API listens on, or nil before it has started.
func (a *API) Addr() net.Addr {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.address
}

type server struct {
	api         *API
	address     string
	http        *http.Server
	listener    net.Listener
	connections *connections
	cancel      context.CancelFunc // of the contexts of all requests
	running     atomic.Int64       // requests being handled
	ended       chan struct{}      // closed when serving has ended
	err         error              // why, valid when ended
}

func (s *server) start(ctx context.Context) error {
	if err := s.api.Build(); err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.address)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", s.address, advise(err))
	}
	s.api.mu.Lock()
	s.api.address = listener.Addr()
	s.api.mu.Unlock()
	c := s.api.config
	s.listener, s.connections = listener, newConnections()
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.cancel = cancel
	const headerShare = 6
	s.http = &http.Server{
		Handler:           s.counted(s.api),
		ReadHeaderTimeout: c.ReadTimeout / headerShare,
		ReadTimeout:       c.ReadTimeout,
		WriteTimeout:      c.ReadTimeout + c.RequestTimeout + writeAllowance,
		IdleTimeout:       c.IdleTimeout,
		MaxHeaderBytes:    c.MaxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(c.Telemetry.Logger.Handler(), slog.LevelWarn),
		ConnState:         s.connections.track,
		BaseContext:       func(net.Listener) context.Context { return base },
	}
	go s.serve(base)
	c.Telemetry.Logger.InfoContext(ctx, "listening", "url", "http://"+listener.Addr().String())
	return nil
}

// serve returns when the listener is closed, by stop, or broken.
func (s *server) serve(ctx context.Context) {
	s.err = s.http.Serve(s.listener)
	close(s.ended)
	if s.api.closing.Load() {
		return
	}
	if failed := s.api.config.Failed; failed != nil {
		failed(fmt.Errorf("web: serving ended: %w", s.err))
		return
	}
	s.api.config.Telemetry.Logger.ErrorContext(ctx, "serving ended", "error", s.err)
}

// advise says what to do about an error of listening, without the address that it repeats.
func advise(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		err = op.Err
	}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%w: stop the process that has it or choose another address", err)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("%w: ports below 1024 need a privilege: choose another port", err)
	}
	return err
}

func (s *server) check(context.Context) error {
	select {
	case <-s.ended:
		return fmt.Errorf("serving ended: %w", s.err)
	default:
		return nil
	}
}

// stop answers what has been accepted: it takes no more connections, and closes each one after its next answer or when
// it has been quiet for a moment.
func (s *server) stop(ctx context.Context) error {
	defer s.cancel()
	s.api.stopping.Store(true)
	end := ctx
	ctx, cancel := early(ctx)
	defer cancel()
	if delay := s.api.config.DrainDelay; delay > 0 {
		select {
		case <-time.After(delay):
		case <-ctx.Done():
		}
	}
	s.api.closing.Store(true)
	if err := s.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) { // as it is when serving has failed
		return fmt.Errorf("close the listener: %w", err)
	}
	<-s.ended // or Shutdown may close the listener again, and fail
	const grace = 250 * time.Millisecond
	s.connections.drained(ctx, grace)
	if err := s.http.Shutdown(ctx); err != nil {
		s.cancel()
		err = errors.Join(fmt.Errorf("requests in progress were cut off: %w", err), s.http.Close())
		s.unwound(end)
		return err
	}
	return nil
}

// counted counts the requests that h is handling.
func (s *server) counted(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.running.Add(1)
		defer s.running.Add(-1)
		h.ServeHTTP(w, r)
	})
}

// unwound waits until the handlers of requests that were cut off have returned, so that their spans have ended before the
// telemetry does, or until ctx ends.
func (s *server) unwound(ctx context.Context) {
	const look = time.Millisecond
	for s.running.Load() > 0 && ctx.Err() == nil {
		time.Sleep(look)
	}
}

// early returns a context that ends before ctx, to close by force before the host gives up.
func early(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	const margin, share = 500 * time.Millisecond, 10
	left := time.Until(deadline)
	return context.WithTimeout(ctx, left-min(margin, left/share))
}
