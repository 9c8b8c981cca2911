// Command plain takes orders, without a line of instrumentation. It is what the other two are compared with.
package main

import (
	"cmp"
	"context"
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
	s := newService()
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
	err := server.Shutdown(ctx)
	s.bus.close()
	return err
}
