package web

import "net/http"

const (
	otherMethod     = "_OTHER" // http.request.method of a method that nobody knows
	otherMethodSpan = "HTTP"   // and its place in span names
)

// knownMethod returns a method if it is one of the semantic conventions, which bound the number of span names and series.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodHead, http.MethodPatch,
		http.MethodOptions, http.MethodConnect, http.MethodTrace, "QUERY":
		return method
	}
	return otherMethod
}

func spanMethod(method string) string {
	if known := knownMethod(method); known != otherMethod {
		return known
	}
	return otherMethodSpan
}
