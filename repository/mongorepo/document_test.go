package mongorepo_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/repository/mongorepo"
)

func TestDocumentsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{}`, `[]`, `""`, `null`, `true`, `7`, `{"b":1,"a":2}`, `{"a":[{"b":[]},[1,[2]],null,false]}`,
		`{"int":9223372036854775807,"least":-9223372036854775808,"float":0.1,"half":1.5,"small":1e-300}`,
		`{"$set":1,"a.b":2,"%24":3,"":4,"$":5,"a$":6,"100%":7,"%2E":8,"%252E":9}`, `{"\u0000":"a\u0000b"}`,
		`{"_id":"x","$date":"2026-01-01","$numberLong":"1"}`, "{\"\u4e16\":\"\U0001f355\"}",
	} {
		if got, err := mongorepo.RoundTrip([]byte(text)); err != nil || got != text {
			t.Errorf("%s came back as %s, %v", text, got, err)
		}
	}
}

func TestNumbersThatMongoDBDoesNotHaveAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{"n":18446744073709551615}`, `{"n":-9223372036854775809}`, `[1e400]`} {
		if got, err := mongorepo.RoundTrip([]byte(text)); err == nil || !strings.Contains(err.Error(), "let the document have it as text") {
			t.Errorf("%s became %s, %v, want an error that says what to do", text, got, err)
		}
	}
}

func FuzzDocumentsComeBackAsTheyWere(f *testing.F) {
	f.Add([]byte(`{"$a.b%":[1,2.5,"x",null,true,{}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var value any
		if json.Unmarshal(text, &value) != nil {
			t.Skip("no JSON")
		}
		want, err := json.Marshal(value) // as Go writes it
		if err != nil {
			t.Skip("nothing that Go writes")
		}
		got, err := mongorepo.RoundTrip(want)
		if err != nil {
			if strings.Contains(err.Error(), "let the document have it as text") {
				t.Skip("a number that is refused")
			}
			t.Fatalf("%s: %v", want, err)
		}
		var back any
		if err := json.Unmarshal([]byte(got), &back); err != nil {
			t.Fatalf("%s became %s: %v", want, got, err)
		}
		if again, err := json.Marshal(back); err != nil || !bytes.Equal(again, want) {
			t.Errorf("%s came back as %s, %v", want, got, err)
		}
	})
}
