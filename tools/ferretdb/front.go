package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
)

// front stands before FerretDB and lets one command that writes in at a time. FerretDB 1 reads a document, changes it and
// writes it without a lock, so that of two updates that expect one version both may succeed; with MongoDB one does.
type front struct {
	backend string // its address
	logger  *slog.Logger
	writing sync.Mutex
}

// serve relays connections until ctx ends.
func (f *front) serve(ctx context.Context, listener net.Listener) error {
	var connections sync.WaitGroup
	defer connections.Wait()
	defer context.AfterFunc(ctx, func() { _ = listener.Close() })()
	for {
		client, err := listener.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("accept connections: %w", err)
		}
		connections.Go(func() {
			if err := f.relay(ctx, client); err != nil && ctx.Err() == nil && !errors.Is(err, io.EOF) {
				f.logger.WarnContext(ctx, "connection ended", slog.Any("error", err))
			}
		})
	}
}

// relay gives each message of a client to the backend, and the answer back, until the client goes.
func (f *front) relay(ctx context.Context, client net.Conn) error {
	defer client.Close()
	var dialer net.Dialer
	backend, err := dialer.DialContext(ctx, "tcp", f.backend)
	if err != nil {
		return fmt.Errorf("connect to the backend: %w", err)
	}
	defer backend.Close()
	defer context.AfterFunc(ctx, func() { _, _ = client.Close(), backend.Close() })()
	for {
		question, err := readMessage(client)
		if err != nil {
			return err
		}
		answer, err := f.ask(backend, question)
		if err != nil {
			return err
		}
		if _, err := client.Write(answer); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
	}
}

// ask waits for the answer, whether the client does or not: the next may write only after that.
func (f *front) ask(backend net.Conn, question []byte) ([]byte, error) {
	if writes(question) {
		f.writing.Lock()
		defer f.writing.Unlock()
	}
	if _, err := backend.Write(question); err != nil {
		return nil, fmt.Errorf("ask: %w", err)
	}
	return readMessage(backend)
}

const (
	header  = 16 // bytes: length, identity, identity of what it answers, kind
	message = 2013
)

func readMessage(from io.Reader) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(from, length[:]); err != nil {
		return nil, err //nolint:wrapcheck // the end of a connection is io.EOF
	}
	n := binary.LittleEndian.Uint32(length[:])
	if n < header || n > 48_000_000 { // MongoDB's own limit
		return nil, fmt.Errorf("a message of %d bytes", n)
	}
	whole := make([]byte, n)
	copy(whole, length[:])
	if _, err := io.ReadFull(from, whole[len(length):]); err != nil {
		return nil, fmt.Errorf("read a message: %w", err)
	}
	return whole, nil
}

// writes reports whether a message may change something: whether it is a command that is not known to read only. The name
// of a command is the first key of the document behind flags, the kind of the section, its length and the key's type.
func writes(question []byte) bool {
	const name = header + 4 + 1 + 4 + 1
	if len(question) < name || binary.LittleEndian.Uint32(question[12:]) != message {
		return false
	}
	command, _, _ := bytes.Cut(question[name:], []byte{0})
	switch string(command) {
	case "find", "getMore", "aggregate", "count", "distinct", "hello", "ping", "endSessions", "killCursors", "buildInfo",
		"listCollections", "listIndexes", "listDatabases":
		return false
	}
	return true
}
