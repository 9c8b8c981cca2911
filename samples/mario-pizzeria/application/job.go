package application

import (
	"context"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// Job is what somebody does about orders without being told to: begin with one that waits, and finish it some time later.
// Who does it goes on with what another has begun.
type Job struct {
	Repositories

	Waits, Busy   order.Status  // the stages before and after beginning
	Takes         time.Duration // from beginning to finishing
	Begin, Finish func(ctx context.Context, orderID string) error
}

// Do returns when the order has been finished, or has no need of it, however often it is called for it.
func (j Job) Do(ctx context.Context, orderID string) error {
	for {
		o, err := j.Orders.Get(ctx, orderID)
		if err != nil {
			return err
		}
		switch o.Status() { //nolint:exhaustive // the others are not this job
		case j.Waits:
			err = j.Begin(ctx, orderID)
		case j.Busy:
			err = j.finish(ctx, o)
			if err == nil {
				return nil
			}
		default:
			return nil
		}
		if err != nil && fault.KindOf(err) != fault.Conflict { // a conflict is that somebody else was faster
			return err
		}
	}
}

func (j Job) finish(ctx context.Context, o *order.Order) error {
	left := time.Until(o.Since().Add(j.Takes))
	if err := Wait(ctx, min(left, j.Takes)); err != nil { // another machine's clock may be ahead
		return err
	}
	return j.Finish(ctx, o.ID())
}

// Wait waits as long as work takes, or until ctx ends, which is its error then.
func Wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
