package web

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync/atomic"
)

// response writes the answer to a request and remembers what it was.
type response struct {
	http.ResponseWriter

	status int
	size   int64
	turn   turn
	values [headers]string // of its header, in one piece
}

// The places of values of a header.
const (
	headerCache = iota
	headerSniffing
	headerType
	headerLocation
	headers
)

// buffered is how much of an answer net/http keeps until its handler has returned: nobody waits for the client to read it.
const buffered = 2 << 10

// WriteHeader remembers the status. Those that announce another are none.
func (w *response) WriteHeader(status int) {
	if w.status == 0 && (status >= http.StatusOK || status == http.StatusSwitchingProtocols) {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write writes a part of the body.
func (w *response) Write(data []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	if w.size+int64(len(data)) > buffered {
		defer w.turn.comeBack(w.turn.goAway())
	}
	n, err := w.ResponseWriter.Write(data)
	w.size += int64(n)
	return n, err //nolint:wrapcheck // this is that writer, to its user
}

// Flush sends what has been written.
func (w *response) Flush() {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	defer w.turn.comeBack(w.turn.goAway())
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}

// Hijack gives the connection away, for as long as its user likes: who does is not counted any more.
func (w *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffer, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		w.turn.leave()
	}
	return conn, buffer, err //nolint:wrapcheck // this is that writer, to its user
}

// Unwrap is for http.ResponseController.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// set sets a value of the header that most answers have. The name is as net/http writes it. It costs no memory, and no other
// answer has the same.
func (w *response) set(place int, name, value string) {
	w.values[place] = value
	w.Header()[name] = w.values[place : place+1 : place+1]
}

// body counts what is read of a request. Who reads it may outlive the request.
type body struct {
	io.ReadCloser

	size atomic.Int64
}

// Read reads the next part.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.size.Add(int64(n))
	return n, err //nolint:wrapcheck // this is that body, to its user
}
