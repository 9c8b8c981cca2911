// Package retry says how often work is tried that failed, and how long to wait before the next attempt.
//
// A [Policy] decides; who keeps the work meanwhile (an outbox, a broker) carries it out.
package retry

import (
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
)

// The defaults of a [Policy].
const (
	Attempts = 10
	First    = 500 * time.Millisecond
	Max      = 5 * time.Minute
)

// Policy is a number of attempts with exponential backoff and jitter between them: "equal jitter" of
// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/. The zero value has the defaults.
type Policy struct {
	Attempts int              // in all; defaults to 10, less than 0 means without end
	First    time.Duration    // the longest wait after the first attempt, which doubles with each; defaults to 500 ms
	Max      time.Duration    // the longest wait of all; defaults to 5 minutes
	Worth    func(error) bool // whether another attempt may end otherwise; defaults to [Worth]
}

// Next says whether there is to be another attempt after the given one, counted from 1, failed with err, and how long to
// wait before it: at random between half and all of what doubling makes it.
func (p Policy) Next(attempt int, err error) (wait time.Duration, again bool) {
	worth := p.Worth
	if worth == nil {
		worth = Worth
	}
	if p.Last(attempt) || isFinal(err) || !worth(err) {
		return 0, false
	}
	longest := or(p.Max, Max)
	wait = or(p.First, First)
	for range attempt - 1 {
		if wait *= 2; wait >= longest {
			break
		}
	}
	wait = min(wait, longest)
	return wait/2 + rand.N(wait/2+1), true
}

// Last reports whether there are no more attempts after this one, counted from 1, whatever comes of it.
func (p Policy) Last(attempt int) bool {
	limit := or(p.Attempts, Attempts)
	return limit > 0 && attempt >= limit
}

// Postponement is the longest wait for what is unavailable, so that work goes on soon after it is back.
const Postponement = 30 * time.Second

// Postpone is [Policy.Next] for work that failed since something was unavailable, and has waited for some time: there is
// always another attempt, unless the error is final, after a quarter of that time, within First and [Postponement].
func (p Policy) Postpone(waited time.Duration, err error) (wait time.Duration, again bool) {
	p.Attempts, p.Max = -1, min(or(p.Max, Max), Postponement)
	p.First = min(max(waited/4, or(p.First, First)), p.Max)
	return p.Next(1, err)
}

// Unavailable reports whether an error says only that something was unavailable, such as a database or a broker. If several
// are joined, all of them must.
func Unavailable(err error) bool {
	for e := err; e != nil; e = errors.Unwrap(e) {
		switch e := e.(type) { //nolint:errorlint // this walks the tree, down to where an error has a kind
		case *fault.Error:
			return e.Kind == fault.Unavailable
		case interface{ Unwrap() []error }:
			errs := e.Unwrap()
			return len(errs) > 0 && !slices.ContainsFunc(errs, func(err error) bool { return !Unavailable(err) })
		}
	}
	return false
}

func or[T int | time.Duration](value, fallback T) T {
	if value == 0 {
		return fallback
	}
	return value
}

// Worth is the default of [Policy.Worth]: what a business rule or a validation refused will be refused again; everything
// else, such as a conflict or something that is not found yet, may change.
func Worth(err error) bool {
	switch fault.KindOf(err) { //nolint:exhaustive // the others are worth it
	case fault.Invalid, fault.Rejected, fault.Forbidden:
		return false
	}
	return true
}

// final marks an error.
type final struct{ error }

func (f *final) Unwrap() error { return f.error }

// Final returns err marked so that no [Policy] makes another attempt after it.
func Final(err error) error { return &final{err} }

// isFinal reports whether all errors in the tree of err are marked: one that is not may be worth another attempt.
func isFinal(err error) bool {
	for err != nil {
		switch e := err.(type) { //nolint:errorlint // this walks the tree
		case *final:
			return true
		case interface{ Unwrap() []error }:
			errs := e.Unwrap()
			return len(errs) > 0 && !slices.ContainsFunc(errs, func(err error) bool { return !isFinal(err) })
		}
		err = errors.Unwrap(err)
	}
	return false
}
