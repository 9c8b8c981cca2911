package cloudevent_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/neuroglia-go/neuroglia/cloudevent"
)

// FuzzWhatCanBeReadCanBeWritten checks that an event that was read is written, and reads as the same event.
func FuzzWhatCanBeReadCanBeWritten(f *testing.F) {
	for _, raw := range []string{
		`{"specversion":"1.0","id":"1","source":"/","type":"t","time":"2018-04-05T17:31:00.5+02:00","a":1,"b":true,"data":{"a": "<>"}}`,
		`{"specversion":"1.0","id":"1","source":"/","type":"t","data_base64":"/wA="}`,
		`{"specversion":"1.9","id":"\ud800","source":"urn:a","type":"t","datacontenttype":"text/plain","data":"a"}`,
		`{"specversion":"1.0","id":"1","source":"/","type":"t","datacontenttype":"a/b","data":[1]}`,
		`{"specversion":"1.0","id":"1","source":"/","type":"t","dataschema":"a:b","data":null}`,
		`{"specversion":"1.0","id":"1","source":"/","type":"t","time":"0000-01-01T00:00:00+23:59"}`,
	} {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var first, second cloudevent.Event
		if first.UnmarshalJSON(raw) != nil {
			t.Skip("no event")
		}
		written, err := json.Marshal(first)
		if err != nil {
			t.Fatalf("Marshal(%+v): %v", first, err)
		}
		if err := json.Unmarshal(written, &second); err != nil {
			t.Fatalf("Unmarshal(%s): %v", written, err)
		}
		// Package json writes JSON without spaces, and < > & as escapes.
		var compact bytes.Buffer
		if json.Valid(first.Data) && json.Valid(second.Data) {
			if err := json.Compact(&compact, first.Data); err != nil {
				t.Fatal(err)
			}
			first.Data = escaped(compact.Bytes())
		}
		for _, difference := range differences(second, first) {
			t.Errorf("%s\nin %s", difference, written)
		}
	})
}

func escaped(raw []byte) []byte {
	var to bytes.Buffer
	json.HTMLEscape(&to, raw)
	return to.Bytes()
}
