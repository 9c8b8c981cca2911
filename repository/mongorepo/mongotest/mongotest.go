// Package mongotest gives tests a server that speaks MongoDB's protocol: the one at MONGO_URL if that is set, else FerretDB
// on a free port, with its files in a folder of the test. What FerretDB cannot show is in docs/guides/mongodb.md.
package mongotest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/neuroglia-go/neuroglia/aggregate"
)

// Server is a server. It is safe for concurrent use.
type Server struct {
	folder string

	mu      sync.Mutex
	url     string // without a database
	listen  string
	command *exec.Cmd
	stdin   io.Closer // while it is open, the server runs
}

// Start starts a server that ends with the test.
func Start(tb testing.TB) *Server {
	tb.Helper()
	s, err := New(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Kill)
	return s
}

// New starts a server that has its files in folder. It ends with [Server.Kill], or with this process.
func New(folder string) (*Server, error) {
	s := &Server{url: os.Getenv("MONGO_URL"), folder: folder, listen: "127.0.0.1:0"}
	if s.url != "" {
		return s, nil
	}
	return s, s.Restart()
}

// Own reports whether this is a server that can be killed and restarted: not that of MONGO_URL.
func (s *Server) Own() bool { return os.Getenv("MONGO_URL") == "" }

// URL returns the URL of a database that nobody else uses.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := url.Parse(s.url)
	if err != nil {
		return s.url // whoever opens it says what is wrong
	}
	u.Path = "/neuroglia_test_" + strings.ToLower(aggregate.NewID())
	return u.String()
}

// Kill kills the server, as kill -9 does.
func (s *Server) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kill()
}

func (s *Server) kill() {
	if s.command == nil {
		return
	}
	_ = s.command.Process.Kill()
	_ = s.command.Wait()
	_ = s.stdin.Close()
	s.command = nil
}

// Restart starts a server that was killed, at the address it had.
func (s *Server) Restart() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	program := filepath.Join(root(), ".bin", "ferretdb")
	if _, err := os.Stat(program); err != nil {
		return fmt.Errorf("there is no server for tests of MongoDB: run make .bin/ferretdb, or set MONGO_URL (%w)", err)
	}
	command := exec.CommandContext(context.Background(), program, //nolint:gosec // it is built here
		"-child", "-listen", s.listen, "-data", s.folder)
	command.Stderr = os.Stderr
	stdin, inErr := command.StdinPipe()
	stdout, outErr := command.StdoutPipe()
	if err := errors.Join(inErr, outErr, command.Start()); err != nil {
		return fmt.Errorf("start FerretDB: %w", err)
	}
	s.command, s.stdin = command, stdin
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		s.kill()
		return fmt.Errorf("start FerretDB: it printed no URL: %w", err)
	}
	s.url = strings.TrimSpace(line)
	s.listen = strings.TrimSuffix(strings.TrimPrefix(s.url, "mongodb://"), "/")
	return nil
}

// root is the folder of the repository, of which this file is a part.
func root() string {
	_, file, _, _ := runtime.Caller(0) //nolint:dogsled // it returns so many
	return filepath.Join(filepath.Dir(file), "..", "..", "..")
}
