package instrument

import (
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"
)

// maxText bounds what an error says in telemetry, in bytes. Errors can repeat input, which has no bound.
const maxText = 1024

// Text is what an error says, fit for telemetry: without the credentials and the query of a URL that an HTTP request
// failed with, valid UTF-8, and not longer than 1 KiB.
func Text(err error) string {
	text := err.Error()
	if failed, ok := errors.AsType[*url.Error](err); ok {
		text = strings.ReplaceAll(text, failed.URL, withoutSecrets(failed.URL))
	}
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= maxText {
		return text
	}
	end := maxText
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "..."
}

func withoutSecrets(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "URL"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}
