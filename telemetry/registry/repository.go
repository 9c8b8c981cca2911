package registry

import (
	"log/slog"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// The attributes of repository operations.
const (
	RepositoryOperation = attribute.Key("neuroglia.repository.operation")
	RepositoryType      = attribute.Key("neuroglia.repository.type")
	RepositoryFound     = attribute.Key("neuroglia.repository.found")
	RepositoryCount     = attribute.Key("neuroglia.repository.count")
	EntityType          = attribute.Key("neuroglia.entity.type")
	EntityID            = attribute.Key("neuroglia.entity.id")
	EntityVersion       = attribute.Key("neuroglia.entity.version")
	InboxConsumer       = attribute.Key("neuroglia.inbox.consumer")
)

// The span events of updates: an attempt met another change; a message's effect was there already.
const (
	ConflictEvent  = "conflict"
	DuplicateEvent = "duplicate"
)

const repository = module + "/repository"

// RepositoryOperations returns the values of [RepositoryOperation].
func RepositoryOperations() []string {
	return []string{"get", "contains", "add", "update", "remove", "list"}
}

// RepositoryOperationDuration measures the operations of repositories. A refusal, such as not found, is no failure.
func RepositoryOperationDuration() telemetry.Metric {
	return telemetry.Histogram("neuroglia.repository.operation.duration", "s", "Duration of repository operations.",
		Seconds(), RepositoryOperation, RepositoryType, EntityType, ErrorType).By(repository)
}

// RepositoryConflicts counts updates that had to be tried again.
func RepositoryConflicts() telemetry.Metric {
	return telemetry.Counter("neuroglia.repository.conflicts", "{conflict}",
		"Updates that met another change of the same aggregate.", EntityType).By(repository)
}

// InboxDuplicates counts messages that came again after they had changed an aggregate.
func InboxDuplicates() telemetry.Metric {
	return telemetry.Counter("neuroglia.inbox.duplicates", "{message}",
		"Messages whose effect on an aggregate was there already.", EntityType, InboxConsumer).By(repository)
}

func repositoryMetrics() []telemetry.Metric {
	return []telemetry.Metric{RepositoryOperationDuration(), RepositoryConflicts(), InboxDuplicates()}
}

func repositoryAttributes() []telemetry.Attribute {
	operations := telemetry.Attribute{
		Key: RepositoryOperation, Type: telemetry.TypeString, Stability: telemetry.Stable, Brief: "What a repository was asked to do.",
	}
	for _, name := range RepositoryOperations() {
		operations.Members = append(operations.Members, telemetry.Member{Value: name})
	}
	return []telemetry.Attribute{
		operations,
		{
			Key: RepositoryType, Type: telemetry.TypeString, Stability: telemetry.Stable,
			Brief: "The package of the repository's store.", Examples: []any{"sqlrepo", "memrepo"},
		},
		{
			Key: RepositoryFound, Type: telemetry.TypeBoolean, Stability: telemetry.Stable,
			Brief: "Whether there is such an aggregate.",
		},
		{
			Key: RepositoryCount, Type: telemetry.TypeInt, Stability: telemetry.Stable,
			Brief: "How many aggregates were listed.", Examples: []any{20},
		},
		{
			Key: EntityType, Type: telemetry.TypeString, Stability: telemetry.Stable,
			Brief: "The name of the Go type of the repository's aggregates.", Examples: []any{"Order"},
		},
		{
			Key: EntityID, Type: telemetry.TypeString, Stability: telemetry.Stable,
			Brief: "The identity of the aggregate.", Examples: []any{"0d3f9c1e"},
		},
		{
			Key: EntityVersion, Type: telemetry.TypeInt, Stability: telemetry.Stable,
			Brief: "The version of the aggregate that was read or stored.", Examples: []any{3},
		},
		{
			Key: InboxConsumer, Type: telemetry.TypeString, Stability: telemetry.Stable,
			Brief:    "Who handles a message: the handler of an event, or a group on the bus.",
			Examples: []any{"cooking.Handlers.freeOven", "bus/kitchen"},
		},
	}
}

func repositorySpans() []telemetry.Span {
	return []telemetry.Span{{
		ID: "neuroglia.repository", Name: "Repository.{neuroglia.repository.operation}", Kind: trace.SpanKindInternal,
		Stability: telemetry.Stable,
		Scope:     repository,
		Attributes: []attribute.Key{
			RepositoryOperation, RepositoryType, EntityType, EntityID, EntityVersion, RepositoryFound, RepositoryCount, ErrorType,
		},
		Events: map[string][]attribute.Key{ConflictEvent: {Attempt}, DuplicateEvent: {}},
		Brief:  "An operation of a repository, with all its attempts.",
	}}
}

func repositoryLogs() []telemetry.Log {
	return []telemetry.Log{{
		Message: "event not dispatched", Level: slog.LevelError, Scope: repository,
		Attributes: []attribute.Key{
			EventID, AggregateID, ErrorType, semconv.ExceptionTypeKey, semconv.ExceptionMessageKey,
		},
	}}
}
