package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"

	"github.com/FerretDB/wire"
	"github.com/FerretDB/wire/wirebson"
)

// front stands before FerretDB and lets one command that writes in at a time. FerretDB 1 reads a document, changes it and
// writes it without a lock, so that of two updates that expect one version both may succeed; with MongoDB one does.
type front struct {
	backend string                      // its address
	index   func(database string) error // makes the indexes that FerretDB does not
	logger  *slog.Logger

	writing sync.Mutex
	indexed map[string]bool // collections, with their databases
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
			if err := f.relay(ctx, client); err != nil && ctx.Err() == nil && !errors.Is(err, wire.ErrZeroRead) {
				f.logger.WarnContext(ctx, "connection ended", slog.Any("error", err))
			}
		})
	}
}

// relay gives each message of a client to the backend, and the answer back, until the client goes.
func (f *front) relay(ctx context.Context, client net.Conn) error {
	defer client.Close()
	var dialer net.Dialer
	connection, err := dialer.DialContext(ctx, "tcp", f.backend)
	if err != nil {
		return fmt.Errorf("connect to the backend: %w", err)
	}
	defer connection.Close()
	defer context.AfterFunc(ctx, func() { _, _ = client.Close(), connection.Close() })()
	front, backend := newPeer(client), newPeer(connection)
	for {
		question, err := front.read()
		if err != nil {
			return err
		}
		answer, err := f.ask(backend, question)
		if err != nil {
			return err
		}
		if err := front.write(answer); err != nil {
			return err
		}
	}
}

// ask waits for the answer, whether the client does or not: the next may write only after that.
func (f *front) ask(backend *peer, question message) (message, error) {
	body, ok := question.body.(*wire.OpMsg)
	if !ok {
		return backend.ask(question)
	}
	command, err := document(body)
	if err != nil {
		return message{}, err
	}
	if reads(command.Command()) {
		return backend.ask(question)
	}
	f.writing.Lock()
	defer f.writing.Unlock()
	narrowed, err := narrow(command, backend.askFor)
	if err != nil {
		return message{}, err
	}
	answer, err := backend.tell(narrowed, question.header.RequestID)
	if err == nil && command.Command() == "createIndexes" {
		err = f.complete(command)
	}
	return answer, err
}

// complete makes the indexes that a collection lacks when FerretDB has made those it was told to.
func (f *front) complete(command *wirebson.Document) error {
	database, _ := command.Get("$db").(string)
	name := fmt.Sprint(database, ".", command.Get("createIndexes"))
	if f.indexed[name] {
		return nil
	}
	f.indexed[name] = true
	return f.index(database)
}

// reads reports whether a command is known to change nothing.
func reads(command string) bool {
	switch command {
	case "find", "getMore", "aggregate", "count", "distinct", "hello", "isMaster", "ismaster", "ping", "endSessions",
		"killCursors", "buildInfo", "listCollections", "listIndexes", "listDatabases":
		return true
	}
	return false
}

// peer is one end of a connection.
type peer struct {
	reader *bufio.Reader
	writer *bufio.Writer
}

type message struct {
	header *wire.MsgHeader
	body   wire.MsgBody
}

func newPeer(c net.Conn) *peer { return &peer{bufio.NewReader(c), bufio.NewWriter(c)} }

func (p *peer) read() (message, error) {
	header, body, err := wire.ReadMessage(p.reader)
	if err != nil {
		return message{}, fmt.Errorf("read a message: %w", err)
	}
	return message{header, body}, nil
}

func (p *peer) write(m message) error {
	if err := wire.WriteMessage(p.writer, m.header, m.body); err != nil {
		return fmt.Errorf("write a message: %w", err)
	}
	if err := p.writer.Flush(); err != nil {
		return fmt.Errorf("write a message: %w", err)
	}
	return nil
}

func (p *peer) ask(question message) (message, error) {
	if err := p.write(question); err != nil {
		return message{}, err
	}
	return p.read()
}

// tell asks with a command in the name of a request.
func (p *peer) tell(command *wirebson.Document, request int32) (message, error) {
	body, err := wire.NewOpMsg(command)
	if err != nil {
		return message{}, fmt.Errorf("encode a message: %w", err)
	}
	encoded, err := body.MarshalBinary()
	if err != nil {
		return message{}, fmt.Errorf("encode a message: %w", err)
	}
	length := int32(wire.MsgHeaderLen + len(encoded)) //nolint:gosec // as long as the limit of messages
	header := &wire.MsgHeader{MessageLength: length, RequestID: request, OpCode: wire.OpCodeMsg}
	return p.ask(message{header, body})
}

// askFor asks for itself.
func (p *peer) askFor(command *wirebson.Document) (*wirebson.Document, error) {
	answer, err := p.tell(command, 0)
	if err != nil {
		return nil, err
	}
	body, ok := answer.body.(*wire.OpMsg)
	if !ok {
		return nil, errors.New("the backend answers in an old protocol")
	}
	return document(body)
}
