package sqlrepo_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo/postgrestest"
)

// A server is stopped, and killed, while many write. All that fails is unavailable, all that was acknowledged is there,
// and everything goes on by itself when the server does.
func TestAServerMayGoAndComeBack(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	db := open(t, server.URL())
	store := newStore(t, db, repositorytest.Schema())
	r := repository.New(store, leaver{})
	var saved, refused atomic.Int64
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var writers sync.WaitGroup
	var acknowledged sync.Map
	for writer := range 4 {
		writers.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				ticket := repositorytest.NewTicket(fmt.Sprintf("%d-%d", writer, i), "ann")
				ticket.Increment()
				switch err := r.Add(t.Context(), ticket); {
				case err == nil:
					saved.Add(1)
					acknowledged.Store(ticket.ID(), true)
				case fault.KindOf(err) == fault.Unavailable:
					refused.Add(1)
				default:
					t.Errorf("Add while the server comes and goes = %v of kind %v, want kind unavailable", err, fault.KindOf(err))
				}
			}
		})
	}
	progress := func(what string, n *atomic.Int64) {
		t.Helper()
		before := n.Load()
		eventually(t, what, func() bool { return n.Load() > before+20 })
	}
	progress("changes are saved", &saved)
	for _, end := range []func(testing.TB){server.Stop, server.Kill} {
		end(t)
		progress("changes are refused", &refused)
		if err := db.Check(t.Context()); fault.KindOf(err) != fault.Unavailable || strings.Contains(err.Error(), "\n") {
			t.Errorf("Check = %q, want one line of kind unavailable", err)
		}
		if _, _, err := db.Outbox().Claim(t.Context(), []string{"Counted"}, 1); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("Claim = %v, want kind unavailable", err)
		}
		server.Restart(t)
		progress("changes are saved again", &saved)
	}
	stop()
	writers.Wait()
	stored := sqlrepo.Query[int64](t, db, `SELECT count(*) FROM tickets`)
	if stored < saved.Load() || stored > saved.Load()+refused.Load() {
		t.Errorf("%d are stored of %d acknowledged", stored, saved.Load())
	}
	acknowledged.Range(func(id, _ any) bool {
		found, err := store.Contains(t.Context(), id.(string))
		if err != nil || !found {
			t.Errorf("%s was acknowledged: Contains = %t, %v", id, found, err)
		}
		return found
	})
	if status, err := db.Outbox().Status(t.Context()); err != nil || status.Pending != stored {
		t.Errorf("%d events are pending, %v, of %d changes", status.Pending, err, stored)
	}
	t.Logf("%d acknowledged, %d refused, %d saved whose answer was lost", saved.Load(), refused.Load(), stored-saved.Load())
}

func TestWatchEndsWithTheServerAndCanBeginAgain(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	db := open(t, server.URL())
	for range 2 {
		ended, woken := make(chan error, 1), make(chan struct{}, 100)
		go func() { ended <- db.Outbox().Watch(t.Context(), func() { woken <- struct{}{} }) }()
		<-woken // it listens
		server.Stop(t)
		if err := <-ended; fault.KindOf(err) != fault.Unavailable {
			t.Errorf("Watch = %v when the server has gone, want kind unavailable", err)
		}
		server.Restart(t)
	}
}

func TestOpenWaitsForAServerThatIsStarting(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	server.Stop(t)
	opened := make(chan error, 1)
	go func() {
		db, err := sqlrepo.Open(t.Context(), server.URL())
		if err == nil {
			err = db.Close()
		}
		opened <- err
	}()
	server.Restart(t)
	if err := <-opened; err != nil {
		t.Errorf("Open: %v", err)
	}
}

func TestOpenDoesNotWaitForever(t *testing.T) {
	t.Parallel()
	// It takes connections and says nothing.
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	began := time.Now()
	_, err = sqlrepo.Open(t.Context(), "postgres://ann:secret@"+silent.Addr().String()+"/mario")
	if took := time.Since(began); fault.KindOf(err) != fault.Unavailable || took > 30*time.Second {
		t.Errorf("Open = %v of kind %v after %v, want kind unavailable after ten seconds", err, fault.KindOf(err), took)
	}
	if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "\n") {
		t.Errorf("Open = %q, want one line and no password", err)
	}
}

func TestAServerThatRefusesIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	url := postgrestest.URL(t)
	began := time.Now()
	user, rest, _ := strings.Cut(strings.TrimPrefix(url, "postgres://"), ":")
	_, address, _ := strings.Cut(rest, "@")
	wantRefused(t, "postgres://"+user+":secret@"+address, "password authentication failed")
	wantRefused(t, strings.Replace(url, "/postgres?", "/none?", 1), `database "none" does not exist`)
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("Open took %v", took)
	}
}

func TestACallerWhoLeftIsNoFailureOfTheDatabase(t *testing.T) {
	t.Parallel()
	db := open(t, postgrestest.URL(t))
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	refused := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	if got := fault.KindOf(sqlrepo.Classify(gone, db, refused)); got != fault.Canceled {
		t.Errorf("kind of an error after the caller left = %v, want canceled", got)
	}
	if got := fault.KindOf(sqlrepo.Classify(t.Context(), db, refused)); got != fault.Unavailable {
		t.Errorf("kind of an error while the caller waits = %v, want unavailable", got)
	}
}

// eventually tries until done, for at most half a minute.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for tick := time.NewTicker(5 * time.Millisecond); !done(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("after half a minute it is not so that %s", what)
		}
	}
}
