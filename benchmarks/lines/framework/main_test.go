package main

import (
	"context"
	"testing"

	"github.com/neuroglia-go/neuroglia/app"
	"github.com/neuroglia-go/neuroglia/benchmarks/lines/linestest"
)

func run(ctx context.Context) error { return app.Run(ctx, "orders", setups()...) }

func TestService(t *testing.T) { linestest.Behave(t, run) }

func TestTelemetry(t *testing.T) { linestest.Telemetry(t, run) }
