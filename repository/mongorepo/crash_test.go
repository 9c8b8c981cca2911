package mongorepo_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/mongorepo"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
)

// writerURL makes the test binary a process that writes until it is killed.
const writerURL = "MONGOREPO_TEST_WRITER_URL"

// leaver keeps events and delivers none.
type leaver struct{}

func (leaver) Dispatch(context.Context, aggregate.Raised) error { return nil }
func (leaver) Deliver(context.Context, []outbox.Entry)          {}

func (leaver) Keep(_ context.Context, events []aggregate.Raised) ([]outbox.Entry, error) {
	var entries []outbox.Entry
	for _, e := range events {
		entries = append(entries, outbox.Entry{
			ID: e.ID, Type: "Counted", AggregateType: e.AggregateType, AggregateID: e.AggregateID, Version: e.Version,
			RaisedAt: e.At, Due: e.At, Data: []byte("{}"),
		})
	}
	return entries, nil
}

// writeUntilKilled adds tickets and increments the shared one, and prints what has been acknowledged.
func writeUntilKilled(ctx context.Context, url string, out io.Writer) error {
	db, err := mongorepo.Open(ctx, url)
	if err != nil {
		return err
	}
	store, err := mongorepo.New(ctx, db, repositorytest.Schema())
	if err != nil {
		return err
	}
	r := repository.New(store, leaver{}, repository.WithAttempts(1000))
	for i := 0; ; i++ {
		id := fmt.Sprintf("%d-%d", os.Getpid(), i)
		if err := r.Add(ctx, repositorytest.NewTicket(id, "writer")); err != nil {
			return err
		}
		fmt.Fprintln(out, "added", id)
		if err := r.Update(ctx, "shared", func(t *repositorytest.Ticket) error { t.Increment(); return nil }); err != nil {
			return err
		}
		fmt.Fprintln(out, "incremented", i)
	}
}

// Processes that write one database at the same time are killed, again and again. What they had printed is there
// afterwards, and what was in work is there wholly or not at all: the change and its events.
func TestWhatWasAcknowledgedOutlivesKill(t *testing.T) {
	t.Parallel()
	url := server.URL()
	const rounds, writers = 4, 2
	db := open(t, url)
	store := newStore(t, db, repositorytest.Schema())
	if err := store.Save(t.Context(), addition("shared")); err != nil {
		t.Fatalf("Save: %v", err)
	}
	added, increments, kills := 0, int64(0), 0
	for range rounds {
		var acknowledged []<-chan string
		for range writers {
			acknowledged = append(acknowledged, startWriter(t, url, 10+rand.IntN(30)))
		}
		for _, lines := range acknowledged {
			for line := range lines {
				var id string
				if n, _ := fmt.Sscanf(line, "added %s", &id); n == 0 {
					increments++
					continue
				}
				added++
				if found, err := store.Contains(t.Context(), id); err != nil || !found {
					t.Errorf("%s was acknowledged: Contains = %v, %v", id, found, err)
				}
			}
			kills++
		}
		// A killed process may have committed one change that it did not come to print.
		shared, err := store.Get(t.Context(), "shared")
		if err != nil {
			t.Fatalf("Get: %v", err)
		}
		if got := shared.State.Count(); got < increments || got > increments+int64(kills) || got != shared.Version-1 {
			t.Errorf("count %d at version %d, want %d and at most %d more", got, shared.Version, increments, kills)
		}
		// Whoever was killed left events behind, each with its change.
		status, err := db.Outbox().Status(t.Context())
		if err != nil {
			t.Fatalf("Status: %v", err)
		}
		// The server may have finished a change meanwhile that a killed process had sent.
		if after, err := store.Get(t.Context(), "shared"); err != nil || status.Pending < shared.Version-1 ||
			status.Pending > after.Version-1 {
			t.Errorf("%d events are pending, of %d increments and later %d, %v", status.Pending, shared.Version-1, after.Version-1, err)
		}
	}
	counts, err := store.Count(t.Context(), "owner")
	if n := counts["writer"]; err != nil || n < int64(added) || n > int64(added+kills) {
		t.Errorf("%d tickets are stored, %v, want %d and at most %d more", n, err, added, kills)
	}
	t.Logf("%d kills, %d adds and %d increments acknowledged, none lost", kills, added, increments)
}

// startWriter starts a process, kills it after some lines of output and sends all that it printed.
func startWriter(t *testing.T, url string, lines int) <-chan string {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0])
	command.Env = append(os.Environ(), writerURL+"="+url)
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	printed := make(chan string, 1)
	go func() {
		defer close(printed)
		scanner := bufio.NewScanner(out)
		for n := 0; scanner.Scan(); n++ {
			if n == lines {
				_ = command.Process.Kill()
			}
			printed <- scanner.Text()
		}
		if err := command.Wait(); err == nil || command.ProcessState.Exited() {
			t.Errorf("the writer ended by itself: %v (pid %s)", err, strconv.Itoa(command.Process.Pid))
		}
	}()
	return printed
}
