package stack_test

import (
	"bufio"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// command is the program stack, running.
type command struct {
	*exec.Cmd
	addresses []string // of its parts
	rest      chan string
}

// run starts the program and returns when it says that it waits to be stopped.
func run(t *testing.T) command {
	t.Helper()
	program := filepath.Join(t.TempDir(), "stack")
	build := exec.Command("go", "build", "-o", program, "./cmd/stack")
	build.Env = append(os.Environ(), "GOWORK=off")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	c := command{Cmd: exec.Command(program, "-root", "..", "-data", t.TempDir(), "-free-ports", "-without", "tempo", "-without", "grafana")}
	c.Stderr = t.Output()
	output, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	started := regexp.MustCompile(`ready after .* at (\S+)`)
	lines := bufio.NewScanner(output)
	for lines.Scan() && !strings.Contains(lines.Text(), "Ctrl-C") {
		if match := started.FindStringSubmatch(lines.Text()); match != nil {
			address, err := url.Parse(match[1])
			if err != nil {
				t.Fatal(err)
			}
			c.addresses = append(c.addresses, address.Host)
		}
	}
	if len(c.addresses) != 3 {
		t.Fatalf("%d parts are ready", len(c.addresses))
	}
	c.rest = make(chan string, 1)
	go func() {
		var rest strings.Builder
		for lines.Scan() {
			rest.WriteString(lines.Text() + "\n")
		}
		c.rest <- rest.String()
	}()
	return c
}

func listens(address string) bool {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err == nil {
		conn.Close()
	}
	return err == nil
}

func TestTheCommandStopsEverythingWhenItIsAskedTo(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		c := run(t)
		if err := c.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if rest := <-c.rest; !strings.Contains(rest, "Stopping the stack") {
			t.Errorf("it says %q", rest)
		}
		if err := c.Wait(); err != nil {
			t.Errorf("after %s: %v", signal, err)
		}
		for _, address := range c.addresses {
			if listens(address) {
				t.Errorf("after %s, something still listens at %s", signal, address)
			}
		}
	}
}

func TestWhatTheCommandStartedEndsWhenItIsKilled(t *testing.T) {
	t.Parallel()
	c := run(t)
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	for _, address := range c.addresses {
		eventually(t, "nothing listens at "+address, func() bool { return !listens(address) })
	}
}
