package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// readBody decodes the body of a request, which must be JSON if it is not empty, into a message. What is wrong with its
// values goes to found.
func (in *input) readBody(w http.ResponseWriter, r *http.Request, message any, found *huma.ValidateResult) error {
	data := in.buffers.get()
	defer in.buffers.put(data)
	if r.Body != nil && r.Body != http.NoBody && r.ContentLength != 0 {
		if in.body != nil && r.ContentLength <= in.limit {
			if err := checkContentType(r.Header); err != nil {
				return err
			}
		}
		if err := readAll(w, r, in.limit, data); err != nil {
			return err
		}
	}
	switch {
	case in.body == nil && data.Len() > 0 && strings.TrimSpace(data.String()) != "{}":
		return refuse(http.StatusUnprocessableEntity, "body", "expected no body")
	case in.body == nil || in.accept.whole(data.Bytes()) && json.Unmarshal(data.Bytes(), message) == nil:
		return nil
	}
	value := reflect.ValueOf(message).Elem()
	value.SetZero()
	return in.bindBody(data.Bytes(), value, found)
}

// readAll appends the body of a request, whatever it is, to data.
func readAll(w http.ResponseWriter, r *http.Request, limit int64, data io.ReaderFrom) error {
	if r.ContentLength > limit {
		return tooLarge(limit)
	}
	turn := &exchangeFrom(r.Context()).out.turn
	defer turn.comeBack(turn.goAway())
	_, err := data.ReadFrom(http.MaxBytesReader(innermost(w), r.Body, limit))
	var over *http.MaxBytesError
	var network net.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &over):
		return tooLarge(limit)
	case errors.As(err, &network) && network.Timeout():
		return refuse(http.StatusRequestTimeout, "body", "it did not come in time")
	default:
		return refuse(http.StatusBadRequest, "body", "it ended too early")
	}
}

func tooLarge(limit int64) *refusal {
	return &refusal{
		status: http.StatusRequestEntityTooLarge,
		detail: fmt.Sprintf("the body is larger than %d bytes", limit),
		errors: []ProblemDetail{{Location: "body", Message: fmt.Sprintf("expected at most %d bytes", limit)}},
	}
}

// innermost returns the writer of the server, which http.MaxBytesReader tells that the connection must be closed with
// care, so that the client can read the answer before it is told that nobody reads the rest of the body.
func innermost(w http.ResponseWriter) http.ResponseWriter {
	for {
		wrapper, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return w
		}
		w = wrapper.Unwrap()
	}
}

func checkContentType(h http.Header) error {
	if encoding := h.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return refuse(http.StatusUnsupportedMediaType, "header.Content-Encoding", "expected none")
	}
	text := h.Get("Content-Type")
	if text == "" || text == "application/json" { // nothing is taken for JSON
		return nil
	}
	media, params, err := mime.ParseMediaType(text)
	charset := params["charset"]
	json := media == "application/json" || strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+json")
	if err != nil || !json || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return refuse(http.StatusUnsupportedMediaType, "header.Content-Type", "expected application/json in UTF-8")
	}
	return nil
}

// bindBody validates a body and decodes it into a message. What is wrong with its values goes to found.
func (in *input) bindBody(data []byte, message reflect.Value, found *huma.ValidateResult) error {
	if len(data) == 0 {
		data = []byte("{}") // then validation names the fields that are missing
	}
	var parsed any
	if err := json.Unmarshal(data, &parsed); err != nil {
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			return refuse(http.StatusBadRequest, "body", "broken JSON: "+err.Error()+" at "+position(data, syntax.Offset))
		}
		return refuse(http.StatusUnprocessableEntity, "body", "a number is out of range")
	}
	if in.open && locationBytes(in.registry, in.body, parsed, int64(len("body"))) > amplification*in.limit {
		return refuse(http.StatusUnprocessableEntity, "body", "its keys are too long or its values nested too deeply")
	}
	path := huma.NewPathBuffer(make([]byte, 0, 64), 0)
	path.Push("body")
	changed := in.defaults && withDefaults(in.registry, in.body, parsed)
	in.validate(in.body, path, parsed, found)
	if len(found.Errors) > 0 {
		return nil
	}
	if changed {
		var err error
		if data, err = in.remarshal(data); err != nil {
			return err
		}
	}
	if err := json.Unmarshal(data, message.Addr().Interface()); err != nil {
		path.Reset()
		path.Push("body")
		const small = 64 << 10 // finding the place costs a multiple of decoding
		if len(data) <= small {
			locate(message.Type(), parsed, path, 0)
		}
		found.Add(path, nil, decodeMessage(err))
	}
	return nil
}

// position says where in the text a byte is.
func position(data []byte, offset int64) string {
	before := string(data[:min(max(offset-1, 0), int64(len(data)))])
	line := strings.Count(before, "\n") + 1
	return fmt.Sprintf("line %d, column %d", line, len(before)-strings.LastIndexByte(before, '\n'))
}

func decodeMessage(err error) string {
	if typed, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Sprintf("expected a value that fits %s", typed.Type)
	}
	return "invalid value: " + err.Error()
}
