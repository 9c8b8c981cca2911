// Package repositorytest is the suite that every driver of repository.Store passes.
//
// A driver's test calls [Run] with a [Harness] that opens empty stores. What the driver cannot promise is declared in the
// harness with the reason, and shows in the output as a skipped test.
package repositorytest

import (
	"testing"

	"github.com/neuroglia-go/neuroglia/repository"
)

// Harness is what the suite needs of a driver.
type Harness struct {
	// Open returns an empty store of its own for each call. What has to be closed is closed by t.Cleanup.
	Open func(t *testing.T, schema repository.Schema[Ticket]) repository.Store[Ticket]

	// Exceptions are the promises that the driver does not keep, with the reason. Defaults to none.
	Exceptions map[Promise]string
}

// Promise is a property of stores that some databases cannot have.
type Promise string

// The promises that may have exceptions. Everything else holds for every driver.
const (
	// CompletePages: an aggregate that is added while somebody pages through a list is on exactly one of the pages.
	CompletePages Promise = "an aggregate added while paging is on exactly one page"
	// LargeDocuments: a document has a megabyte and more.
	LargeDocuments Promise = "documents of more than a megabyte"
	// AnyIdentity: an identity is any UTF-8 text of up to 200 characters without NUL.
	AnyIdentity Promise = "identities of any text"
)

// Schema returns the schema that the suite opens stores with.
func Schema() repository.Schema[Ticket] {
	return repository.Schema[Ticket]{
		Name: "tickets",
		Fields: map[string]func(*Ticket) string{
			"state": func(t *Ticket) string { return t.state },
			"owner": func(t *Ticket) string { return t.owner },
		},
	}
}

// Run runs the suite.
func Run(t *testing.T, h Harness) {
	t.Helper()
	s := suite{Harness: h}
	for promise, reason := range h.Exceptions {
		if reason == "" {
			t.Fatalf("the exception from %q has no reason", promise)
		}
	}
	t.Run("Get", s.get)
	t.Run("Contains", s.contains)
	t.Run("Add", s.add)
	t.Run("Update", s.update)
	t.Run("Remove", s.remove)
	t.Run("Isolation", s.isolation)
	t.Run("Documents", s.documents)
	t.Run("Identities", s.identities)
	t.Run("List", s.list)
	t.Run("Paging", s.paging)
	t.Run("Count", s.count)
	t.Run("Cancellation", s.cancellation)
	t.Run("Concurrency", s.concurrency)
	t.Run("Once", s.once)
	t.Run("Repository", s.repository)
}

type suite struct{ Harness }

func (s suite) open(t *testing.T) repository.Store[Ticket] {
	t.Helper()
	return s.Open(t, Schema())
}

// needs skips the test of a promise that has an exception.
func (s suite) needs(t *testing.T, p Promise) {
	t.Helper()
	if reason, ok := s.Exceptions[p]; ok {
		t.Skipf("the driver does not promise %s: %s", p, reason)
	}
}
