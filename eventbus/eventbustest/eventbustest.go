// Package eventbustest is the suite that every driver of eventbus.Transport passes.
//
// A driver's test calls [Run] with a [Harness] that opens empty brokers. What the driver cannot promise is declared in
// the harness with the reason, and shows in the output as a skipped test.
package eventbustest

import (
	"testing"

	"github.com/neuroglia-go/neuroglia/eventbus"
)

// Harness is what the suite needs of a driver.
type Harness struct {
	// Open returns a function that connects to an empty broker of its own, or to what stands for one. Each call of that
	// function makes the transport of one more process; it is called once if [Processes] is an exception. The suite
	// closes the transports; what else has to be closed is closed by t.Cleanup.
	Open func(t *testing.T) (connect func() eventbus.Transport)

	// Exceptions are the promises that the driver does not keep, with the reason. Defaults to none.
	Exceptions map[Promise]string
}

// Promise is a property that some transports cannot have.
type Promise string

// The promises that may have exceptions. Everything else holds for every driver.
const (
	// Processes: events reach the subscribers of all processes, and processes with the same group share them.
	Processes Promise = "events reach other processes"
	// Durability: events wait for a group that has subscribed before and is away. It needs Processes.
	Durability Promise = "events wait for a group that is away"
	// Redelivery: an event whose handling failed is delivered again, with an attempt that is one higher.
	Redelivery Promise = "an event whose handling failed is delivered again"
)

// Run runs the suite.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for promise, reason := range h.Exceptions {
		if reason == "" {
			t.Fatalf("the exception from %q has no reason", promise)
		}
	}
	s := suite{Harness: h}
	t.Run("Delivery", s.delivery)
	t.Run("Groups", s.groups)
	t.Run("Order", s.order)
	t.Run("Content", s.content)
	t.Run("Failure", s.failure)
	t.Run("Contexts", s.contexts)
	t.Run("Concurrency", s.concurrency)
	t.Run("Close", s.close)
	t.Run("Processes", s.processes)
	t.Run("Durability", s.durability)
	t.Run("Redelivery", s.redelivery)
}

type suite struct{ Harness }

// promises reports whether the driver makes a promise.
func (s suite) promises(p Promise) bool {
	_, excepted := s.Exceptions[p]
	return !excepted
}

// needs skips the test of a promise that has an exception.
func (s suite) needs(t *testing.T, p Promise) {
	t.Helper()
	if reason, excepted := s.Exceptions[p]; excepted {
		t.Skipf("the driver does not promise that %s: %s", p, reason)
	}
}
