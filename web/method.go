package web

import "net/http"

const (
	queryMethod     = "QUERY"
	otherMethod     = "_OTHER" // http.request.method of a method that nobody knows
	otherMethodSpan = "HTTP"   // and its place in span names
)

// knownMethod returns a method if it is one of the semantic conventions, which bound the number of span names and series. It
// is a constant: that of a request is a part of its first line, all of which would be kept with it.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet:
		return http.MethodGet
	case http.MethodPost:
		return http.MethodPost
	case http.MethodPut:
		return http.MethodPut
	case http.MethodDelete:
		return http.MethodDelete
	case http.MethodHead:
		return http.MethodHead
	case http.MethodPatch:
		return http.MethodPatch
	case http.MethodOptions:
		return http.MethodOptions
	case http.MethodConnect:
		return http.MethodConnect
	case http.MethodTrace:
		return http.MethodTrace
	case queryMethod:
		return queryMethod
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
