package mediator

import (
	"context"
	"fmt"
	"reflect"

	"github.com/neuroglia-go/neuroglia/internal/instrument"
)

// Behavior is a step around the handlers of many types of messages. It calls next once to go on, or returns an error
// in the handler's place. It may call next again after an error, with the same or another context, but for a stream,
// whose answers would be given again.
type Behavior func(ctx context.Context, msg Message, next func(context.Context) error) error

// Next is the rest of the pipeline of one type of message: the behaviors further in and the handler.
type Next[M, R any] func(ctx context.Context, msg M) (R, error)

// TypedBehavior is a step around the handler of one type of message. It may change the message and answer it itself.
type TypedBehavior[M, R any] func(ctx context.Context, msg M, next Next[M, R]) (R, error)

// EventBehavior is a step around a handler of events, whose name it is given, such as "cooking.Handlers.releaseOven". It
// calls next, once or several times, or returns an error in the handler's place.
type EventBehavior func(ctx context.Context, handler string, next func(context.Context) error) error

func (b EventBehavior) surround(handler string, call func(context.Context, any) error) func(context.Context, any) error {
	return func(ctx context.Context, event any) error {
		return b(ctx, handler, func(ctx context.Context) error { return call(ctx, event) })
	}
}

// Scope says which messages a [Behavior] surrounds.
type Scope uint8

// The scopes.
const (
	All Scope = iota
	Commands
	Queries
)

func (s Scope) includes(k Kind) bool {
	return s == All || s == Commands && k == KindCommand || s == Queries && k == KindQuery
}

// behavior is a registration: general and scope, or message and typed.
type behavior struct {
	general Behavior
	scope   Scope
	message reflect.Type
	typed   any // TypedBehavior[M, R]
	where   string
	name    string
}

// Use surrounds all messages in scope with b. The behavior registered first, by Use or [Around], is the outermost.
func (m *Mediator) Use(scope Scope, b Behavior) {
	m.addBehavior(b == nil, behavior{general: b, scope: scope, name: instrument.FuncName(b)})
}

// Around surrounds the messages of type M with b. The behavior registered first, by [Mediator.Use] or Around, is the
// outermost.
func Around[M Request[R], R any](m *Mediator, b func(context.Context, M, Next[M, R]) (R, error)) {
	m.addBehavior(b == nil, behavior{
		message: messageType[M](), typed: TypedBehavior[M, R](b), name: instrument.FuncName(b),
	})
}

func (m *Mediator) addBehavior(missing bool, b behavior) {
	b.where = caller(2)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.built.Load() != nil {
		panic(fmt.Sprintf("mediator: behavior registered at %s after the mediator was built", b.where))
	}
	if missing {
		m.problems = append(m.problems, fmt.Errorf("%s: the behavior is nil", b.where))
		return
	}
	m.behaviors = append(m.behaviors, b)
}

// surround puts one general behavior around next.
func surround[M, R any](b behavior, info Message, next Next[M, R]) Next[M, R] {
	return func(ctx context.Context, msg M) (answer R, err error) {
		reached, inner := false, error(nil)
		call := Message{Kind: info.Kind, Type: info.Type, Value: carriedValue(msg)}
		err = b.general(ctx, call, func(ctx context.Context) error {
			reached = true
			answer, inner = next(ctx, msg)
			return inner
		})
		switch {
		case err != nil:
		case !reached:
			err = fmt.Errorf("behavior %s neither called next nor returned an error for %s", b.name, info.Type)
		case inner != nil:
			err = fmt.Errorf("behavior %s returned no error for %s although there is no answer: %w", b.name, info.Type, inner)
		}
		if err != nil {
			var none R
			return none, err
		}
		return answer, nil
	}
}

func carriedValue(msg any) any {
	if s, ok := msg.(interface{ carriedValue() any }); ok {
		return s.carriedValue()
	}
	return msg
}
