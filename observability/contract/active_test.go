package contract_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
)

// Wait is handled until it is told to end.
type Wait struct {
	mediator.Command[mediator.None]
	Begun chan<- struct{}
	End   <-chan struct{}
}

func wait(_ context.Context, cmd Wait) (mediator.None, error) {
	cmd.Begun <- struct{}{}
	<-cmd.End
	return mediator.None{}, nil
}

func newWaiter(rec *observabilitytest.Recorder) *mediator.Mediator {
	m := mediator.New(mediator.WithTelemetry(rec.Providers()))
	mediator.Handle(m, wait)
	return m
}

func TestActiveMessagesOfAllMediatorsAddUp(t *testing.T) {
	t.Parallel()
	rec := observabilitytest.New(t)
	begun, end, done := make(chan struct{}), make(chan struct{}), make(chan error)
	for range 2 {
		m := newWaiter(rec)
		for range 3 {
			go func() {
				_, err := mediator.Send(context.Background(), m, Wait{Begun: begun, End: end})
				done <- err
			}()
			<-begun
		}
	}
	if got := rec.Value("neuroglia.message.active"); got != 6 {
		t.Errorf("%v messages are active, want 6", got)
	}
	close(end)
	for range 6 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if got := rec.Value("neuroglia.message.active"); got != 0 {
		t.Errorf("%v messages are active at the end, want 0", got)
	}
}

func TestAMediatorThatNobodyHasIsNotKeptByItsMetrics(t *testing.T) {
	t.Parallel()
	rec, gone := observabilitytest.New(t), make(chan struct{})
	func() {
		m, begun, end := newWaiter(rec), make(chan struct{}, 1), make(chan struct{})
		close(end)
		if _, err := mediator.Send(context.Background(), m, Wait{Begun: begun, End: end}); err != nil {
			t.Fatal(err)
		}
		if rec.Metrics("neuroglia.message.active") == "" {
			t.Fatal("active messages are not measured")
		}
		runtime.AddCleanup(m, func(gone chan struct{}) { close(gone) }, gone)
	}()
	for deadline := time.Now().Add(10 * time.Second); ; runtime.Gosched() {
		runtime.GC()
		select {
		case <-gone:
			if rec.Metrics("neuroglia.message.active") == "" {
				return
			}
		default:
		}
		if time.Now().After(deadline) {
			t.Fatal("the mediator, or what measures it, is still there")
		}
	}
}
