package application

import (
	"context"
	"time"
)

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
