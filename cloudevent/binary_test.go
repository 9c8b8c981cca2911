package cloudevent_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/cloudevent"
)

// encoded returns the headers of an event in binary mode.
func encoded(t *testing.T, e cloudevent.Event) (headers map[string]string, data []byte) {
	t.Helper()
	headers = map[string]string{}
	data, err := cloudevent.EncodeBinary(e, func(name, value string) {
		if _, twice := headers[name]; twice {
			t.Errorf("%s is set twice", name)
		}
		headers[name] = value
	})
	if err != nil {
		t.Fatalf("EncodeBinary: %v", err)
	}
	return headers, data
}

func decodedHeaders(headers map[string]string, data []byte) (cloudevent.Event, error) {
	return cloudevent.DecodeBinary(func(name string) string { return headers[name] }, maps.Keys(headers), data)
}

func TestAnEventIsHeadersAndDataInBinaryMode(t *testing.T) {
	t.Parallel()
	e := valid()
	e.Subject = "Euro € 😀 \"100%\""
	got, data := encoded(t, e)
	want := map[string]string{
		"ce-specversion": "1.0", "ce-id": "4711-1", "ce-source": "/mario-pizzeria", "ce-type": "order.created.v1",
		"ce-subject": "Euro%20%E2%82%AC%20%F0%9F%98%80%20%22100%25%22", "ce-time": "2026-05-04T18:30:00.123456789Z",
		"ce-dataschema": "https://example.com/order.json", "ce-tenant": "north", "ce-n1": "", "content-type": "application/json",
	}
	if !maps.Equal(got, want) || string(data) != `{"id":"4711"}` {
		t.Errorf("got %q and %s\nwant %q", got, data, want)
	}
}

func TestAnEventSurvivesBinaryMode(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*cloudevent.Event){
		"as it is":           func(*cloudevent.Event) {},
		"in another zone":    func(e *cloudevent.Event) { e.Time = e.Time.In(time.FixedZone("", -5*3600)) },
		"without a time":     func(e *cloudevent.Event) { e.Time = time.Time{} },
		"without data":       func(e *cloudevent.Event) { e.Data = nil },
		"without extensions": func(e *cloudevent.Event) { e.Extensions = nil },
		"no content type":    func(e *cloudevent.Event) { e.DataContentType = "" },
		"any text":           func(e *cloudevent.Event) { e.ID, e.Subject = " %41 \"", "\"ü\\\"" },
		"binary":             func(e *cloudevent.Event) { e.DataContentType, e.Data = "image/png", []byte{0, 255, '\n'} },
		"an odd content type": func(e *cloudevent.Event) {
			e.DataContentType = `text/plain; charset="iso-8859-1"; p="%41"`
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := valid()
			change(&want)
			got, err := decodedHeaders(encoded(t, want))
			if err != nil {
				t.Fatalf("DecodeBinary: %v", err)
			}
			for _, difference := range differences(got, want) {
				t.Error(difference)
			}
		})
	}
}

func TestHeadersOfOtherWritersAreUnderstood(t *testing.T) {
	t.Parallel()
	headers := map[string]string{
		"CE-SpecVersion": "1.0", "Ce-Id": `"a \"b\" %c3%bc\\"`, "ce-source": "/s", "ce-type": "t",
		"Content-Type": "text/plain", "Content-Length": "5", "Host": "%", "Ce": "no attribute",
	}
	got, err := decodedHeaders(headers, []byte("hello"))
	want := cloudevent.Event{
		ID: `a "b" ü\`, Source: "/s", Type: "t", DataContentType: "text/plain", Data: []byte("hello"),
	}
	if err != nil {
		t.Fatalf("DecodeBinary: %v", err)
	}
	for _, difference := range differences(got, want) {
		t.Error(difference)
	}
}

func TestBrokenHeadersAreRefusedByName(t *testing.T) {
	t.Parallel()
	for want, change := range map[string][2]string{
		`specversion is "2.0", want 1.x`: {"ce-specversion", "2.0"},
		"id is empty":                    {"ce-id", ""},
		"id: a % is not followed by two hexadecimal digits":      {"ce-id", "100%"},
		"subject: a % is not followed by two hexadecimal digits": {"ce-subject", "%4g"},
		"type is not UTF-8 without control characters":           {"ce-type", "%00"},
		"source is not UTF-8 without control characters":         {"ce-source", "%ff"},
		"time: ":                        {"ce-time", "today"},
		"dataschema is no absolute URI": {"ce-dataschema", "order.json"},
		`extension "my-name" is not a name of lower-case`:                {"ce-my-name", "1"},
		`extension "" is not a name of lower-case`:                       {"ce-", "1"},
		"there is no header ce-datacontenttype in binary mode":           {"ce-datacontenttype", "text/plain"},
		"there is no header ce-data in binary mode":                      {"Ce-Data", "1"},
		"id is there twice":                                              {"CE-ID", "1"},
		"datacontenttype: application/cloudevents+json is the content":   {"content-type", "application/cloudevents+json"},
		"datacontenttype: application/cloudevents-batch+json; charset=u": {"content-type", "application/cloudevents-batch+json; charset=utf-8"},
		"datacontenttype: \"caff\\xe8\" is no content type":              {"content-type", "caff\xe8"},
	} {
		headers, data := encoded(t, valid())
		headers[change[0]] = change[1]
		_, err := decodedHeaders(headers, data)
		if err == nil || !strings.HasPrefix(err.Error(), "cloudevent: "+want) {
			t.Errorf("%s: DecodeBinary() = %v, want %q", change, err, want)
		}
	}
}

func TestAnEventThatCannotBeHeadersIsNotEncoded(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*cloudevent.Event){
		"cloudevent: id is empty": func(e *cloudevent.Event) { e.ID = "" },
		"cloudevent: datacontenttype: application/cloudevents+json is": func(e *cloudevent.Event) {
			e.DataContentType = "application/cloudevents+json"
		},
		`cloudevent: datacontenttype: " text/plain" is no content type`: func(e *cloudevent.Event) {
			e.DataContentType = " text/plain"
		},
	} {
		e := valid()
		change(&e)
		_, err := cloudevent.EncodeBinary(e, func(string, string) { t.Error("a header is set") })
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("EncodeBinary() = %v, want %q", err, want)
		}
	}
}

// FuzzBinaryMode checks that an event that was read from headers is written, as headers that HTTP can have, and reads as
// the same event.
func FuzzBinaryMode(f *testing.F) {
	f.Add("1", "/s", "a b %41", "x", "%c3%bc", "text/plain", "data")
	f.Add(`"\"q\\"`, "urn:a", "€", "ce", "", `text/plain; a="b"`, "\x00")
	f.Add("1", "/s", "%e2%82%ac", "traceparent", "%", "application/cloudevents", "")
	f.Fuzz(func(t *testing.T, id, source, subject, name, extension, contentType, data string) {
		headers := map[string]string{
			"CE-SPECVERSION": "1.0", "ce-id": id, "ce-source": source, "ce-type": "t", "ce-subject": subject,
			"ce-time": "2018-04-05T17:31:00.5+02:00", "Ce-" + name: extension, "Content-Type": contentType,
		}
		first, err := decodedHeaders(headers, []byte(data))
		if err != nil {
			t.Skip("no event")
		}
		written, rest := encoded(t, first)
		for name, value := range written {
			for i := range len(value) {
				if c := value[i]; c > '~' || c < ' ' || c == ' ' && name != "content-type" {
					t.Errorf("%s: %q is no header of HTTP", name, value)
				}
			}
		}
		second, err := decodedHeaders(written, rest)
		if err != nil {
			t.Fatalf("DecodeBinary(%q): %v", written, err)
		}
		for _, difference := range differences(second, first) {
			t.Error(difference)
		}
	})
}

func TestBinaryModeFitsTheHeaderOfHTTP(t *testing.T) {
	t.Parallel()
	header := http.Header{"User-Agent": {"test"}}
	want := valid()
	data, err := cloudevent.EncodeBinary(want, header.Set)
	if err != nil {
		t.Fatalf("EncodeBinary: %v", err)
	}
	got, err := cloudevent.DecodeBinary(header.Get, maps.Keys(header), data)
	if err != nil {
		t.Fatalf("DecodeBinary(%v): %v", header, err)
	}
	for _, difference := range differences(got, want) {
		t.Error(difference)
	}
}
