// Package postgrestest starts real PostgreSQL servers for tests, from the programs that are installed.
//
// A server keeps its data in a folder of its own and listens on the loopback interface only. Both the server and the
// folder go when the test process ends, however it ends.
package postgrestest

import (
	"sync"
	"testing"
)

// URL returns the URL of an empty schema, which is as good as a database, on a server that all tests of the process
// share. The test fails if there is no PostgreSQL.
func URL(tb testing.TB) string {
	tb.Helper()
	server, err := shared()
	if err != nil {
		tb.Fatalf("start PostgreSQL: %v", err)
	}
	return server.Schema(tb)
}

//nolint:gochecknoglobals // starting a server takes seconds, and a test process needs one
var shared = sync.OnceValues(start)

// Start starts a server for the test alone, which may stop and kill it.
func Start(tb testing.TB) *Server {
	tb.Helper()
	server, err := start()
	if err != nil {
		tb.Fatalf("start PostgreSQL: %v", err)
	}
	tb.Cleanup(server.close)
	return server
}

// Schema returns the URL of an empty schema.
func (s *Server) Schema(tb testing.TB) string {
	tb.Helper()
	url, err := s.NewSchema(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return url
}
