package web

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

type key struct{}

func newLimited(ctx context.Context, d time.Duration) *limited {
	return &limited{Context: context.WithValue(ctx, key{}, "value"), exchange: &exchange{}, deadline: time.Now().Add(d)}
}

func TestTheContextOfARequestEndsLikeOneWithATimer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		end  func(l *limited, cancel context.CancelFunc)
		want error
	}{
		"in time":        {func(*limited, context.CancelFunc) {}, nil},
		"too late":       {func(*limited, context.CancelFunc) { time.Sleep(time.Minute) }, context.DeadlineExceeded},
		"answered":       {func(l *limited, _ context.CancelFunc) { l.end() }, context.Canceled},
		"client is gone": {func(_ *limited, cancel context.CancelFunc) { cancel() }, context.Canceled},
	} {
		for _, waits := range []string{"nobody", "before", "after"} {
			t.Run(name+"/"+waits, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					l := newLimited(ctx, time.Minute)
					defer l.end()
					if waits == "before" {
						l.Done()
					}
					below, stop := context.WithCancel(l)
					if waits != "before" {
						below, stop = l, func() {}
					}
					defer stop()
					c.end(l, cancel)
					synctest.Wait()
					if waits == "after" {
						select {
						case <-l.Done():
						default:
							if c.want != nil {
								t.Error("Done is not closed")
							}
						}
					}
					if err := l.Err(); !errors.Is(err, c.want) {
						t.Errorf("got %v, want %v", err, c.want)
					}
					if err := below.Err(); !errors.Is(err, c.want) {
						t.Errorf("below: got %v, want %v", err, c.want)
					}
				})
			})
		}
	}
}

func TestTheContextOfARequestKnowsItsDeadlineAndItsValues(t *testing.T) {
	t.Parallel()
	sooner, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	for _, ctx := range []context.Context{t.Context(), sooner} {
		l := newLimited(ctx, time.Minute)
		t.Cleanup(l.end)
		want := l.deadline
		if d, ok := ctx.Deadline(); ok && d.Before(want) {
			want = d
		}
		if got, ok := l.Deadline(); !ok || !got.Equal(want) {
			t.Errorf("got deadline %v, want %v", got, want)
		}
		for range 2 { // without a timer, and with one
			if l.Value(key{}) != "value" || exchangeFrom(l) != l.exchange || l.Value("other") != nil {
				t.Error("values are missing")
			}
			l.Done()
		}
	}
}
