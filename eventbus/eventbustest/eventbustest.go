// Package eventbustest is the suite that every driver of eventbus.Transport passes.
//
// A driver's test calls [Run] with a [Harness] that opens empty brokers. What the driver cannot promise is what its
// Exceptions method declares, with the reason, and shows in the output as a skipped test.
package eventbustest

import (
	"testing"

	"github.com/neuroglia-go/neuroglia/eventbus"
)

// Harness is what the suite needs of a driver.
type Harness struct {
	// Open returns a function that connects to an empty broker of its own, or to what stands for one. Each call of that
	// function makes the transport of one more process; it is called once if
	// eventbus.Processes is an exception. The suite
	// closes the transports; what else has to be closed is closed by t.Cleanup.
	Open func(t *testing.T) (connect func() eventbus.Transport)
}

// Run runs the suite.
func Run(t *testing.T, h Harness) {
	t.Helper()
	s := suite{Harness: h, exceptions: exceptions(t, h)}
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

type suite struct {
	Harness

	exceptions map[eventbus.Promise]string
}

// exceptions returns what the driver declares.
func exceptions(t *testing.T, h Harness) map[eventbus.Promise]string {
	t.Helper()
	transport := h.Open(t)()
	declared := transport.Exceptions()
	closeNow(t, transport)
	for promise, reason := range declared {
		switch promise {
		case eventbus.Processes, eventbus.Durability, eventbus.Redelivery, eventbus.DeadLetters:
		default:
			t.Errorf("the driver excepts itself from %q, which nobody asks for", promise)
		}
		if reason == "" {
			t.Errorf("the exception from %q has no reason", promise)
		}
	}
	return declared
}

// promises reports whether the driver makes a promise.
func (s suite) promises(p eventbus.Promise) bool {
	_, excepted := s.exceptions[p]
	return !excepted
}

// needs skips the test of a promise that has an exception.
func (s suite) needs(t *testing.T, p eventbus.Promise) {
	t.Helper()
	if reason, excepted := s.exceptions[p]; excepted {
		t.Skipf("the driver does not promise that %s: %s", p, reason)
	}
}
