package baddays_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestTheKitchenIsCutOff has the kitchen in a network of its own, whose cable to the broker is pulled: no connection is
// closed, and nothing comes through.
func TestTheKitchenIsCutOff(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("making a network needs root; package natsbus tests a link that swallows everything without it")
	}
	network := newNetwork(t)
	b := newBrokerAt(t, 1, network.host)
	p := open(t, "sqlite:"+filepath.Join(t.TempDir(), "mario.db"), b.urlAt(network.host), "api", "delivery")
	kitchen := p.hire(t, "kitchen", network.guest, "ip", "netns", "exec", network.name)
	cut := time.Duration(0)
	c := p.busyDay(t, func(ctx context.Context) {
		pause(ctx, day(t)/6)
		network.ip(t, "link", "set", network.cable, "down")
		began := time.Now()
		pause(ctx, day(t)/2)
		network.ip(t, "link", "set", network.cable, "up")
		cut = time.Since(began)
	})
	books := p.evening(t, c)
	t.Logf("the kitchen was cut off for %s; the slowest order took %s; %s", cut.Round(time.Millisecond),
		c.slowest.Round(time.Millisecond), books)
	c.wantAllServed(t)
	select {
	case <-kitchen.exited:
		t.Errorf("the kitchen ended:\n%s", kitchen.printed())
	default:
	}
}

// network is a network namespace, with a cable to this one.
type network struct {
	name, cable string
	host, guest string // the addresses at both ends
}

func newNetwork(t *testing.T) *network {
	t.Helper()
	n := os.Getpid() % 250
	w := &network{
		name: fmt.Sprintf("mario%d", n), cable: fmt.Sprintf("mario%d", n),
		host: fmt.Sprintf("10.213.%d.1", n), guest: fmt.Sprintf("10.213.%d.2", n),
	}
	t.Cleanup(func() { _ = exec.Command("ip", "netns", "delete", w.name).Run() }) // and the cable with it
	inside := w.cable + "in"
	w.ip(t, "netns", "add", w.name)
	w.ip(t, "link", "add", w.cable, "type", "veth", "peer", "name", inside, "netns", w.name)
	w.ip(t, "address", "add", w.host+"/24", "dev", w.cable)
	w.ip(t, "link", "set", w.cable, "up")
	w.ip(t, "-n", w.name, "address", "add", w.guest+"/24", "dev", inside)
	w.ip(t, "-n", w.name, "link", "set", inside, "up")
	w.ip(t, "-n", w.name, "link", "set", "lo", "up")
	return w
}

func (w *network) ip(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v: %s", strings.Join(args, " "), err, out)
	}
}
