package web

import (
	"net/url"
	"strings"

	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// shownError is the error of a transport as it may be recorded.
type shownError struct {
	err  error
	text string
}

// Error says what went wrong without the secrets of the URL.
func (e *shownError) Error() string { return e.text }

// Unwrap returns the error as it is.
func (e *shownError) Unwrap() error { return e.err }

// ErrorType is the error.type of the span. That of the measurements is this type: otelhttp does not ask.
func (e *shownError) ErrorType() string { return semconv.ErrorType(e.err).Value.AsString() }

// showError returns err, or a *shownError if err repeats secrets of the URL it was got from.
func showError(err error, u *url.URL) error {
	if err == nil {
		return nil
	}
	shown := redact(u)
	pairs := []string{u.String(), shown.String()}
	if u.RawQuery != "" {
		pairs = append(pairs, "?"+u.RawQuery, "?"+shown.RawQuery)
	}
	if u.User != nil { // net/http itself writes stars for the password
		pairs = append(pairs, u.User.String()+"@", "", u.User.Username()+":***@", "")
	}
	text := valid(strings.NewReplacer(pairs...).Replace(err.Error()))
	if text == err.Error() {
		return err
	}
	return &shownError{err, text}
}
