package web

import "unicode/utf8"

// Texts of problems are bounded, in bytes, since they can repeat what a client sent.
const (
	maxText   = 200
	maxDetail = 500 // a location, a message, and how many more there are
	maxErrors = 20
)

// cut returns the beginning of a text that is longer than most.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for !utf8.RuneStart(s[most]) && most > 0 {
		most--
	}
	return s[:most] + "..."
}
