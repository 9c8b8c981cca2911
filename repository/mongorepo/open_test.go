package mongorepo_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/mongorepo"
	"github.com/neuroglia-go/neuroglia/repository/mongorepo/mongotest"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
)

func TestAWrongURLIsExplained(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ url, want string }{
		"empty":           {"", "the URL has no scheme: write mongodb://, hosts and the name of a database, such as"},
		"other scheme":    {"postgres://u:secret@db/mario", `scheme "postgres" is not supported: write mongodb://`},
		"no database":     {"mongodb://u:secret@db", "the URL names no database: write mongodb://"},
		"no host":         {"mongodb:///mario", "the URL is wrong: write mongodb://"},
		"slash in secret": {"mongodb://u:sec/ret@db/mario", "escaped as %40 and so on"},
		"unknown option":  {"mongodb://u:secret@db/mario?w=-1", "the URL is wrong"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := mongorepo.Open(t.Context(), tt.url)
			if err == nil {
				_ = db.Close()
				t.Fatal("Open succeeded")
			}
			if got := err.Error(); !strings.HasPrefix(got, "open database") || !strings.Contains(got, tt.want) ||
				strings.Contains(got, "sec") || strings.Contains(got, "\n") {
				t.Errorf("Open = %q, want one line with %q and without passwords", got, tt.want)
			}
		})
	}
}

func TestAServerThatIsNotThereIsUnavailable(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	_, err = mongorepo.Open(t.Context(), "mongodb://u:secret@"+address+"/mario?serverSelectionTimeoutMS=200")
	if fault.KindOf(err) != fault.Unavailable || strings.Contains(err.Error(), "secret") {
		t.Errorf("Open = %v, want kind unavailable and no password", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := mongorepo.Open(ctx, "mongodb://"+address+"/mario"); fault.KindOf(err) != fault.Canceled {
		t.Errorf("Open with a context that has ended = %v, want kind canceled", err)
	}
}

// A server is killed in the middle of changes and started again. No change that was acknowledged is lost, with its
// events, those that were not are whole or not there, and nobody has to open the database again.
func TestAServerThatIsKilledLosesNothing(t *testing.T) {
	t.Parallel()
	if !server.Own() {
		t.Skip("the server of MONGO_URL is not to be killed")
	}
	own := mongotest.Start(t)
	db := open(t, own.URL()+"?serverSelectionTimeoutMS=300")
	store := newStore(t, db, repositorytest.Schema())
	if err := store.Save(t.Context(), addition("shared")); err != nil {
		t.Fatalf("Save: %v", err)
	}
	acknowledged, failed := int64(0), int64(0)
	for range 3 {
		killer := time.AfterFunc(150*time.Millisecond, own.Kill)
		for {
			loaded, err := store.Get(t.Context(), "shared")
			if err == nil {
				c := repository.Change[ticket]{Op: repository.Update, ID: "shared", State: loaded.State, Expected: loaded.Version}
				c.Events = []outbox.Entry{event("shared", loaded.Version+1)}
				err = store.Save(t.Context(), c)
			}
			if err != nil {
				if fault.KindOf(err) != fault.Unavailable {
					t.Errorf("while the server is down: %v, want kind unavailable", err)
				}
				failed++
				break
			}
			acknowledged++
		}
		killer.Stop()
		own.Kill()
		if err := db.Check(t.Context()); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("Check while the server is down = %v, want kind unavailable", err)
		}
		if err := own.Restart(); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the database can be used again", func() bool { return db.Check(t.Context()) == nil })
	}
	loaded, err := store.Get(t.Context(), "shared")
	if err != nil || loaded.Version-1 < acknowledged || loaded.Version-1 > acknowledged+failed {
		t.Errorf("version %d, %v, after %d changes and %d that failed", loaded.Version, err, acknowledged, failed)
	}
	status, err := db.Outbox().Status(t.Context())
	if err != nil || status.Pending != loaded.Version-1 {
		t.Errorf("%d events are pending, %v, of %d changes", status.Pending, err, loaded.Version-1)
	}
	t.Logf("3 kills of the server, %d changes acknowledged, none lost", acknowledged)
}

func addition(id string) repository.Change[ticket] {
	return repository.Change[ticket]{Op: repository.Add, ID: id, State: repositorytest.NewTicket(id, "ann")}
}
