package natsbus_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/natsbus"
	"github.com/neuroglia-go/neuroglia/retry"
)

// short is a time without a sign of life that is over soon, and still long for a busy machine.
const short = time.Second

func TestAnEventIsNotHandedOutAgainWhileItsHandlerWorks(t *testing.T) {
	t.Parallel()
	b := newServer(t)
	in := newInbox()
	for range 2 {
		subscribe(t, b.process(t, natsbus.WithAckWait(short)), "kitchen", 1,
			func(ctx context.Context, e cloudevent.Event, attempt int) error {
				err := in.deliver(ctx, e, attempt)
				if e.ID == "a-000" {
					<-time.After(3 * short)
				}
				return errors.Join(err, ctx.Err())
			})
	}
	publish(t, b.process(t), numbered("a", 3)...)
	in.want(t, "a-000(1)", "a-001(1)", "a-002(1)")
}

func TestAProcessThatIsBusyLeavesEventsToTheOthers(t *testing.T) {
	t.Parallel()
	b := newServer(t)
	began, release, in := make(chan string, 10), make(chan struct{}), newInbox()
	busy, other := b.process(t), b.process(t)
	subscribe(t, busy, "kitchen", 1, func(ctx context.Context, e cloudevent.Event, attempt int) error {
		began <- e.ID
		<-release
		return in.deliver(ctx, e, attempt)
	})
	publish(t, other, event("1", "a"), event("2", "b"), event("3", "c"), event("4", "d"))
	first := await(t, "delivery", began)
	subscribe(t, other, "kitchen", 1, in.deliver)
	for range 3 {
		if got := await(t, "event that the busy process has no time for", in); got.ID == first || got.attempt != 1 {
			t.Errorf("got %s, want the others than %s, for the first time", got, first)
		}
	}
	close(release)
	in.want(t, first+"(1)")
}

func TestAStopInOrderUsesUpNoAttempts(t *testing.T) {
	t.Parallel()
	b := newServer(t)
	began, release, handled := make(chan string, 10), make(chan struct{}), make(chan string, 10)
	start := func(handle func(context.Context, cloudevent.Event) error) *eventbus.Bus {
		bus := eventbus.New(b.open(t), "/natsbus")
		err := errors.Join(eventbus.Subscribe(bus, "kitchen", created, handle, eventbus.WithConcurrency(1),
			eventbus.WithRetry(retry.Policy{Attempts: 1})), bus.Start(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		return bus
	}
	first := start(func(_ context.Context, e cloudevent.Event) error {
		began <- e.ID
		<-release
		handled <- e.ID
		return nil
	})
	publisher := b.process(t)
	publish(t, publisher, event("1", "a"), event("2", "b"), event("3", "c"), event("4", "d"))
	await(t, "delivery", began)
	stopped := make(chan error, 1)
	go func() { stopped <- first.Stop(context.WithoutCancel(t.Context())) }()
	second := start(func(_ context.Context, e cloudevent.Event) error { handled <- e.ID; return nil })
	var got []string
	for range 3 {
		got = append(got, await(t, "event that the first has not begun", handled))
	}
	close(release)
	got = append(got, await(t, "event that the first had begun", handled))
	if slices.Sort(got); !slices.Equal(got, []string{"1", "2", "3", "4"}) {
		t.Errorf("handled %v, want each once", got)
	}
	if err := errors.Join(await(t, "stop", stopped), second.Stop(context.WithoutCancel(t.Context()))); err != nil {
		t.Errorf("Stop: %v", err)
	}
	if dead := letters(t, publisher, "", ""); len(dead) != 0 {
		t.Errorf("given up: %+v", dead)
	}
}

func TestTheEventsOfAProcessThatDiesAreAnothersInOrder(t *testing.T) {
	t.Parallel()
	for name, die := range map[string]func(*link){
		"killed": (*link).kill, "cut off": func(l *link) { l.partition(true) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newServer(t)
			var way link
			dying := b.open(t, way.option(), natsbus.WithAckWait(short))
			began := make(chan context.Context, 10)
			subscribe(t, dying, "kitchen", 1, func(ctx context.Context, _ cloudevent.Event, _ int) error {
				began <- ctx
				<-ctx.Done()
				return ctx.Err()
			})
			other := b.process(t, natsbus.WithAckWait(short))
			publish(t, other, numbered("a", 3)...)
			handling := await(t, "delivery", began)
			die(&way)
			in := newInbox()
			subscribe(t, other, "kitchen", 1, in.deliver)
			in.want(t, "a-000(2)", "a-001(1)", "a-002(1)")
			await(t, "end of the context of who lost the event", handling.Done())
			stop(t, dying)
		})
	}
}

func TestAProcessThatLostAnEventDoesNotTakeItFromTheOneThatHasIt(t *testing.T) {
	t.Parallel()
	b := newServer(t)
	var way link
	losing := b.process(t, way.option(), natsbus.WithAckWait(short))
	began, mended, in := make(chan context.Context, 10), make(chan struct{}), newInbox()
	subscribe(t, losing, "kitchen", 2, func(ctx context.Context, e cloudevent.Event, attempt int) error {
		if e.ID != "a-000" || attempt > 1 {
			return in.deliver(ctx, e, attempt)
		}
		began <- ctx
		<-ctx.Done()
		<-mended
		return ctx.Err()
	})
	other := b.process(t, natsbus.WithAckWait(short))
	publish(t, other, numbered("a", 2)...)
	lost := await(t, "delivery", began)
	way.partition(true)
	has, release := make(chan struct{}, 10), make(chan struct{})
	subscribe(t, other, "kitchen", 2, func(ctx context.Context, e cloudevent.Event, attempt int) error {
		if e.ID == "a-000" {
			has <- struct{}{}
			<-release
		}
		return in.deliver(ctx, e, attempt)
	})
	await(t, "delivery to the other", has)
	await(t, "loss", lost.Done())
	way.partition(false)
	eventually(t, "end of the partition", func() bool {
		return losing.Publish(t.Context(), event("mended", "another subject")) == nil
	})
	in.want(t, "mended(1)")
	close(mended)
	select {
	case got := <-in:
		t.Errorf("got %s while the other handles the event before it", got)
	case <-time.After(2 * short):
	}
	close(release)
	in.want(t, "a-000(2)", "a-001(1)")
}

func TestAnEventThatEndsEveryProcessIsGivenUpUnseen(t *testing.T) {
	t.Parallel()
	b := newServer(t)
	const attempts = 2
	began := make(chan int, 10)
	run := func(way *link) *eventbus.Bus {
		bus := eventbus.New(b.open(t, way.option(), natsbus.WithAckWait(short)), "/natsbus")
		err := errors.Join(eventbus.Subscribe(bus, "kitchen", created, func(ctx context.Context, e cloudevent.Event) error {
			if e.ID == "poison" {
				began <- 1
				<-ctx.Done()
			}
			return ctx.Err()
		}, eventbus.WithRetry(retry.Policy{Attempts: attempts})), bus.Start(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = bus.Stop(context.WithoutCancel(t.Context())) })
		return bus
	}
	publisher := b.process(t)
	for i := range attempts {
		var way link
		run(&way)
		if i == 0 {
			publish(t, publisher, event("poison", "a"))
		}
		await(t, "delivery", began)
		way.kill()
	}
	run(&link{})
	letter := waitForLetter(t, publisher)
	if letter.Event.ID != "poison" || letter.Attempts != attempts+1 || len(began) != 0 {
		t.Errorf("gave up %+v, handled %d times more, want the poison, unseen", letter, len(began))
	}
}
