// Package transport takes the pizzeria's events to its processes, and to others, as BUS_URL says.
package transport

import (
	"context"
	"errors"
	"fmt"
	"strings"

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

// KindOf tells what kind of transport a URL is of.
func KindOf(url string) Kind {
	switch scheme, _, _ := strings.Cut(url, ":"); {
	case url == "memory:":
		return Inside
	case scheme == "nats" || scheme == "tls":
		return Processes
	case scheme == "http" || scheme == "https":
		return Outwards
	}
	return Unknown
}

// Open opens the transport at a URL: "memory:", one that natsbus.Open takes, or the http URL that events are posted to. It
// may hold a password, and is not repeated.
func Open(ctx context.Context, url string) (eventbus.Transport, error) {
	var t eventbus.Transport
	var err error
	switch KindOf(url) {
	case Inside:
		return membus.New(), nil
	case Processes:
		// A group that comes for the first time gets what has waited: the kitchen may be opened after the first order.
		t, err = natsbus.Open(ctx, url, natsbus.WithNamespace("mario"), natsbus.WithHistory())
	case Outwards:
		t, err = httpbus.New(url, httpbus.WithClient(web.NewClient()))
	case Unknown:
		err = errors.New("use memory:, nats:embedded, nats://127.0.0.1:4222 or http://127.0.0.1:8090/events")
	}
	if err != nil {
		return nil, fmt.Errorf("BUS_URL: %w", err)
	}
	return t, nil
}
