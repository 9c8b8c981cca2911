package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"time"

	"github.com/neuroglia-go/neuroglia/retry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// Start begins to deliver what waits, as the start of an app.Part. What the handlers need must have been started before.
func (r *Relay) Start(context.Context) error {
	known, err := r.handlers.Events()
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	if err := readable(known); err != nil {
		return err
	}
	r.types = slices.Collect(maps.Keys(known))
	var ctx, holding context.Context
	ctx, r.stop = context.WithCancel(context.Background())
	holding, r.letGo = context.WithCancel(context.Background())
	go r.renew(holding)
	r.work.Go(func() { r.watch(ctx) })
	r.work.Go(func() { r.forget(ctx) })
	r.work.Go(func() { r.run(ctx) })
	return nil
}

// readable looks for events that would not be what they were once they have been stored.
func readable(known map[string]reflect.Type) error {
	var errs []error
	for _, t := range known {
		if name, hidden := hiddenField(t); hidden {
			errs = append(errs, fmt.Errorf("outbox: event %s is stored as JSON, without its field %s: export it, or give the event "+
				"the methods MarshalJSON and UnmarshalJSON", t, name))
		}
	}
	return errors.Join(errs...)
}

// hiddenField returns a field that JSON leaves out for its name.
func hiddenField(t reflect.Type) (string, bool) {
	if t.Kind() != reflect.Struct || reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return "", false
	}
	for field := range t.Fields() {
		if !field.IsExported() && !field.Anonymous {
			return field.Name, true
		}
	}
	return "", false
}

// Pause takes no more entries, and waits until those that the relay has taken are delivered, or until ctx ends. It is for a
// part that stops before what handlers need, such as the bus; Stop is called after that.
func (r *Relay) Pause(ctx context.Context) error {
	if r.stop != nil {
		r.stop()
	}
	done := make(chan struct{})
	go func() { r.work.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
		return fmt.Errorf("outbox: events are still being delivered: %w", ctx.Err())
	}
	return nil
}

// Stop pauses, and waits until what came of deliveries is stored, or until ctx ends. Until it returns, leases are renewed.
// Others deliver what is left then, when its leases end.
func (r *Relay) Stop(ctx context.Context) error {
	if r.letGo != nil {
		defer r.letGo()
	}
	if err := r.Pause(ctx); err != nil {
		return err
	}
	r.telemetry.stopped.Store(true)
	if err := r.settler.flush(ctx); err != nil {
		return fmt.Errorf("outbox: what came of deliveries is not stored yet: %w", err)
	}
	return nil
}

// run claims and delivers until ctx ends.
func (r *Relay) run(ctx context.Context) {
	broken := retry.Policy{Attempts: -1, First: 200 * time.Millisecond, Worth: func(error) bool { return true }, Max: r.options.poll}
	for failures := 0; ctx.Err() == nil; {
		wait, err := r.claim(ctx)
		if err != nil {
			failures++
			r.telemetry.trouble(ctx, registry.OutboxUnclaimed, err)
			wait, _ = broken.Next(failures, err)
			pause(ctx, wait, nil)
			continue
		}
		failures = 0
		pause(ctx, wait, r.wake)
	}
}

// claim takes what there is room for and begins to deliver it. It returns how long there will be nothing to do.
func (r *Relay) claim(ctx context.Context) (wait time.Duration, err error) {
	room := r.room()
	if room == 0 {
		return r.options.poll, nil // something lands before that, and wakes
	}
	claimed, next, err := r.take(ctx, room)
	if err != nil {
		return 0, err
	}
	for _, e := range claimed {
		r.work.Go(func() { r.relay(e) })
	}
	wait = r.options.poll
	if next > 0 {
		wait = min(wait, max(next, breath))
	}
	// Relays that wait for the same thing do not all come at once.
	return wait + rand.N(wait/10+time.Millisecond), nil
}

// breath is the least time between two looks at an outbox that had something due which could not be taken.
const breath = 20 * time.Millisecond

// take claims entries. One that is in flight here was lost and is leased again: what comes of it is stored as if nothing had
// happened.
func (r *Relay) take(ctx context.Context, limit int) ([]Entry, time.Duration, error) {
	r.settler.turn.Lock()
	defer r.settler.turn.Unlock()
	ctx, cancel := context.WithTimeout(ctx, answer)
	defer cancel()
	claimed, next, err := r.log.Claim(ctx, r.types, limit)
	if err != nil {
		return nil, 0, err
	}
	r.fallBehind(len(claimed) > 0 || next > 0)
	return slices.DeleteFunc(claimed, func(e Entry) bool { return !r.takeOff(e, true) }), next, nil
}

// relay delivers one entry that was claimed.
func (r *Relay) relay(e Entry) {
	ctx, cancel := context.WithTimeout(context.Background(), r.options.timeout)
	defer cancel()
	r.deliver(r.telemetry.begin(ctx, &e, r.options.sameTrace), e, true)
	r.makeRoom(&e)
}

// renew prolongs the leases of entries that take their time.
func (r *Relay) renew(ctx context.Context) {
	third := max(r.log.Lease()/3, time.Millisecond)
	for pause(ctx, third, nil) {
		if entries := r.inFlight(third / 2); len(entries) > 0 {
			r.attempt(ctx, registry.OutboxUnrenewed, func(ctx context.Context) error { return r.log.Renew(ctx, entries) })
		}
	}
}

// attempt does something that is done again in any case, and not for ever.
func (r *Relay) attempt(ctx context.Context, trouble string, do func(context.Context) error) {
	limited, cancel := context.WithTimeout(ctx, answer)
	defer cancel()
	if err := do(limited); err != nil && ctx.Err() == nil {
		r.telemetry.trouble(ctx, trouble, err)
	}
}

// watch wakes the relay when other processes leave work.
func (r *Relay) watch(ctx context.Context) {
	policy := retry.Policy{Attempts: -1, Max: 30 * time.Second, Worth: func(error) bool { return true }}
	for failures := 1; ; failures++ {
		began := time.Now()
		err := r.log.Watch(ctx, r.Wake)
		if time.Since(began) > time.Minute {
			failures = 1
		}
		if err == nil || ctx.Err() != nil {
			return
		}
		r.telemetry.trouble(ctx, registry.OutboxUnwatched, err)
		wait, _ := policy.Next(failures, err)
		pause(ctx, wait, nil)
	}
}

// forget clears the inbox from time to time.
func (r *Relay) forget(ctx context.Context) {
	every := min(r.options.remember/10, time.Hour)
	for pause(ctx, every/2+rand.N(every/2+1), nil) {
		r.attempt(ctx, registry.OutboxUnforgotten, func(ctx context.Context) error {
			_, err := r.log.Forget(ctx, r.options.remember)
			return err
		})
	}
}

// pause waits, or until there is a signal on wake. It reports whether ctx goes on.
func pause(ctx context.Context, d time.Duration, wake <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-wake:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}

// policy is how often an entry is tried.
func (r *Relay) policy(e *Entry) retry.Policy {
	if p, ok := r.options.policies[e.Type]; ok {
		return p
	}
	return r.options.policy
}
