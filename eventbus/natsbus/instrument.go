package natsbus

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"

	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// instrument makes what shows the messages that the bus does not see.
func (t *Transport) instrument() {
	providers := t.telemetry.OrGlobal()
	t.logger = providers.Logger
	var err error
	if t.refused, err = registry.BusDeadLettered().Int64Counter(instrument.NewScope("eventbus").Meter(providers.Meter)); err != nil {
		otel.Handle(fmt.Errorf("natsbus: %w", err)) // it can be used all the same
	}
}

// refuse shows that a message is given up since it is no event, as the bus shows it of an event.
func (l *lane) refuse(ctx context.Context, msg jetstream.Msg, err error) error {
	var id string
	if meta, err := msg.Metadata(); err == nil {
		id = strconv.FormatUint(meta.Sequence.Stream, 10)
	}
	l.refused.Add(ctx, 1, metric.WithAttributes(semconv.MessagingSystemKey.String(l.System()),
		semconv.MessagingDestinationName(l.subscription.Type), semconv.MessagingConsumerGroupName(l.subscription.Group)))
	return instrument.Log(ctx, l.logger, "message", []slog.Attr{
		slog.String(string(semconv.CloudEventsEventTypeKey), l.subscription.Type),
		slog.String(string(semconv.CloudEventsEventIDKey), id),
		slog.String(string(semconv.MessagingConsumerGroupNameKey), l.subscription.Group),
	}, instrument.Failure, fmt.Errorf("the message is no CloudEvent: %w", err))
}
