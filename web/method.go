package web

import "net/http"

const (
	knownCount      = 11
	otherMethod     = "_OTHER" // http.request.method of a method that nobody knows
	otherMethodSpan = "HTTP"   // and its place in span names
)

// knownMethods are those of the semantic conventions, which bound the number of span names and series.
func knownMethods() [knownCount]string {
	return [...]string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodHead, http.MethodPatch,
		http.MethodOptions, http.MethodConnect, http.MethodTrace, "QUERY", otherMethod}
}

// knownMethod returns a method if it is known. It is a constant: that of a request is a part of its first line, all of which
// would be kept with it.
func knownMethod(method string) string {
	for _, known := range knownMethods() {
		if method == known {
			return known
		}
	}
	return otherMethod
}

// knownProtocol returns a version of HTTP as the semantic conventions have it. Clients may send any of 1.0 to 1.9.
func knownProtocol(major, minor int) string {
	switch {
	case major == 1 && minor == 0:
		return "1.0"
	case major == 2:
		return "2"
	case major == 3:
		return "3"
	}
	return "1.1"
}

func spanMethod(method string) string {
	if known := knownMethod(method); known != otherMethod {
		return known
	}
	return otherMethodSpan
}
