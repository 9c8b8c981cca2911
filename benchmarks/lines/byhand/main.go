// Command byhand takes orders: it is plain, with the telemetry that the framework has, written by hand.
package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		slog.ErrorContext(ctx, "stopped", "error", err)
		os.Exit(1) //nolint:gocritic // the process ends
	}
}

// run serves until ctx ends.
func run(ctx context.Context) error {
	stop, err := startTelemetry(ctx)
	if err != nil {
		return err
	}
	s, err := newService()
	if err != nil {
		return err
	}
	server := &http.Server{
		Addr: cmp.Or(os.Getenv("HTTP_ADDR"), "127.0.0.1:8080"), Handler: s.routes(), ReadHeaderTimeout: 5 * time.Second,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err = server.Shutdown(ctx)
	s.bus.close()
	return errors.Join(err, stop(ctx))
}
