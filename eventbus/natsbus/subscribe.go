package natsbus

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"
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
			Transport: t, subscription: s, number: i, name: consumerName(s.Group, s.Type, i), slots: slots,
			bell: make(chan struct{}, 1), deliver: deliver,
		}
		lanes[i] = l
		making.Go(func() error {
			return eventually(ctx, func(ctx context.Context) error { return t.makeConsumer(ctx, l) })
		})
	}
	if err := making.Wait(); err != nil {
		return fmt.Errorf("natsbus: %w", err)
	}
	if err := t.listen(s, lanes); err != nil {
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

// listen has the bell of a lane rung when the server has stored an event for it.
func (t *Transport) listen(s eventbus.Subscription, lanes []*lane) error {
	ring := func(msg *nats.Msg) {
		number, err := strconv.Atoi(msg.Subject[strings.LastIndexByte(msg.Subject, '.')+1:])
		if err != nil || number < 0 || number >= len(lanes) {
			return // nobody's
		}
		select {
		case lanes[number].bell <- struct{}{}:
		default: // it has not been heard yet
		}
	}
	for _, subject := range []string{t.eventSubject(s.Type, 0), t.replaySubject(s.Group, s.Type, 0)} {
		if _, err := t.nc.Subscribe(t.bellSubject(strings.TrimSuffix(subject, "0")+"*"), ring); err != nil {
			return fmt.Errorf("listen for events: %w", err)
		}
	}
	return nil
}

// Lag implements eventbus.Lagging. With an error, it returns what is known all the same.
func (t *Transport) Lag(ctx context.Context) ([]eventbus.Lag, error) {
	t.mu.Lock()
	lanes := slices.Clone(t.lanes)
	t.mu.Unlock()
	slices.SortFunc(lanes, func(a, b *lane) int { return strings.Compare(a.name, b.name) })
	lanes = slices.CompactFunc(lanes, func(a, b *lane) bool { return a.name == b.name })
	waiting := make([]int64, len(lanes)) // -1: unknown
	var asking errgroup.Group
	asking.SetLimit(16)
	for i, l := range lanes {
		asking.Go(func() (err error) {
			waiting[i], err = l.waiting(ctx)
			return err
		})
	}
	err := asking.Wait()
	var lags []eventbus.Lag
	for i, l := range lanes {
		of := eventbus.Lag{Group: l.subscription.Group, Type: l.subscription.Type, Waiting: waiting[i]}
		at := slices.IndexFunc(lags, func(lag eventbus.Lag) bool { return lag.Group == of.Group && lag.Type == of.Type })
		switch {
		case waiting[i] < 0:
		case at < 0:
			lags = append(lags, of)
		default:
			lags[at].Waiting += of.Waiting
		}
	}
	return lags, err //nolint:wrapcheck // it says where it is from
}

func (l *lane) waiting(ctx context.Context) (int64, error) {
	consumer, err := l.js.Consumer(ctx, l.eventStream(), l.name)
	if err != nil {
		return -1, fmt.Errorf("natsbus: look at the consumer %s: %w", l.name, err)
	}
	info := consumer.CachedInfo()
	return int64(info.NumPending) + int64(info.NumAckPending), nil //nolint:gosec // as many events as there are fit
}
