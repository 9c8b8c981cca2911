package mediator

import "github.com/neuroglia-go/neuroglia/telemetry/registry"

// Kind tells commands from queries.
type Kind uint8

// The kinds of messages.
const (
	KindCommand Kind = iota + 1 // changes something
	KindQuery                   // changes nothing
)

// String returns "command" or "query", the values of [registry.MessageKind].
func (k Kind) String() string {
	if k == KindQuery {
		return registry.Query
	}
	return registry.Command
}

// Command is embedded in a message that changes something and is answered with an R:
//
//	type PlaceOrder struct {
//		mediator.Command[Order]
//		CustomerID string
//	}
type Command[R any] struct{}

func (Command[R]) answer(R)   {}
func (Command[R]) kind() Kind { return KindCommand }

// Query is embedded in a message that changes nothing and is answered with an R.
type Query[R any] struct{}

func (Query[R]) answer(R)   {}
func (Query[R]) kind() Kind { return KindQuery }

// StreamQuery is embedded in a query that is answered with any number of T, one at a time.
type StreamQuery[T any] struct{}

func (StreamQuery[T]) item(T) {}

// None is the answer of a command that has none.
type None = struct{}

// Request is a message with one handler and an answer of type R: a struct, passed by value, that embeds [Command] or
// [Query].
type Request[R any] interface {
	answer(r R)
	kind() Kind
}

// StreamRequest is a message that embeds [StreamQuery].
type StreamRequest[T any] interface {
	item(t T)
}

// Message is what a [Behavior] sees of the message it surrounds.
type Message struct {
	Kind  Kind
	Type  string // the name of the message's Go type, such as "PlaceOrder"
	Value any    // the message
}
