package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/neuroglia-go/neuroglia/fault"
)

// statusOf is the one place where kinds of errors become statuses.
func statusOf(kind fault.Kind) int {
	switch kind {
	case fault.Invalid, fault.Rejected:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.Timeout:
		return http.StatusGatewayTimeout
	case fault.Canceled:
		return clientGone
	case fault.Unexpected:
	}
	return http.StatusInternalServerError
}

func statusText(status int) string {
	if status == clientGone {
		return clientGoneTitle
	}
	return http.StatusText(status)
}

// problemOf returns what err means to the client. Messages of refusals are written for the client and shown; of
// failures only those that wrap no other error are, since another error may tell what is nobody's business.
func problemOf(ctx context.Context, err error, in *input) Problem {
	if refused, ok := err.(*refusal); ok { //nolint:errorlint // refusals are made in this package and never wrapped
		return Problem{
			Type: "about:blank", Title: statusText(refused.status), Status: refused.status, Kind: refused.kind().String(),
			Detail: refused.detail, Errors: refused.errors,
		}
	}
	faults := faultsOf(nil, err)
	kind := kindOf(ctx, err, faults)
	p := Problem{Type: "about:blank", Status: statusOf(kind), Kind: kind.String(), Detail: failureText(kind)}
	p.Title = statusText(p.Status)
	var shown []*fault.Error
	for _, f := range faults {
		if kind.Refusal() || f.Kind == kind && kind != fault.Unexpected && f.Unwrap() == nil {
			shown = append(shown, f)
		}
	}
	for _, f := range shown {
		if f.Field != "" || len(shown) > 1 {
			p.Errors = append(p.Errors, ProblemDetail{Message: f.Message, Location: in.location(f.Field)})
		}
	}
	switch {
	case len(shown) == 1 && len(p.Errors) == 1:
		p.Detail = cut(p.Errors[0].Location, maxText) + ": " + p.Errors[0].Message
	case len(shown) > 0:
		p.Detail = shown[0].Message
	}
	return p
}

// kindOf is fault.KindOf, but for errors nobody classified that come from the end of the request's context.
func kindOf(ctx context.Context, err error, faults []*fault.Error) fault.Kind {
	kind := fault.KindOf(err)
	switch {
	case kind == fault.Unexpected && len(faults) == 0 && ctx.Err() != nil && !isPanic(err):
		return fault.KindOf(ctx.Err())
	case kind == fault.Canceled && len(faults) == 0 && ctx.Err() == nil:
		return fault.Unexpected // something inside was canceled, not the request
	}
	return kind
}

func isPanic(err error) bool {
	var typed interface{ ErrorType() string }
	return errors.As(err, &typed) && typed.ErrorType() == "panic"
}

// faultsOf appends the outermost fault of every branch of err's tree.
func faultsOf(found []*fault.Error, err error) []*fault.Error {
	for err != nil {
		switch e := err.(type) { //nolint:errorlint // this is a walk through the tree
		case *fault.Error:
			return append(found, e)
		case interface{ Unwrap() []error }:
			for _, branch := range e.Unwrap() {
				found = faultsOf(found, branch)
			}
			return found
		}
		err = errors.Unwrap(err)
	}
	return found
}

func failureText(kind fault.Kind) string {
	switch kind { //nolint:exhaustive // of the others only Unexpected comes here, refusals say it themselves
	case fault.Unavailable:
		return "something that the service needs is not available: try again later"
	case fault.Timeout:
		return "the request took too long"
	case fault.Canceled:
		return "the request was given up"
	default:
		return "something went wrong that should not: the trace id finds what in the logs"
	}
}
