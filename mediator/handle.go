package mediator

import (
	"context"
	"fmt"
	"iter"
	"path/filepath"
	"reflect"
	"runtime"

	"github.com/neuroglia-go/neuroglia/internal/instrument"
)

// handler is a registration, with its types erased.
type handler struct {
	key      reflect.Type // the M of its route
	message  reflect.Type // the type that users know it by
	kind     Kind
	function string // qualified name
	where    string // file:line of the registration
	compose  func(*builder) (any, error)
}

// requirement is a message that somebody is going to send.
type requirement struct {
	message reflect.Type
	by      string
}

// Handle registers the handler of message M. It panics if the mediator has been built; whatever else is wrong with it
// is reported by [Mediator.Build].
func Handle[M Request[R], R any](m *Mediator, h func(context.Context, M) (R, error)) {
	register(m, h == nil, instrument.FuncName(h), h)
}

// HandleNone registers the handler of a command that has no answer, like [Handle].
func HandleNone[M Request[None]](m *Mediator, h func(context.Context, M) error) {
	register(m, h == nil, instrument.FuncName(h), func(ctx context.Context, msg M) (None, error) {
		return None{}, h(ctx, msg)
	})
}

// HandleStream registers the handler of a query that is answered with any number of T, like [Handle]. The stream ends
// with the first error that the handler yields.
func HandleStream[M StreamRequest[T], T any](m *Mediator, h func(context.Context, M) iter.Seq2[T, error]) {
	register(m, h == nil, instrument.FuncName(h), func(ctx context.Context, s stream[M, T]) (None, error) {
		return None{}, s.run(h(ctx, s.msg))
	})
}

func register[M Request[R], R any](m *Mediator, missing bool, function string, h Next[M, R]) {
	where := caller(2)
	message := messageType[M]()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.built.Load() != nil {
		panic(fmt.Sprintf("mediator: handler of %s registered at %s after the mediator was built", message, where))
	}
	if missing {
		m.problems = append(m.problems, fmt.Errorf("%s: the handler of %s is nil", where, message))
		return
	}
	if message.Kind() == reflect.Pointer {
		m.problems = append(m.problems,
			fmt.Errorf("%s: a handler takes %s: take %s by value", where, message, message.Elem()))
		return
	}
	var msg M
	m.handlers = append(m.handlers, handler{
		key: reflect.TypeFor[M](), message: message, kind: msg.kind(), function: function, where: where,
		compose: func(b *builder) (any, error) { return compose(b, function, h) },
	})
}

// Require says that M is going to be sent, so that [Mediator.Build] reports it if it has no handler. The text says by
// whom, such as "POST /api/orders".
func Require[M any](m *Mediator, by string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.required = append(m.required, requirement{message: messageType[M](), by: by})
}

// messageType is the type users know a message by.
func messageType[M any]() reflect.Type {
	var msg M
	if s, ok := any(msg).(interface{ carried() reflect.Type }); ok {
		return s.carried()
	}
	return reflect.TypeFor[M]()
}

// caller is the place of the call that is so many frames above the caller of caller.
func caller(frames int) string {
	_, file, line, _ := runtime.Caller(frames + 1)
	return fmt.Sprintf("%s:%d", filepath.Base(file), line)
}
