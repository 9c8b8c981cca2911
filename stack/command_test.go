package stack_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// command is the program stack, running.
type command struct {
	*exec.Cmd
	addresses []string // of its parts
	links     []string // that it prints
	rest      chan string
}

// program builds the command with arguments for a stack of its own.
func program(t *testing.T, arguments ...string) *exec.Cmd {
	t.Helper()
	program := filepath.Join(t.TempDir(), "stack")
	build := exec.Command("go", "build", "-o", program, "./cmd/stack")
	build.Env = append(os.Environ(), "GOWORK=off")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return exec.Command(program, append(arguments, "-root", "..", "-data", t.TempDir(), "-free-ports", "-without", "tempo")...)
}

// run starts the program and returns when it says that it waits to be stopped.
func run(t *testing.T, arguments ...string) command {
	t.Helper()
	c := command{Cmd: program(t, arguments...)}
	c.Stderr = t.Output()
	output, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	started, link := regexp.MustCompile(`ready after .* at (\S+)`), regexp.MustCompile(`^  \S.*  (http://\S+)$`)
	lines := bufio.NewScanner(output)
	for lines.Scan() && !strings.Contains(lines.Text(), "Ctrl-C") {
		if match := started.FindStringSubmatch(lines.Text()); match != nil {
			address, err := url.Parse(match[1])
			if err != nil {
				t.Fatal(err)
			}
			c.addresses = append(c.addresses, address.Host)
		} else if match := link.FindStringSubmatch(lines.Text()); match != nil {
			c.links = append(c.links, match[1])
		}
	}
	if len(c.addresses) < 3 {
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
		c := run(t, "-without", "grafana")
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
	c := run(t, "-without", "grafana")
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	for _, address := range c.addresses {
		eventually(t, "nothing listens at "+address, func() bool { return !listens(address) })
	}
}

func TestEveryLinkThatTheCommandPrintsCanBeOpened(t *testing.T) {
	t.Parallel()
	c := run(t, "-demo")
	if len(c.links) < 3 {
		t.Errorf("it prints %q", c.links)
	}
	for _, link := range c.links {
		response, err := http.Get(link)
		if err != nil {
			t.Error(err)
			continue
		}
		response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s answers %s", link, response.Status)
		}
	}
}

func TestAnInterruptWhileTheCommandStartsIsNoFailureOfWhatStarts(t *testing.T) {
	t.Parallel()
	c := program(t, "-without", "grafana")
	var said strings.Builder
	c.Stderr = &said
	output, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	for lines := bufio.NewScanner(output); lines.Scan(); {
		if strings.HasSuffix(lines.Text(), "starting") {
			_ = c.Process.Signal(syscall.SIGINT)
		}
	}
	if err := c.Wait(); c.ProcessState.ExitCode() != 130 || !strings.HasPrefix(said.String(), "stack: interrupted") {
		t.Errorf("it ends with %v and says %q", err, said.String())
	}
}

func TestASecondInterruptEndsTheCommandAtOnce(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("it finds the parts' processes in /proc")
	}
	c := run(t, "-without", "grafana")
	if err := syscall.Kill(child(t, c.Process.Pid, "loki"), syscall.SIGSTOP); err != nil { // so that it does not stop
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		<-c.rest
		_ = c.Wait()
		close(ended)
	}()
	deadline := time.After(10 * time.Second) // half of what a part is given to stop
	for {
		select {
		case <-ended:
			return
		case <-deadline:
			t.Fatal("it still runs")
		case <-time.After(100 * time.Millisecond):
			_ = c.Process.Signal(syscall.SIGINT)
		}
	}
}

// child returns the process of that name which another has started.
func child(t *testing.T, parent int, name string) int {
	t.Helper()
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		text, _ := os.ReadFile(file)
		var pid, from int
		var called, state string
		if _, err := fmt.Sscan(string(text), &pid, &called, &state, &from); err == nil && from == parent && called == "("+name+")" {
			return pid
		}
	}
	t.Fatalf("there is no %s", name)
	return 0
}
