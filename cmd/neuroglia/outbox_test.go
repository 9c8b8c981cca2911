package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
	"github.com/neuroglia-go/neuroglia/retry"
)

type parcel struct{ aggregate.Root }

type parcelSent struct{ Address string }

// post is a service whose handler fails until it is healed.
type post struct {
	url     string
	parcels *repository.Repository[parcel]
	relay   *outbox.Relay
	healed  atomic.Bool
	handled atomic.Int64
}

func newPost(t *testing.T) *post {
	t.Helper()
	p := &post{url: "sqlite:" + filepath.Join(t.TempDir(), "post.db")}
	db, err := sqlrepo.Open(t.Context(), p.url)
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlrepo.New(t.Context(), db, repository.Schema[parcel]{Name: "parcels"})
	if err != nil {
		t.Fatal(err)
	}
	m := mediator.New()
	mediator.On(m, func(context.Context, parcelSent) error {
		if !p.healed.Load() {
			return errors.New("no such address:\x1b[31m nowhere")
		}
		p.handled.Add(1)
		return nil
	})
	p.relay = outbox.New(db.Outbox(), m, outbox.WithRetry(retry.Policy{Attempts: 1}), outbox.WithPoll(50*time.Millisecond))
	p.parcels = repository.New(store, p.relay)
	if err := p.relay.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(p.relay.Stop(context.Background()), db.Close()); err != nil {
			t.Error(err)
		}
	})
	return p
}

func (p *post) send(t *testing.T, ids ...string) {
	t.Helper()
	for _, id := range ids {
		one := &parcel{Root: aggregate.NewRoot(id)}
		one.Raise(parcelSent{Address: "Baker Street"})
		if err := p.parcels.Add(t.Context(), one); err != nil {
			t.Fatal(err)
		}
	}
	p.eventually(t, fmt.Sprintf("%d dead letters are there", len(ids)), func() bool {
		_, out, _ := p.neuroglia(t, "list", "--json")
		return strings.Count(out, "\n") >= len(ids)
	})
}

func (p *post) eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it did not come to be that %s", what)
		}
	}
}

func (p *post) neuroglia(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	return neuroglia(t, map[string]string{"DATABASE_URL": p.url}, append([]string{"outbox"}, args...)...)
}

func TestDeadLettersAreListedShownReplayedAndDiscarded(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	if code, out, stderr := p.neuroglia(t, "list"); code != exitOK || out != "" || stderr != "0 dead letters\n" {
		t.Errorf("an empty outbox: got %d, %q, %q", code, out, stderr)
	}
	p.send(t, "one", "two", "three")

	code, out, stderr := p.neuroglia(t, "list", "--aggregate", "two")
	row := regexp.MustCompile(`(?m)^(\S+)  parcelSent  parcel two  \d+s +1 +0 +no such address: \[31m nowhere$`)
	found := row.FindStringSubmatch(out)
	if code != exitOK || found == nil || stderr != "1 dead letter\n" {
		t.Fatalf("list: got %d,\n%s%s\nwant the letter of two, and no control characters", code, out, stderr)
	}
	id := found[1]

	_, out, _ = p.neuroglia(t, "show", id)
	for _, want := range []string{"parcelSent", "parcel two, version 1", "attempts   1", "bytes; --data shows them"} {
		if !strings.Contains(out, want) || strings.Contains(out, "Baker") {
			t.Errorf("show: got\n%s\nwant %q, and not what is in the event", out, want)
		}
	}
	if _, out, _ = p.neuroglia(t, "show", id, "--data"); !strings.Contains(out, `"Address": "Baker Street"`) {
		t.Errorf("show --data: got\n%s", out)
	}
	if code, out, stderr = p.neuroglia(t, "replay", "--all", "--dry-run"); code != exitOK || strings.Count(out, "\n") != 4 ||
		!strings.Contains(stderr, "nothing was done") {
		t.Errorf("dry run: got %d,\n%s%s", code, out, stderr)
	}
	p.healed.Store(true)
	if code, out, _ = p.neuroglia(t, "replay", id); code != exitOK || out != "replayed 1 dead letter\n" {
		t.Errorf("replay: got %d, %q", code, out)
	}
	p.eventually(t, "the replayed event is handled", func() bool { return p.handled.Load() == 1 })
	if code, _, stderr = p.neuroglia(t, "replay", id); code != exitFailed || !strings.Contains(stderr, "there is none of "+id) {
		t.Errorf("replay of one that is gone: got %d, %q", code, stderr)
	}
	if code, _, stderr = p.neuroglia(t, "discard", "--all"); code != exitFailed || !strings.Contains(stderr, "use --yes") {
		t.Errorf("discard without being sure: got %d, %q", code, stderr)
	}
	if code, out, _ = p.neuroglia(t, "discard", "--type", "parcelSent", "--yes"); code != exitOK || out != "discarded 2 dead letters\n" {
		t.Errorf("discard: got %d, %q", code, out)
	}
	if _, _, stderr = p.neuroglia(t, "list", "--pending"); stderr != "0 pending events\n" {
		t.Errorf("at the end: got %q", stderr)
	}
	if p.handled.Load() != 1 {
		t.Errorf("%d events were handled, want 1", p.handled.Load())
	}
}

func TestMoreThanAPageOfDeadLettersIsReplayed(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	ids := make([]string, 250)
	for i := range ids {
		ids[i] = fmt.Sprint(i)
	}
	p.send(t, ids[:99]...)
	for _, id := range ids[99:] {
		one := &parcel{Root: aggregate.NewRoot(id)}
		one.Raise(parcelSent{})
		if err := p.parcels.Add(t.Context(), one); err != nil {
			t.Fatal(err)
		}
	}
	p.eventually(t, "all are dead", func() bool {
		_, out, _ := p.neuroglia(t, "list", "--json", "--limit", "1000")
		return strings.Count(out, "\n") == len(ids)
	})
	if _, _, stderr := p.neuroglia(t, "list"); stderr != "100 dead letters; there may be more: --limit 1000 shows more\n" {
		t.Errorf("list: got %q", stderr)
	}
	p.healed.Store(true)
	if code, out, _ := p.neuroglia(t, "replay", "--older", "0s", "--all"); code != exitOK || out != "replayed 250 dead letters\n" {
		t.Errorf("replay: got %d, %q", code, out)
	}
	p.eventually(t, "all are handled", func() bool { return p.handled.Load() == int64(len(ids)) })
}

func TestLettersAreJSONForPrograms(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.send(t, "one")
	_, out, _ := p.neuroglia(t, "list", "--json", "--data")
	var letter struct {
		ID          string `json:"id"`
		Type        string `json:"type"`
		Error       string `json:"error"`
		AggregateID string `json:"aggregate_id"`
		Attempts    int    `json:"attempts"`
		Data        struct {
			Address string `json:"Address"`
		} `json:"data"`
	}
	if err := json.NewDecoder(bytes.NewBufferString(out)).Decode(&letter); err != nil {
		t.Fatalf("%q: %v", out, err)
	}
	if letter.ID == "" || letter.Type != "parcelSent" || letter.AggregateID != "one" || letter.Attempts != 1 ||
		letter.Data.Address != "Baker Street" || letter.Error == "" {
		t.Errorf("got %+v", letter)
	}
}

func TestWrongUseOfTheOutboxIsTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for args, want := range map[string]string{
		"outbox":                        "say what to do: list, show, replay, discard or bury",
		"outbox burn":                   `there is no "burn"`,
		"outbox show":                   "say which to show",
		"outbox list":                   "set DATABASE_URL",
		"outbox replay":                 "give ids, a filter such as --type, or --all",
		"outbox discard --pending -all": "only dead letters can be discarded",
		"outbox list --limit -1":        "cannot be negative",
		"outbox list --database sqlite:" + dir + "/none.db":        "there is no database " + dir + "/none.db",
		"outbox list --database mysql://root:secret@127.0.0.1/db":  "of no kind that is known",
		"outbox list --database memory:":                           "inside its service",
		"outbox list --database postgres://a:secret@127.0.0.1:1/x": "127.0.0.1",
	} {
		code, stdout, stderr := neuroglia(t, nil, strings.Fields(args)...)
		if code == exitOK || stdout != "" || !strings.Contains(stderr, want) || strings.Contains(stderr, "secret") {
			t.Errorf("%s: got %d, %q, %q; want %q, and no password", args, code, stdout, stderr, want)
		}
	}
	if entries, err := filepath.Glob(dir + "/*"); err != nil || len(entries) != 0 {
		t.Errorf("files were made: %v, %v", entries, err)
	}
}

func TestWhatNoProcessHandlesAnyMoreIsBuried(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.healed.Store(true)
	db, err := sqlrepo.Open(t.Context(), p.url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	store, err := sqlrepo.New(t.Context(), db, repository.Schema[parcel]{Name: "parcels"})
	if err != nil {
		t.Fatal(err)
	}
	forgotten := outbox.Entry{
		ID: "forgotten", Type: "parcelWeighed", AggregateType: "parcel", AggregateID: "one", Version: 1, RaisedAt: time.Now(), Data: []byte("{}"),
	}
	held := []outbox.Entry{forgotten}
	one := &parcel{Root: aggregate.NewRoot("one")}
	if err := store.Save(t.Context(), repository.Change[parcel]{Op: repository.Add, ID: "one", State: one, Events: held}); err != nil {
		t.Fatal(err)
	}
	if err := db.Outbox().Settle(t.Context(), []outbox.Outcome{{Entry: held[0], Verdict: outbox.Untouched}}); err != nil {
		t.Fatal(err)
	}
	err = p.parcels.Update(t.Context(), "one", func(one *parcel) error { one.Raise(parcelSent{}); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := p.neuroglia(t, "bury", "--type", "parcelWeighed", "--dry-run"); code != exitOK || !strings.Contains(stderr, "nothing was done") {
		t.Errorf("dry run: got %d, %q", code, stderr)
	}
	if p.handled.Load() != 0 {
		t.Error("the event behind it did not wait")
	}
	if code, out, stderr := p.neuroglia(t, "bury", "--type", "parcelWeighed"); code != exitOK || out != "made 1 dead letter of pending events\n" {
		t.Errorf("bury: got %d, %q, %q", code, out, stderr)
	}
	p.eventually(t, "the event behind it is handled", func() bool { return p.handled.Load() == 1 })
}

func TestAForeignDatabaseIsLeftAlone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "other.db")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := neuroglia(t, map[string]string{"DATABASE_URL": "sqlite:" + file}, "outbox", "list")
	if code != exitFailed || !strings.Contains(stderr, "it is not a database of a service with this framework") {
		t.Errorf("got %d, %q", code, stderr)
	}
	if info, err := os.Stat(file); err != nil || info.Size() > 4096 {
		t.Errorf("the file was written to: %v, %v", info.Size(), err)
	}
}
