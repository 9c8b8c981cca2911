package natsbus

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/neuroglia-go/neuroglia/eventbus"
)

// Subscribe implements eventbus.Transport.
func (t *Transport) Subscribe(ctx context.Context, s eventbus.Subscription, deliver eventbus.Deliver) error {
	if t.stopped() {
		return eventbus.ErrClosed
	}
	slots := make(chan struct{}, max(1, s.Concurrency))
	lanes := make([]*lane, t.laneCount)
	ctx, cancel := context.WithTimeout(ctx, t.startTimeout)
	defer cancel()
	var making errgroup.Group
	making.SetLimit(8)
	for i := range lanes {
		l := &lane{
			Transport: t, subscription: s, number: i, name: consumerName(s.Group, s.Type, i), slots: slots, deliver: deliver,
		}
		lanes[i] = l
		making.Go(func() error {
			return eventually(ctx, func(ctx context.Context) error { return t.makeConsumer(ctx, l) })
		})
	}
	if err := making.Wait(); err != nil {
		return fmt.Errorf("natsbus: %w", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped() {
		return eventbus.ErrClosed
	}
	t.lanes = append(t.lanes, lanes...)
	for _, l := range lanes {
		t.working.Go(l.work)
	}
	return nil
}

// Lag implements eventbus.Lagging.
func (t *Transport) Lag(ctx context.Context) ([]eventbus.Lag, error) {
	t.mu.Lock()
	lanes := t.lanes
	t.mu.Unlock()
	seen, waiting := map[string]bool{}, map[[2]string]int64{}
	for _, l := range lanes {
		if seen[l.name] {
			continue
		}
		seen[l.name] = true
		consumer, err := t.js.Consumer(ctx, t.eventStream(), l.name)
		if err != nil {
			return nil, fmt.Errorf("natsbus: look at the consumer %s: %w", l.name, err)
		}
		info := consumer.CachedInfo()
		//nolint:gosec // as many events as there are fit
		waiting[[2]string{l.subscription.Group, l.subscription.Type}] += int64(info.NumPending) + int64(info.NumAckPending)
	}
	lags := make([]eventbus.Lag, 0, len(waiting))
	for of, n := range waiting {
		lags = append(lags, eventbus.Lag{Group: of[0], Type: of[1], Waiting: n})
	}
	return lags, nil
}
