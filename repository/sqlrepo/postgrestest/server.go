package postgrestest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a PostgreSQL server.
type Server struct {
	programs string // the folder of the installed ones
	folder   string
	password string
	port     int
	as       *syscall.Credential // who it runs as; nil for who runs the tests
	guard    io.Closer
	process  *exec.Cmd
	ended    chan struct{} // closed when the process has
}

// patience is how long a server may take to start or stop.
const patience = time.Minute

func start() (_ *Server, err error) {
	s := &Server{password: rand.Text()}
	if s.programs, err = installed(); err != nil {
		return nil, err
	}
	if s.as, err = unprivileged(); err != nil {
		return nil, err
	}
	if s.folder, err = os.MkdirTemp("", "postgrestest-"); err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	if s.as != nil {
		if err := os.Chown(s.folder, int(s.as.Uid), int(s.as.Gid)); err != nil {
			return nil, fmt.Errorf("give its folder to the server: %w", err)
		}
	}
	if err := s.watch(); err != nil {
		return nil, err
	}
	if err := s.initialize(); err != nil {
		return nil, errors.Join(err, s.guard.Close())
	}
	for range 5 {
		s.port = freePort()
		if err = s.launch(); err == nil {
			return s, nil
		}
	}
	return nil, errors.Join(err, s.guard.Close())
}

// installed returns the folder of the newest programs.
func installed() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is a good one
	if len(found) == 0 {
		return "", errors.New("initdb is not on the PATH and not in /usr/lib/postgresql: install PostgreSQL, " +
			"such as by apt-get install postgresql")
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path)))) // 0 for what is no number
		return n
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })), nil
}

// unprivileged returns whom the server runs as, because it refuses to run as root.
func unprivileged() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil //nolint:nilnil // it runs as who runs the tests
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
			gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(uidErr, gidErr)
		}
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody")
}

// watch starts a shell that waits for the end of this process, by the end of its input, and then ends the server and
// removes the folder.
func (s *Server) watch() error {
	const script = `read -r _; pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid" 2>/dev/null
		while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done; rm -rf "$1"`
	guard := s.command("/bin/sh", "-c", script, "sh", s.folder)
	input, err := guard.StdinPipe()
	if err != nil {
		return fmt.Errorf("guard of the server: %w", err)
	}
	if err := guard.Start(); err != nil {
		return fmt.Errorf("guard of the server: %w", err)
	}
	s.guard = input
	return nil
}

func (s *Server) command(program string, args ...string) *exec.Cmd {
	command := exec.CommandContext(context.Background(), program, args...) //nolint:gosec // the installed programs
	command.Dir = s.folder
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: s.as}
	return command
}

func (s *Server) initialize() error {
	secret := filepath.Join(s.folder, "password")
	if err := os.WriteFile(secret, []byte(s.password+"\n"), 0o644); err != nil { //nolint:gosec // the folder is the server's alone
		return fmt.Errorf("write password: %w", err)
	}
	out, err := s.command(filepath.Join(s.programs, "initdb"), "--pgdata=data", "--username=test", "--pwfile="+secret,
		"--auth=password", "--encoding=UTF8", "--locale=C", "--no-instructions").CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return nil
}

// freePort returns one that connections do not get.
func freePort() int {
	for {
		port := 20000 + int(rand.Text()[0])*37 + int(rand.Text()[0])
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))) //nolint:noctx // it is brief
		if err == nil {
			_ = listener.Close()
			return port
		}
	}
}

func (s *Server) launch() error {
	log, err := os.OpenFile(filepath.Join(s.folder, "log"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	defer log.Close()
	s.process = s.command(filepath.Join(s.programs, "postgres"), "-D", "data", "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=500",
		"-c", "shared_buffers=32MB")
	s.process.Stdout, s.process.Stderr = log, log
	if err := s.process.Start(); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	process, ended := s.process, make(chan struct{})
	s.ended = ended
	go func() { _ = process.Wait(); close(ended) }() // how it ended is in its log
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		connection, err := pgx.Connect(ctx, s.URL())
		if err == nil {
			_ = connection.Close(ctx)
			return nil
		}
		select {
		case <-ended:
			text, _ := os.ReadFile(log.Name())
			return fmt.Errorf("the server ended: %s", text)
		case <-ctx.Done():
			return fmt.Errorf("the server does not answer: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// URL returns the URL of the server's database.
func (s *Server) URL() string {
	return fmt.Sprintf("postgres://test:%s@127.0.0.1:%d/postgres", s.password, s.port)
}

// Stop ends the server as an administrator does: connections are cut, nothing is lost.
func (s *Server) Stop(tb testing.TB) {
	tb.Helper()
	s.end(tb, syscall.SIGINT)
}

// Kill ends the server as a lack of memory does.
func (s *Server) Kill(tb testing.TB) {
	tb.Helper()
	s.end(tb, syscall.SIGKILL)
}

// Restart starts the server again where it was.
func (s *Server) Restart(tb testing.TB) {
	tb.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		err := s.launch()
		if err == nil {
			return
		}
		// After a kill, its processes need a moment to notice.
		if !strings.Contains(err.Error(), "is still in use") || time.Now().After(deadline) {
			tb.Fatalf("restart PostgreSQL: %v", err)
		}
	}
}

func (s *Server) end(tb testing.TB, signal syscall.Signal) {
	tb.Helper()
	if err := s.process.Process.Signal(signal); err != nil {
		tb.Fatalf("end PostgreSQL: %v", err)
	}
	select {
	case <-s.ended:
	case <-time.After(patience):
		tb.Fatalf("PostgreSQL does not end after %v", patience)
	}
}

// close lets the guard end the server and remove its folder.
func (s *Server) close() {
	_ = s.guard.Close() // it ends too when this process does
	select {
	case <-s.ended:
	case <-time.After(patience):
	}
}
