package web

import (
	"bytes"
	"encoding/json"
	"sync"
)

// buffer holds the JSON of one request or of one answer.
type buffer struct {
	bytes.Buffer

	encoder *json.Encoder
}

// encode appends a value, with a line break.
func (b *buffer) encode(v any) error {
	if b.encoder == nil {
		b.encoder = json.NewEncoder(&b.Buffer)
		b.encoder.SetEscapeHTML(false)
	}
	return b.encoder.Encode(v) //nolint:wrapcheck // the callers know what they encode
}

// buffers are used again and again, unless they have become large.
type buffers struct{ pool sync.Pool }

func (p *buffers) get() *buffer {
	if b, ok := p.pool.Get().(*buffer); ok {
		return b
	}
	return &buffer{}
}

// put takes a buffer back, whose bytes nobody may use any more.
func (p *buffers) put(b *buffer) {
	const largest = 64 << 10
	if b.Cap() <= largest {
		b.Reset()
		p.pool.Put(b)
	}
}
