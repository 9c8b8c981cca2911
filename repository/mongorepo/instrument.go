package mongorepo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"

	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// instruments trace and measure the commands that read and write documents, and not those that keep connections alive
// or make indexes. A command makes a CLIENT span under the caller's span, if there is one: an outbox that is looked into
// again and again makes no traces.
type instruments struct {
	tracer   instrument.Tracer
	duration metric.Float64Histogram
	running  sync.Map // identity to *command
}

// identity is that of a command while it runs.
type identity struct {
	connection string
	request    int64
}

type command struct {
	span    trace.Span
	measure []attribute.KeyValue
}

// monitor returns what the driver reports commands to.
func monitor(p telemetry.Providers) *event.CommandMonitor {
	scope := instrument.NewScope("repository/mongorepo")
	duration, err := registry.MongoOperationDuration().Float64Histogram(scope.Meter(p.Meter))
	if err != nil {
		otel.Handle(fmt.Errorf("mongorepo: %w", err)) // the instrument can be used all the same
	}
	i := &instruments{tracer: scope.Tracer(p.Tracer), duration: duration}
	return &event.CommandMonitor{
		Started: i.started,
		Succeeded: func(ctx context.Context, e *event.CommandSucceededEvent) {
			i.finished(ctx, &e.CommandFinishedEvent, nil)
		},
		Failed: func(ctx context.Context, e *event.CommandFailedEvent) {
			i.finished(ctx, &e.CommandFinishedEvent, e.Failure)
		},
	}
}

func (i *instruments) started(ctx context.Context, e *event.CommandStartedEvent) {
	collection := ""
	switch e.CommandName {
	case "find", "insert", "update", "delete", "findAndModify", "aggregate", "count":
		collection, _ = e.Command.Lookup(e.CommandName).StringValueOK()
	case "getMore":
		collection, _ = e.Command.Lookup("collection").StringValueOK()
	}
	if collection == "" {
		return
	}
	c := &command{
		span: instrument.NoSpan(),
		measure: []attribute.KeyValue{
			semconv.DBSystemNameMongoDB, semconv.DBOperationName(e.CommandName), semconv.DBCollectionName(collection),
		},
	}
	if trace.SpanContextFromContext(ctx).IsValid() {
		summary := e.CommandName + " " + collection
		_, c.span = i.tracer.Start(
			ctx, summary, trace.WithSpanKind(trace.SpanKindClient),
			trace.WithAttributes(c.measure...), trace.WithAttributes(server(e.ConnectionID)...),
			trace.WithAttributes(semconv.DBNamespace(e.DatabaseName), semconv.DBQuerySummary(summary)))
	}
	i.running.Store(identity{e.ConnectionID, e.RequestID}, c)
}

func (i *instruments) finished(ctx context.Context, e *event.CommandFinishedEvent, err error) {
	found, ok := i.running.LoadAndDelete(identity{e.ConnectionID, e.RequestID})
	if !ok {
		return
	}
	c := found.(*command) //nolint:forcetypeassert // only started stores in it
	if err != nil {
		failed := failure(ctx, err)
		c.measure = append(c.measure, failed...)
		c.span.SetAttributes(failed...)
		if ctx.Err() == nil || errors.Is(ctx.Err(), context.DeadlineExceeded) {
			c.span.SetStatus(codes.Error, "")
		}
	}
	c.span.End()
	i.duration.Record(ctx, e.Duration.Seconds(), metric.WithAttributes(c.measure...))
}

// failure describes an error by the number that the server gave it, or by its type.
func failure(ctx context.Context, err error) []attribute.KeyValue {
	var answer driver.Error
	if errors.As(err, &answer) && answer.Code != 0 {
		code := strconv.Itoa(int(answer.Code))
		return []attribute.KeyValue{semconv.ErrorTypeKey.String(code), semconv.DBResponseStatusCode(code)}
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return []attribute.KeyValue{semconv.ErrorTypeKey.String(fault.TypeOf(err))}
}

// server are the attributes of the server that a connection, such as "127.0.0.1:27017[-5]", is to.
func server(connection string) []attribute.KeyValue {
	address, _, _ := strings.Cut(connection, "[")
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return []attribute.KeyValue{semconv.ServerAddress(address)}
	}
	n, _ := strconv.Atoi(port)
	return []attribute.KeyValue{semconv.ServerAddress(host), semconv.ServerPort(n)}
}
