package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/benchmarks/lines/linestest"
)

func TestService(t *testing.T) { linestest.Behave(t, run) }

func TestTelemetry(t *testing.T) { linestest.Telemetry(t, run) }

func TestPanicsBecomeErrors(t *testing.T) {
	s, err := newService()
	if err != nil {
		t.Fatal(err)
	}
	s.orders = nil
	var p *panicError
	if _, err := s.placeOrder(t.Context(), PlaceOrder{}); !errors.As(err, &p) || !strings.Contains(p.stack, "orders.go") {
		t.Errorf("placeOrder() = %v, want the panic", err)
	}
}
