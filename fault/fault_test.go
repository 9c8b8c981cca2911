package fault_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"testing"

	"github.com/neuroglia-go/neuroglia/fault"
)

func TestKindsHaveStableNamesAndSomeAreRefusals(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		kind    fault.Kind
		name    string
		refusal bool
	}{
		{fault.Unexpected, "unexpected", false},
		{fault.Invalid, "invalid", true},
		{fault.NotFound, "not_found", true},
		{fault.Conflict, "conflict", true},
		{fault.Forbidden, "forbidden", true},
		{fault.Unauthenticated, "unauthenticated", true},
		{fault.Rejected, "rejected", true},
		{fault.Unavailable, "unavailable", false},
		{fault.Timeout, "timeout", false},
		{fault.Canceled, "canceled", false},
		{fault.Canceled + 1, "unexpected", false},
		{255, "unexpected", false},
	} {
		if got := tt.kind.String(); got != tt.name {
			t.Errorf("Kind(%d).String() = %q, want %q", tt.kind, got, tt.name)
		}
		if got := tt.kind.Refusal(); got != tt.refusal {
			t.Errorf("%s.Refusal() = %v, want %v", tt.kind, got, tt.refusal)
		}
	}
}

func TestNewFormatsTheMessageAndKeepsWhatItWraps(t *testing.T) {
	t.Parallel()
	err := fault.New(fault.Unavailable, "read page %d: %w", 3, io.ErrUnexpectedEOF)
	if got, want := err.Error(), "read page 3: unexpected EOF"; got != want || err.Message != want {
		t.Errorf("Error() = %q, Message = %q, want %q", got, err.Message, want)
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) || !errors.Is(err.Unwrap(), io.ErrUnexpectedEOF) {
		t.Errorf("%v does not wrap %v", err, io.ErrUnexpectedEOF)
	}
	if got := fault.New(fault.Invalid, "no more").Unwrap(); got != nil {
		t.Errorf("Unwrap() = %v for an error that wraps none, want nil", got)
	}
}

func TestNewKeepsAllThatItWraps(t *testing.T) {
	t.Parallel()
	err := fault.New(fault.Unavailable, "%w, %w", io.EOF, fs.ErrNotExist)
	if !errors.Is(err, io.EOF) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v does not wrap both errors", err)
	}
	if got, want := err.Error(), "EOF, file does not exist"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
}

func TestAtNamesTheFieldOfACopy(t *testing.T) {
	t.Parallel()
	soldOut := fault.New(fault.Rejected, "sold out: %w", io.EOF)
	at := soldOut.At("items[0]").At("items[1]")
	if got, want := at.Error(), "items[1]: sold out: EOF"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	if at.Field != "items[1]" || at.Message != "sold out: EOF" || at.Kind != fault.Rejected {
		t.Errorf("got %+v, want the field items[1] and all else as before", at)
	}
	if soldOut.Field != "" {
		t.Errorf("At changed the error it was called on: its field is %q", soldOut.Field)
	}
	if !errors.Is(at, soldOut) || !errors.Is(fmt.Errorf("place: %w", at), soldOut) || !errors.Is(at, io.EOF) {
		t.Error("errors.Is does not find what the error was made of")
	}
	if errors.Is(soldOut, at) || errors.Is(at, fault.New(fault.Rejected, "sold out: %w", io.EOF)) {
		t.Error("errors.Is takes it for an error that it was not made of")
	}
}

// deadlineError is to errors.Is an expired deadline, as errors of package net are.
type deadlineError struct{}

func (deadlineError) Error() string        { return "i/o timeout" }
func (deadlineError) Is(target error) bool { return target == context.DeadlineExceeded }

// holder is a joined error with a hole.
type holder []error

func (holder) Error() string     { return "several" }
func (h holder) Unwrap() []error { return h }

func TestKindOf(t *testing.T) {
	t.Parallel()
	var (
		plain    = errors.New("plain")
		missing  = fault.New(fault.NotFound, "no order")
		conflict = fault.New(fault.Conflict, "cooking already")
		down     = fault.New(fault.Unavailable, "down")
	)
	wrap := func(err error) error { return fmt.Errorf("get: %w", err) }
	for _, tt := range []struct {
		name string
		err  error
		want fault.Kind
	}{
		{"nil", nil, fault.Unexpected},
		{"unclassified", plain, fault.Unexpected},
		{"classified", missing, fault.NotFound},
		{"wrapped", wrap(wrap(missing)), fault.NotFound},
		{"the outer of two", fault.New(fault.Unavailable, "%w", missing), fault.Unavailable},
		{"made unexpected", fault.New(fault.Unexpected, "%w", missing), fault.Unexpected},
		{"deadline", wrap(context.DeadlineExceeded), fault.Timeout},
		{"deadline by Is", wrap(deadlineError{}), fault.Timeout},
		{"cancellation", wrap(context.Canceled), fault.Canceled},
		{"classified cancellation", fault.New(fault.Rejected, "%w", context.Canceled), fault.Rejected},
		{"joined refusals: the first", errors.Join(missing, conflict), fault.NotFound},
		{"refusal and failure", errors.Join(missing, plain), fault.Unexpected},
		{"refusal and classified failure", errors.Join(missing, wrap(down), plain), fault.Unavailable},
		{"refusal and cancellation", errors.Join(missing, context.Canceled), fault.Canceled},
		{"cancellation and failure", errors.Join(context.Canceled, plain), fault.Unexpected},
		{"failure and cancellation", errors.Join(plain, context.Canceled), fault.Unexpected},
		{"join in a join", wrap(errors.Join(missing, wrap(errors.Join(conflict, down)))), fault.Unavailable},
		{"two wrapped by one", fmt.Errorf("%w: %w", missing, conflict), fault.NotFound},
		{"classified above a join", fault.New(fault.Rejected, "%w", errors.Join(plain, down)), fault.Rejected},
		{"join of none", holder{}, fault.Unexpected},
		{"join with a hole", holder{nil, missing}, fault.NotFound},
	} {
		if got := fault.KindOf(tt.err); got != tt.want {
			t.Errorf("%s: KindOf() = %v, want %v", tt.name, got, tt.want)
		}
	}
}

type panicked struct{}

func (panicked) Error() string     { return "panic: order 4711" }
func (panicked) ErrorType() string { return "panic" }

func TestTypeOf(t *testing.T) {
	t.Parallel()
	plain := errors.New("order 4711")
	wrap := func(err error) error { return fmt.Errorf("get 4711: %w", err) }
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"nil", nil, ""},
		{"unclassified", plain, "*errors.errorString"},
		{"wrapped", wrap(wrap(&fs.PathError{Op: "open", Err: fs.ErrNotExist})), "*errors.errorString"},
		{"innermost", wrap(lateError(4711)), "fault_test.lateError"},
		{"classified", wrap(fault.New(fault.NotFound, "no order 4711")), "not_found"},
		{"unexpected", fault.New(fault.Unexpected, "4711"), "unexpected"},
		{"unexpected of a type", fault.New(fault.Unexpected, "4711: %w", lateError(4711)), "fault_test.lateError"},
		{"unexpected of several", fault.New(fault.Unexpected, "%w %w", lateError(1), plain), "fault_test.lateError"},
		{"says it itself", wrap(panicked{}), "panic"},
		{"deadline", wrap(context.DeadlineExceeded), "timeout"},
		{"cancellation", wrap(context.Canceled), "canceled"},
		{"joined: the failure", errors.Join(fault.New(fault.NotFound, "no order"), panicked{}), "panic"},
		{"joined: the first failure", wrap(errors.Join(lateError(1), plain)), "fault_test.lateError"},
		{"joined: not the cancellation", errors.Join(context.Canceled, lateError(1)), "fault_test.lateError"},
	} {
		if got := fault.TypeOf(tt.err); got != tt.want {
			t.Errorf("%s: TypeOf() = %q, want %q", tt.name, got, tt.want)
		}
	}
}

// lateError is an error with a type of its own.
type lateError int

func (lateError) Error() string { return "too late" }
