package mediator

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/neuroglia-go/neuroglia/internal/instrument"
)

// builder is the state of one Build.
type builder struct {
	instruments *instruments
	behaviors   []behavior
}

// Build puts the pipelines together and ends registration. It returns one error that lists everything that is wrong:
// messages with no handler or two, two types of one name, nil functions, behaviors of messages that nobody handles, bad
// struct tags. Calling it again returns nil; [Send] and [Publish] call it if nobody has.
func (m *Mediator) Build() error {
	_, err := m.table()
	return err
}

func (m *Mediator) table() (*table, error) {
	if t := m.built.Load(); t != nil {
		return t, nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if t := m.built.Load(); t != nil {
		return t, nil
	}
	instruments, err := newInstruments(m.telemetry)
	if err != nil {
		return nil, err
	}
	b := &builder{instruments: instruments, behaviors: m.behaviors}
	problems := slices.Clone(m.problems)
	t := &table{routes: make(map[reflect.Type]any, len(m.handlers)), events: newDispatcher(m.events, m.declared, instruments)}
	for _, h := range m.handlers {
		route, err := h.compose(b)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", h.where, err))
			continue
		}
		t.routes[h.key] = route
	}
	for _, h := range m.events {
		if _, err := compileTags(h.event); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", h.where, err))
		}
	}
	problems = append(problems, m.misfits()...)
	problems = append(problems, m.namesakes()...)
	if len(problems) > 0 {
		return nil, fmt.Errorf("mediator: wiring:\n%w", errors.Join(problems...))
	}
	if err := instruments.watch(t); err != nil {
		return nil, err
	}
	m.built.Store(t)
	return t, nil
}

// misfits compares what is handled with what is sent and surrounded.
func (m *Mediator) misfits() []error {
	var problems []error
	first := map[reflect.Type]handler{}
	for _, h := range m.handlers {
		if other, twice := first[h.message]; twice {
			problems = append(problems, fmt.Errorf("%s has two handlers: %s (%s) and %s (%s)",
				h.message, other.function, other.where, h.function, h.where))
			continue
		}
		first[h.message] = h
	}
	for _, r := range m.required {
		if _, handled := first[r.message]; !handled {
			problems = append(problems, fmt.Errorf("%s has no handler, but %s sends it", r.message, r.by))
		}
	}
	for _, b := range m.behaviors {
		if _, handled := first[b.message]; b.message != nil && !handled {
			problems = append(problems, fmt.Errorf("%s has no handler, but the behavior of %s surrounds it",
				b.message, b.where))
		}
	}
	return problems
}

// namesakes are types that telemetry could not tell apart, since it shows them by name.
func (m *Mediator) namesakes() []error {
	var problems []error
	type place struct {
		message reflect.Type
		where   string
	}
	first := map[string]place{}
	check := func(kind string, t reflect.Type, where string) {
		name := kind + " " + instrument.TypeName(t)
		other, taken := first[name]
		if taken && other.message != t {
			problems = append(problems, fmt.Errorf("%s (%s) and %s (%s) have one name in telemetry, %s: rename one",
				other.message, other.where, t, where, name))
		}
		first[name] = place{t, where}
	}
	for _, h := range m.handlers {
		check(h.kind.String(), h.message, h.where)
	}
	for _, h := range m.events {
		if h.event.Kind() != reflect.Interface {
			check("event", h.event, h.where)
		}
	}
	for _, e := range m.declared {
		check("event", e.event, e.where)
	}
	return problems
}

// compose makes the route of one message: instrumentation, behaviors, handler.
func compose[M Request[R], R any](b *builder, function string, h Next[M, R]) (*route[M, R], error) {
	var msg M
	info := Message{Kind: msg.kind(), Type: instrument.TypeName(messageType[M]())}
	for _, step := range slices.Backward(b.behaviors) {
		switch typed, ok := step.typed.(TypedBehavior[M, R]); {
		case ok:
			inner := h
			h = func(ctx context.Context, msg M) (R, error) { return typed(ctx, msg, inner) }
		case step.general != nil && step.scope.includes(info.Kind):
			h = surround(step, info, h)
		}
	}
	telemetry, err := newMessageTelemetry(b.instruments, info, function, messageType[M](), reflect.TypeFor[R]())
	return &route[M, R]{handle: h, telemetry: telemetry}, err
}
