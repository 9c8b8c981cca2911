// Package fault gives errors a kind, so that one place can decide what an error means to a caller, a trace and a log.
//
// A refusal (Invalid, NotFound, Conflict, Forbidden, Unauthenticated, Rejected) is an expected answer of a healthy
// service. Every other error is a failure. Domain code returns refusals made with [New]; package web turns kinds into
// HTTP answers, and the instrumentation turns them into outcomes.
package fault

import (
	"context"
	"errors"
	"fmt"
)

// Kind says what an error means to the caller.
type Kind uint8

// The kinds. The zero value, Unexpected, is the kind of any error that nobody classified.
const (
	Unexpected      Kind = iota // a defect or an unknown failure
	Invalid                     // the request itself is wrong; the same request never succeeds
	NotFound                    // the thing named does not exist
	Conflict                    // the present state does not allow it; another try may succeed
	Forbidden                   // the caller is known and not allowed
	Unauthenticated             // the caller is not known
	Rejected                    // a business rule says no
	Unavailable                 // something needed is down; try again later
	Timeout                     // it took too long
	Canceled                    // the caller gave up
)

// String returns the kind in lower snake case, such as "not_found". The names are stable.
func (k Kind) String() string {
	names := [...]string{
		"unexpected", "invalid", "not_found", "conflict", "forbidden", "unauthenticated", "rejected",
		"unavailable", "timeout", "canceled",
	}
	if int(k) < len(names) {
		return names[k]
	}
	return names[Unexpected]
}

// Refusal reports whether the kind is an expected answer and not a failure.
func (k Kind) Refusal() bool { return k >= Invalid && k <= Rejected }

// Error is an error with a kind. Message is written for the caller: it must not hold secrets.
type Error struct {
	Kind    Kind
	Message string
	Field   string // the part of the request that is at fault, such as "items[0].pizza_id"; empty if none
	cause   error
	origin  *Error // what this is a copy of
}

// New returns an error of the given kind. The format takes %w, and the wrapped errors stay visible to errors.Is.
func New(kind Kind, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	e := &Error{Kind: kind, Message: err.Error(), cause: errors.Unwrap(err)}
	if _, several := err.(interface{ Unwrap() []error }); several {
		e.cause = err
	}
	return e
}

// At returns a copy of the error that names the part of the request at fault. To errors.Is it is also e.
func (e *Error) At(field string) *Error {
	at := *e
	at.Field, at.origin = field, e
	return &at
}

// Is reports whether target is what [Error.At] made this error of.
func (e *Error) Is(target error) bool {
	return e != nil && e.origin != nil && errors.Is(e.origin, target)
}

// Error returns the message, behind the field if there is one.
func (e *Error) Error() string {
	if e == nil {
		return "<nil>"
	}
	if e.Field != "" {
		return e.Field + ": " + e.Message
	}
	return e.Message
}

// Unwrap returns the error given to [New] by %w, or nil.
func (e *Error) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.cause
}

// ErrorType is the value of the error.type attribute, as OpenTelemetry's semantic conventions ask for it.
func (e *Error) ErrorType() string {
	switch {
	case e == nil:
		return Unexpected.String()
	case e.Kind == Unexpected && e.cause != nil:
		return TypeOf(e.cause)
	}
	return e.Kind.String()
}

// KindOf returns the kind of the first classified error in err's tree. Deadline errors are Timeout and cancellations
// Canceled; all others, and nil, are Unexpected. Of joined errors the worst decides: the first failure, else the first
// cancellation, else the first refusal.
func KindOf(err error) Kind {
	err = decisive(err)
	if classified, ok := errors.AsType[*Error](err); ok && classified != nil {
		return classified.Kind
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout
	case errors.Is(err, context.Canceled):
		return Canceled
	}
	return Unexpected
}
