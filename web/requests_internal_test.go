package web

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"unsafe"
)

// lines are requests as clients may write them: known methods and made-up ones, and every version of HTTP that the server takes.
func lines(t *testing.T) []*http.Request {
	t.Helper()
	local := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}
	ctx := context.WithValue(t.Context(), http.LocalAddrContextKey, net.Addr(local))
	var all []*http.Request
	for _, method := range []string{
		"BREW", "BROWSE", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE", "QUERY",
	} {
		for minor := range 10 {
			r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
			r.Method, r.ProtoMinor, r.Proto = string([]byte(method)), minor, fmt.Sprintf("HTTP/1.%d", minor)
			all = append(all, r)
		}
	}
	return all
}

func TestNoClientFillsWhatIsKeptOfRequests(t *testing.T) {
	t.Parallel()
	var k kinds
	requests := lines(t)
	for _, r := range requests {
		k.of("", "/", r)
	}
	const methods, versions = 11, 2
	if got := len(*k.all.Load()); got != methods*versions {
		t.Errorf("got %d kinds, want %d", got, methods*versions)
	}
	for _, r := range requests {
		if once, again := k.of("", "/", r), k.of("", "/", r); once != again {
			t.Errorf("%s %s is made anew for each request", r.Method, r.Proto)
		}
	}
}

func TestWhatIsKeptOfRequestsHasNothingOfTheirFirstLine(t *testing.T) {
	t.Parallel()
	var k kinds
	for _, r := range lines(t) {
		k.of("", "/", r)
		for is := range *k.all.Load() {
			if unsafe.StringData(is.method) == unsafe.StringData(r.Method) {
				t.Fatalf("the method %s is that of the request", is.method)
			}
		}
	}
}

func TestTooManyKindsOfRequestsAreNotKept(t *testing.T) {
	t.Parallel()
	var k kinds
	for port := 1; port <= 2*mostKinds; port++ {
		local := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
		ctx := context.WithValue(t.Context(), http.LocalAddrContextKey, net.Addr(local))
		k.of("", "/", httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
	}
	if got := len(*k.all.Load()); got != mostKinds {
		t.Errorf("got %d kinds, want %d", got, mostKinds)
	}
}
