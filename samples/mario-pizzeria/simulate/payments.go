package simulate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"
)

// payments is a payment service of which a part of the charges goes wrong.
type payments struct {
	chaos  float64
	server *http.Server
	ended  chan struct{}

	mu      sync.Mutex
	random  *rand.Rand
	charges int
}

// servePayments starts the payment service.
func servePayments(ctx context.Context, c Config) (*payments, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Payment)
	if err != nil {
		return nil, fmt.Errorf("serve payments: %w; choose another address with --payment", err)
	}
	p := &payments{chaos: c.Chaos, random: newRandom(c.Seed, 0), ended: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /charges", p.charge)
	mux.HandleFunc("DELETE /charges/{order}", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	p.server = &http.Server{Handler: mux, ReadHeaderTimeout: time.Second}
	go func() {
		defer close(p.ended)
		_ = p.server.Serve(listener) // until it is closed
	}()
	return p, nil
}

func (p *payments) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := p.server.Shutdown(ctx); errors.Is(err, context.DeadlineExceeded) {
		_ = p.server.Close() // the slow charges
	}
	<-p.ended
}

// charge answers 201, or what is drawn to go wrong: refused, failed, slow, or without an answer.
func (p *payments) charge(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, 1<<16)) // so that a client that leaves is noticed
	takes, status := p.draw()
	pause(r.Context(), takes)
	w.WriteHeader(status)
}

func (p *payments) draw() (takes time.Duration, status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.charges++
	takes, status = about(p.random, 30*time.Millisecond), http.StatusCreated
	if p.random.Float64() >= p.chaos {
		return takes, status
	}
	switch weighted(p.random, 40, 30, 20, 10) {
	case 0:
		return takes, http.StatusPaymentRequired
	case 1:
		return takes, http.StatusInternalServerError
	case 2:
		return about(p.random, 2*time.Second), status
	default:
		return time.Minute, status
	}
}

// charged returns how many charges were asked for.
func (p *payments) charged() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.charges
}
