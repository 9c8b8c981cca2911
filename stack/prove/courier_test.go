package prove_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/natsbus"
	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/memrepo"
	"github.com/neuroglia-go/neuroglia/resilience"
	"github.com/neuroglia-go/neuroglia/retry"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// courier is a service that everything befalls that may befall events, all the time: in the pizzeria hardly any of it does.
type courier struct {
	parcels *repository.Repository[parcel]
	letters outbox.Letters
	van     *resilience.Guard
	counter http.Handler
	met     sync.Map // what has been seen before
}

type parcel struct {
	aggregate.Root

	Knocks int
}

// The fates of parcels.
const (
	well    = "well"    // all goes well
	late    = "late"    // the handler in the service fails twice
	lost    = "lost"    // it refuses, until the dead letter is replayed
	away    = "away"    // the subscriber fails when it has done its work, so that the message comes again
	refused = "refused" // the subscriber refuses
)

// ParcelSentEvent says that a parcel is on its way.
type ParcelSentEvent struct{ ID, Fate string }

// EventType is the event's public name.
func (ParcelSentEvent) EventType() string { return "parcel.sent.v1" }

// startCourier starts a courier, which works until it is stopped.
func startCourier(ctx context.Context, folder, collector string) (stop func() error, err error) {
	exporter, err := otlpmetrichttp.New(ctx, otlpmetrichttp.WithEndpointURL(collector+"/v1/metrics"))
	if err != nil {
		return nil, fmt.Errorf("make an exporter: %w", err)
	}
	meters := sdkmetric.NewMeterProvider(
		sdkmetric.WithReader(sdkmetric.NewPeriodicReader(exporter, sdkmetric.WithInterval(interval))),
		sdkmetric.WithResource(resource.NewWithAttributes(semconv.SchemaURL, semconv.ServiceName("courier"),
			semconv.ServiceInstanceID("courier"), semconv.DeploymentEnvironmentNameKey.String("proof"))))
	providers := telemetry.Providers{Meter: meters, Logger: slog.New(slog.DiscardHandler)}
	broker, err := natsbus.Open(ctx, "nats:embedded?dir="+filepath.Join(folder, "nats"), natsbus.WithTelemetry(providers))
	if err != nil {
		return nil, fmt.Errorf("start a courier: %w", err)
	}
	log, m := memrepo.NewOutbox(0), mediator.New(mediator.WithTelemetry(providers))
	relay := outbox.New(log, m, outbox.WithTelemetry(providers), outbox.WithRetry(retry.Policy{First: 50 * time.Millisecond}))
	bus := eventbus.New(broker, "/courier", eventbus.WithTelemetry(providers))
	c := &courier{
		parcels: repository.New(memrepo.New(repository.Schema[parcel]{Name: "parcels"}, memrepo.WithOutbox(log)), relay,
			repository.WithTelemetry(providers)),
		letters: log, counter: newCounter(providers),
		van: resilience.New(resilience.Retry(retry.Policy{Attempts: 2, First: time.Millisecond}), resilience.WithTelemetry(providers),
			resilience.Breaker(resilience.Break{Calls: 4, Within: time.Second, Open: 100 * time.Millisecond})).Guard("van"),
	}
	mediator.On(m, c.sort)
	mediator.On(m, bus.Forward)
	err = errors.Join(
		eventbus.Subscribe(bus, "doorstep", ParcelSentEvent{}.EventType(), c.knock,
			eventbus.WithRetry(retry.Policy{First: 50 * time.Millisecond})),
		bus.Start(ctx), relay.Start(ctx))
	if err != nil {
		return nil, fmt.Errorf("start a courier: %w", err)
	}
	working, cancel := context.WithCancel(context.WithoutCancel(ctx))
	worked := make(chan error, 1)
	go func() { worked <- c.work(working) }()
	return func() error {
		cancel()
		err := <-worked
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		return errors.Join(err, relay.Stop(ctx), bus.Stop(ctx), meters.Shutdown(ctx))
	}, nil
}

// work sends parcels of all fates until ctx ends.
func (c *courier) work(ctx context.Context) error {
	fates := []string{well, late, lost, away, refused}
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		p := &parcel{Root: aggregate.NewRoot(aggregate.NewID())}
		p.Raise(ParcelSentEvent{ID: p.ID(), Fate: fates[i%len(fates)]})
		if err := errors.Join(c.parcels.Add(context.WithoutCancel(ctx), p), c.replay(context.WithoutCancel(ctx))); err != nil {
			return fmt.Errorf("send a parcel: %w", err)
		}
		ask(c.counter)
		_ = c.van.Do(ctx, func(context.Context) error { // that it fails is what is wanted
			if i%20 < 10 {
				return errors.New("the tyre is flat")
			}
			return nil
		})
	}
}

// replay replays all dead letters but one.
func (c *courier) replay(ctx context.Context) error {
	letters, err := c.letters.List(ctx, outbox.Filter{Dead: true})
	if err != nil || len(letters) < 2 {
		return err
	}
	ids := make([]string, 0, len(letters))
	for _, letter := range letters[1:] {
		ids = append(ids, letter.ID)
	}
	_, err = c.letters.Replay(ctx, ids)
	return err
}

// sort is the handler in the service.
func (c *courier) sort(ctx context.Context, e ParcelSentEvent) error {
	raised, _ := aggregate.FromContext(ctx)
	switch {
	case e.Fate == late && raised.Attempt < 3:
		return errors.New("the belt stands still")
	case e.Fate == lost && c.first(e.ID):
		return fault.New(fault.Rejected, "there is no such street")
	}
	return nil
}

// knock is the subscriber.
func (c *courier) knock(ctx context.Context, e ParcelSentEvent) error {
	if e.Fate == refused {
		return fault.New(fault.Rejected, "nobody ordered this")
	}
	if err := c.parcels.Once(ctx, e.ID, func(p *parcel) error { p.Knocks++; return nil }); err != nil {
		return fmt.Errorf("knock: %w", err)
	}
	if e.Fate == away && c.first(e.ID) {
		return errors.New("nobody is in")
	}
	return nil
}

// first reports whether it is the first time that a parcel is met.
func (c *courier) first(id string) bool {
	_, before := c.met.LoadOrStore(id, true)
	return !before
}
