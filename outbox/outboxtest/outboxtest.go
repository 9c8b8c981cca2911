// Package outboxtest is the suite that every driver of outbox.Log passes, together with the stores that save to it.
//
// A driver's test calls [Run] with a [Harness] that opens empty databases and connects processes to them. What the driver
// cannot promise is declared in the harness with the reason, and shows in the output as a skipped test.
package outboxtest

import (
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
)

// Harness is what the suite needs of a driver.
type Harness struct {
	// Open returns an empty database of its own, whose leases are as long as given. Each call of what it returns connects
	// one more process to it, with leases of its own. What has to be closed is closed by t.Cleanup.
	Open func(t *testing.T, lease time.Duration) (connect func(t *testing.T) Process)

	// Unreachable returns a process whose database does not answer. Nil if there is no such thing, as in memory.
	Unreachable func(t *testing.T) Process

	// Exceptions are the promises that the driver does not keep, with the reason. Defaults to none.
	Exceptions map[Promise]string
}

// Process is what one process has of a database.
type Process struct {
	Tickets repository.Store[repositorytest.Ticket] // with repositorytest.Schema
	Tallies repository.Store[Tally]                 // with Schema
	Log     Log                                     // of both stores
}

// Log is what a driver implements.
type Log interface {
	outbox.Log
	outbox.Letters
}

// Promise is a property of outboxes that some databases cannot have.
type Promise string

// The promises that may have exceptions. Everything else holds for every driver.
const (
	// Wakes: a process is told when another one has saved entries that nobody holds.
	Wakes Promise = "that other processes are woken"
	// LargeEntries: an event has a megabyte.
	LargeEntries Promise = "events of a megabyte"
	// InboxOutlivesRemoval: the inbox keys of an aggregate that was removed are known as long as all others.
	InboxOutlivesRemoval Promise = "inbox keys that outlive their aggregate"
)

// Run runs the suite.
func Run(t *testing.T, h Harness) {
	t.Helper()
	s := suite{Harness: h}
	for promise, reason := range h.Exceptions {
		if reason == "" {
			t.Fatalf("the exception from %q has no reason", promise)
		}
	}
	t.Run("Save", s.save)
	t.Run("Claim", s.claim)
	t.Run("Lease", s.lease)
	t.Run("Settle", s.settle)
	t.Run("Status", s.status)
	t.Run("Entry", s.entry)
	t.Run("Letters", s.letters)
	t.Run("Inbox", s.inbox)
	t.Run("Watch", s.watch)
	t.Run("Unreachable", s.unreachable)
	t.Run("Race", s.race)
	t.Run("Concurrency", s.concurrency)
	t.Run("Interruption", s.interrupted)
	t.Run("Crash", s.crash)
}

type suite struct{ Harness }

// open connects two processes to an empty database whose leases do not end during a test.
func (s suite) open(t *testing.T) (a, b *process) {
	t.Helper()
	connect := s.Open(t, time.Hour)
	return &process{Process: connect(t)}, &process{Process: connect(t)}
}

// needs skips the test of a promise that has an exception.
func (s suite) needs(t *testing.T, p Promise) {
	t.Helper()
	if reason, ok := s.Exceptions[p]; ok {
		t.Skipf("the driver does not promise %s: %s", p, reason)
	}
}
