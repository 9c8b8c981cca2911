// Package transport takes the pizzeria's events to its processes, and to others, as BUS_URL says.
package transport

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/httpbus"
	"github.com/neuroglia-go/neuroglia/eventbus/membus"
	"github.com/neuroglia-go/neuroglia/eventbus/natsbus"
	"github.com/neuroglia-go/neuroglia/web"
)

// Kind is what a transport can do for the pizzeria.
type Kind uint8

// The kinds.
const (
	Unknown   Kind = iota
	Inside         // within this process
	Processes      // between all processes
	Outwards       // to others only: nothing comes in
)

// Kept is how long a broker keeps an event, and so how long the kitchen may be closed.
const Kept = 24 * time.Hour

// KindOf tells what kind of transport a URL is of.
func KindOf(address string) Kind {
	switch scheme, _, _ := strings.Cut(address, ":"); {
	case address == "memory:" || isPrivate(address):
		return Inside
	case scheme == "nats" || scheme == "tls":
		return Processes
	case scheme == "http" || scheme == "https":
		return Outwards
	}
	return Unknown
}

// isPrivate reports whether a URL is of an embedded broker that listens to nobody else.
func isPrivate(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "nats" && u.Opaque == "embedded" && !u.Query().Has("listen")
}

// Open opens the transport at a URL: "memory:", one that natsbus.Open takes, or the http URL that events are posted to. It
// may hold a password, and is not repeated.
func Open(ctx context.Context, address string) (eventbus.Transport, error) {
	var t eventbus.Transport
	var err error
	switch kind := KindOf(address); {
	case address == "memory:":
		return membus.New(), nil
	case kind == Inside || kind == Processes:
		// A group that comes for the first time gets what has waited: the kitchen may be opened after the first order.
		t, err = natsbus.Open(ctx, address, natsbus.WithNamespace("mario"), natsbus.WithHistory(), natsbus.WithRetention(Kept))
	case kind == Outwards:
		t, err = httpbus.New(address, httpbus.WithClient(web.NewClient()))
	default:
		err = errors.New("use memory:, nats:embedded, nats://127.0.0.1:4222 or http://127.0.0.1:8090/events")
	}
	if err != nil {
		return nil, fmt.Errorf("BUS_URL: %w", err)
	}
	return t, nil
}
