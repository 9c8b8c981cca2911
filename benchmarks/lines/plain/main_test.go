package main

import (
	"testing"

	"github.com/neuroglia-go/neuroglia/benchmarks/lines/linestest"
)

func TestService(t *testing.T) { linestest.Behave(t, run) }
