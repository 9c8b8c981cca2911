package web

import (
	"net/http"
	"slices"
)

const (
	otherMethod     = "_OTHER" // http.request.method of a method that nobody knows
	otherMethodSpan = "HTTP"   // and its place in span names
)

// knownMethods are those of the semantic conventions, which bound the number of span names and series.
func knownMethods() []string {
	return []string{
		http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodHead, http.MethodPatch,
		http.MethodOptions, http.MethodConnect, http.MethodTrace, "QUERY",
	}
}

func spanMethod(method string) string {
	if slices.Contains(knownMethods(), method) {
		return method
	}
	return otherMethodSpan
}
