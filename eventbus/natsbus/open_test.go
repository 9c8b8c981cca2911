package natsbus_test

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/eventbus/natsbus"
)

func TestOpenSaysWhatIsWrongWithAURL(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"":                                   "want nats://host:port, tls://host:port or nats:embedded",
		"redis://127.0.0.1":                  "want nats://host:port, tls://host:port or nats:embedded",
		"nats://":                            "want nats://host:port, tls://host:port or nats:embedded",
		"nats://127.0.0.1:4222,":             "server 2 of the URL is not host:port",
		"nats://127.0.0.1:4222/orders":       "server 1 of the URL is not host:port",
		"nats://127.0.0.1?replicas=0":        "want 1 to 5",
		"nats://127.0.0.1?dir=data":          "dir=data in the URL: want replicas",
		"nats:embedded?replicas=3":           "want dir or listen",
		"nats:embedded?dir=":                 "want dir or listen",
		"nats:embedded?listen=0.0.0.0:4222":  "want an address of this machine",
		"nats:embedded?listen=10.0.0.1:4222": "want an address of this machine",
		"nats:embedded?%":                    "what follows ? in the URL",
	} {
		if _, err := natsbus.Open(t.Context(), url); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%q) = %v, want %q in it", url, err, want)
		}
	}
}

func TestOpenSaysWhatIsWrongWithAnOption(t *testing.T) {
	t.Parallel()
	for want, option := range map[string]natsbus.Option{
		"namespace":    natsbus.WithNamespace("a.b"),
		"lanes":        natsbus.WithLanes(0),
		"are kept for": natsbus.WithRetention(time.Second),
		"sign of life": natsbus.WithAckWait(time.Millisecond),
		"the start":    natsbus.WithStartTimeout(0),
		"publishing":   natsbus.WithPublishTimeout(0),
	} {
		if _, err := natsbus.Open(t.Context(), "nats://127.0.0.1", option); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open() = %v, want %q in it", err, want)
		}
	}
}

func TestOpenGivesUpABrokerThatIsNotThereAndKeepsSecrets(t *testing.T) {
	t.Parallel()
	nobody, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := nobody.Addr().String()
	nobody.Close()
	began := time.Now()
	_, err = natsbus.Open(t.Context(), "nats://user:secret@"+address, natsbus.WithStartTimeout(300*time.Millisecond))
	if took := time.Since(began); err == nil || took > 5*time.Second {
		t.Fatalf("Open() = %v after %s, want an error within the limit", err, took)
	}
	for _, want := range []string{"the NATS server at " + address, "within 300ms", "is it running"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Open() = %v, want %q in it", err, want)
		}
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("Open() = %v, which has the password in it", err)
	}
}

func TestOpenWaitsForABrokerThatStartsLater(t *testing.T) {
	t.Parallel()
	b := newServer(t)
	url := b.ClientURL()
	b.stop()
	opened := make(chan error, 1)
	go func() {
		transport, err := natsbus.Open(t.Context(), url, natsbus.WithStartTimeout(patience))
		if err == nil {
			err = transport.Close(t.Context())
		}
		opened <- err
	}()
	b.start(t)
	if err := await(t, "Open", opened); err != nil {
		t.Errorf("Open() = %v, want nil", err)
	}
}

func TestProcessesWithOtherLanesAreRefused(t *testing.T) {
	t.Parallel()
	b := newServer(t)
	b.process(t)
	_, err := natsbus.Open(t.Context(), b.ClientURL(), natsbus.WithLanes(8))
	if err == nil || !strings.Contains(err.Error(), `spread over "16" lanes, and this process wants 8`) {
		t.Errorf("Open() with other lanes = %v, want an error at once", err)
	}
}

func TestNamespacesAreApart(t *testing.T) {
	t.Parallel()
	b := newServer(t)
	one, two := b.process(t), b.process(t, natsbus.WithNamespace("other"))
	in := newInbox()
	subscribe(t, two, "kitchen", 1, in.deliver)
	publish(t, one, event("1", "a"))
	publish(t, two, event("2", "a"))
	in.want(t, "2(1)")
}

func TestAGroupCanBeginWithHistory(t *testing.T) {
	t.Parallel()
	b := newServer(t)
	transport := b.process(t, natsbus.WithHistory())
	publish(t, transport, numbered("a", 3)...)
	in := newInbox()
	subscribe(t, transport, "kitchen", 1, in.deliver)
	in.want(t, "a-000(1)", "a-001(1)", "a-002(1)")
	stop(t, transport)
	again := b.process(t)
	publish(t, again, event("4", "a"))
	subscribe(t, again, "kitchen", 1, in.deliver)
	in.want(t, "4(1)")
}

func TestBothModesAreUnderstood(t *testing.T) {
	t.Parallel()
	b := newServer(t)
	binary, structured := b.process(t), b.process(t, natsbus.WithStructured())
	in := newInbox()
	subscribe(t, binary, "kitchen", 1, in.deliver)
	publish(t, binary, event("1", "a"))
	publish(t, structured, event("2", "a"))
	for range 2 {
		got := await(t, "event", in)
		if got.Subject != "a" || string(got.Data) != "{}" || got.DataContentType != "application/json" {
			t.Errorf("got %+v, want it as it was published", got)
		}
	}
}

func TestAnEmbeddedServerKeepsEventsForTheNextProcess(t *testing.T) {
	t.Parallel()
	url := "nats:embedded?dir=" + filepath.Join(t.TempDir(), "nats")
	in := newInbox()
	first := open(t, url)
	subscribe(t, first, "kitchen", 1, in.deliver)
	publish(t, first, event("1", "a"))
	in.want(t, "1(1)")
	_, err := natsbus.Open(t.Context(), url)
	if err == nil || !strings.Contains(err.Error(), "another process has it: let one process listen") {
		t.Errorf("Open() of a folder in use = %v, want that another process has it", err)
	}
	stop(t, first)
	second := open(t, url)
	publish(t, second, event("2", "a"))
	stop(t, second)
	third := closing(t, open(t, url))
	subscribe(t, third, "kitchen", 1, in.deliver)
	in.want(t, "2(1)")
}

func TestAnEmbeddedServerThatListensServesOtherProcesses(t *testing.T) {
	t.Parallel()
	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	own := closing(t, open(t, "nats:embedded?dir="+t.TempDir()+"&listen="+address))
	other := closing(t, open(t, "nats://"+address))
	in := newInbox()
	subscribe(t, own, "kitchen", 1, in.deliver)
	publish(t, other, event("1", "a"))
	in.want(t, "1(1)")
}

func TestAnEmbeddedServerThatCannotListenSaysSo(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, err = natsbus.Open(ctx, "nats:embedded?dir="+t.TempDir()+"&listen="+taken.Addr().String())
	if err == nil || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("Open() = %v, want that the address is in use", err)
	}
}
