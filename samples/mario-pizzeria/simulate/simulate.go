// Package simulate is traffic for a pizzeria: customers, cooks and drivers who use its public HTTP API.
//
// Customers arrive at random, at a given rate. What each of them wants and how their order fares is drawn from the seed
// and the order's number alone, so that a run can be repeated. A fixed number of cooks and drivers moves orders along,
// and the more orders wait, the faster they work: the number of open orders stays bounded at any rate. Who finds all
// busy goes away, so nothing piles up when the pizzeria is slow or gone. To a pizzeria that cooks and delivers by itself
// only customers go: its orders are watched until they have arrived.
package simulate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

const (
	grace  = 5 * time.Second        // to finish what was begun
	moment = 250 * time.Millisecond // before something is tried again
)

// Main runs the subcommand with its arguments and returns the exit code. A second signal ends it at once.
func Main(args []string, stdout, stderr *os.File) int {
	config, err := Parse(args, stdout)
	if errors.Is(err, errHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintf(stderr, "mario-pizzeria simulate: %v; --help lists all flags\n", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	summary, err := Run(ctx, config, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "mario-pizzeria simulate: %v\n", err)
		return 1
	}
	fmt.Fprint(stdout, summary)
	return 0
}

// simulation is one run.
type simulation struct {
	config    Config
	client    *client
	menu      menu
	book      *book
	kitchen   crew
	drivers   crew
	payments  *payments       // nil for none
	automatic bool            // the pizzeria cooks and delivers by itself: only customers are sent
	closing   <-chan struct{} // closed when no more orders are to be placed
	begin     time.Time
}

// Run sends traffic until the duration is over or ctx ends, finishes the orders in hand within a few seconds and returns
// what came of it all. Progress is written every second to a terminal and every ten seconds to anything else. It fails
// if there is no pizzeria at the URL to begin with.
func Run(ctx context.Context, c Config, progress io.Writer) (Summary, error) {
	if c.Duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.Duration)
		defer cancel()
	}
	s := &simulation{
		config: c, client: newClient(c.URL), book: newBook(200 + int(20*c.Rate)), closing: ctx.Done(), begin: time.Now(),
	}
	defer s.client.close()
	if c.Payment != "" {
		var err error
		if s.payments, err = servePayments(ctx, c); err != nil {
			return Summary{}, err
		}
		defer s.payments.close()
	}
	if err := s.visitFirst(ctx); err != nil {
		return Summary{}, err
	}
	fmt.Fprintf(progress, "simulating %s on %s, seed %d\n", rateText(c.Rate), c.URL.Redacted(), c.Seed)
	s.run(ctx, progress)
	return s.summary(), nil
}

// visitFirst learns the menu and how many ovens there are.
func (s *simulation) visitFirst(ctx context.Context) error {
	var kitchen struct {
		Ovens int    `json:"ovens"`
		Crew  string `json:"crew"`
	}
	if err := s.client.read(ctx, "/api/menu", &s.menu); err != nil {
		return err
	}
	if err := s.client.read(ctx, "/api/kitchen", &kitchen); err != nil {
		return err
	}
	if len(s.menu.Pizzas) == 0 || len(s.menu.Sizes) == 0 || kitchen.Ovens < 1 {
		return fmt.Errorf("the pizzeria at %s has no menu or no oven", s.config.URL.Redacted())
	}
	s.automatic = kitchen.Crew == "auto"
	room := s.book.limit + customers(s.config.Rate)
	if s.automatic {
		s.kitchen = newCrew(10, room, pending, cooking, ready, out) // who follow orders
		return nil
	}
	s.kitchen = newCrew(kitchen.Ovens, room, pending, cooking)
	s.drivers = newCrew(10, room, ready, out)
	return nil
}

// customers is how many can be at the pizzeria at once.
func customers(rate float64) int {
	return min(max(8, int(math.Ceil(4*rate))), 100)
}

// run returns when ctx has ended and the orders in hand are finished, or after the time of grace.
func (s *simulation) run(ctx context.Context, progress io.Writer) {
	work, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	var shops, crews, others sync.WaitGroup
	s.find(work)
	for _, c := range []crew{s.kitchen, s.drivers} {
		for range c.size {
			crews.Go(func() { s.labour(work, c) })
		}
	}
	arrivals := make(chan uint64, 1) // one is at the door
	for range customers(s.config.Rate) {
		shops.Go(func() {
			for n := range arrivals {
				s.visit(work, n)
			}
		})
	}
	others.Go(func() { s.watch(ctx, work) })
	stopped := make(chan struct{})
	reported := make(chan struct{})
	go func() { defer close(reported); s.report(progress, stopped) }()

	s.arrive(ctx, arrivals)
	timer := time.AfterFunc(grace, end)
	defer timer.Stop()
	close(arrivals)
	shops.Wait()
	others.Wait()
	s.finish(work)
	end()
	crews.Wait()
	close(stopped)
	<-reported
}

// arrive lets customers in, at random intervals, until ctx ends. Nobody waits outside.
func (s *simulation) arrive(ctx context.Context, arrivals chan<- uint64) {
	random := newRandom(s.config.Seed, 0)
	for n, next := uint64(1), time.Now(); ; n++ {
		pause(ctx, time.Until(next))
		if ctx.Err() != nil {
			return
		}
		if s.book.full() {
			s.book.count(func(t *tally) { t.away++ })
		} else {
			select {
			case arrivals <- n:
			default:
				s.book.count(func(t *tally) { t.away++ })
			}
		}
		next = next.Add(time.Duration(random.ExpFloat64() / s.config.Rate * float64(time.Second)))
		if now := time.Now(); now.Sub(next) > time.Second { // this machine was asleep
			next = now
		}
	}
}

// finish waits until no order is open, or until ctx ends.
func (s *simulation) finish(ctx context.Context) {
	for pause(ctx, moment); ctx.Err() == nil; pause(ctx, moment/10) {
		if s.book.open() == 0 && s.find(ctx) == 0 {
			return
		}
	}
}

// pause waits for a while, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
