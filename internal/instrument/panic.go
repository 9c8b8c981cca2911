package instrument

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// PanicError is a panic that was recovered at the edge of a pipeline.
type PanicError struct {
	Value any
	Stack string
}

// Error says what was panicked with.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// ErrorType is the value of the error.type attribute.
func (*PanicError) ErrorType() string { return "panic" }

// ErrUnfinished is what work has ended with that did not return: it panicked, which somebody else will say more of, or
// its goroutine ended. An instrumented function holds it until it knows better:
//
//	err := instrument.ErrUnfinished
//	defer func() { op.end(ctx, err) }()
//	answer, err = work(ctx)
var ErrUnfinished error = unfinished{}

type unfinished struct{}

func (unfinished) Error() string     { return "it did not return: it panicked, or its goroutine ended" }
func (unfinished) ErrorType() string { return "panic" }

// Recover turns a panic into *err. It must be deferred.
func Recover(err *error) {
	if v := recover(); v != nil {
		*err = &PanicError{Value: v, Stack: string(debug.Stack())}
	}
}

// PanicStack returns the stack of the panic in err's tree, or an empty string.
func PanicStack(err error) string {
	if p, ok := errors.AsType[*PanicError](err); ok {
		return p.Stack
	}
	return ""
}
