package resilience

import (
	"context"
	"reflect"
	"strings"
	"sync"

	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/mediator"
)

// Behavior guards many types of messages, each with a state of its own. A query that is answered with a stream is not
// retried, since its answers would be given again. Whoever retries a command must be able to handle it twice: what its
// first attempt has stored stays.
func Behavior(p *Policy) mediator.Behavior {
	of := guards(p)
	return func(ctx context.Context, msg mediator.Message, next func(context.Context) error) error {
		return of(msg.Type).do(ctx, func() bool { return !streams(reflect.TypeOf(msg.Value)) }, next)
	}
}

// Event guards a handler of events, for mediator.On. If it is given to several, each has a state of its own.
func Event(p *Policy) mediator.EventBehavior {
	of := guards(p)
	return func(ctx context.Context, handler string, next func(context.Context) error) error {
		return of(handler).Do(ctx, next)
	}
}

// guards returns a function that finds the guard of a name.
func guards(p *Policy) func(name string) *Guard {
	var made sync.Map // name -> func() *Guard
	return func(name string) *Guard {
		found, ok := made.Load(name)
		if !ok {
			found, _ = made.LoadOrStore(name, sync.OnceValue(func() *Guard { return p.Guard(name) }))
		}
		return found.(func() *Guard)() //nolint:forcetypeassert // only these are stored
	}
}

// streams reports whether a message embeds mediator.StreamQuery.
func streams(message reflect.Type) bool {
	if message == nil || message.Kind() != reflect.Struct {
		return false
	}
	pkg := reflect.TypeFor[mediator.Message]().PkgPath()
	for field := range message.Fields() {
		if !field.Anonymous {
			continue
		}
		if field.Type.PkgPath() == pkg && strings.HasPrefix(field.Type.Name(), "StreamQuery[") || streams(field.Type) {
			return true
		}
	}
	return false
}

// Command guards one type of message, for mediator.Around.
func Command[M mediator.Request[R], R any](p *Policy) func(context.Context, M, mediator.Next[M, R]) (R, error) {
	g := p.Guard(instrument.TypeName(reflect.TypeFor[M]()))
	return func(ctx context.Context, msg M, next mediator.Next[M, R]) (answer R, err error) {
		err = g.Do(ctx, func(ctx context.Context) (err error) {
			answer, err = next(ctx, msg)
			return err
		})
		return answer, err
	}
}
