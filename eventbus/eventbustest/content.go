package eventbustest

import (
	"bytes"
	"context"
	"maps"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/cloudevent"
)

func (s suite) content(t *testing.T) {
	for name, change := range map[string]func(*cloudevent.Event){
		"only what is required": func(e *cloudevent.Event) {
			*e = cloudevent.Event{ID: e.ID, Source: e.Source, Type: e.Type}
		},
		"identity and source of any text": func(e *cloudevent.Event) {
			e.ID, e.Source = "order 4711/1 \"ü\" %41", "urn:pizzeria:%C3%BC?a=b&c#d"
		},
		"subject of any text": func(e *cloudevent.Event) { e.Subject = "ordine n.º 1 / \"ピザ\" \U0001f336 100% a.b.* >" },
		"time in nanoseconds": func(e *cloudevent.Event) { e.Time = time.Date(2026, time.May, 4, 1, 2, 3, 4, time.UTC) },
		"time in a zone": func(e *cloudevent.Event) {
			e.Time = time.Date(1969, time.July, 20, 22, 17, 40, 0, time.FixedZone("", 5*3600+45*60))
		},
		"schema": func(e *cloudevent.Event) { e.DataSchema = "https://example.com/order.json#v1" },
		"extensions": func(e *cloudevent.Event) {
			e.Extensions = map[string]string{
				"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "a=b,c=d",
				"baggage": "tenant=north%20east", "number": "7", "yes": "true", "text": " \"ü\" %41, ピザ ",
			}
		},
		"no data":               func(e *cloudevent.Event) { e.Data = nil },
		"empty data":            func(e *cloudevent.Event) { e.Data = []byte{} },
		"JSON with spaces":      func(e *cloudevent.Event) { e.Data = []byte("{ \"b\": \"<&>\\u0041\",\n\"a\": 1.0 }") },
		"data of no given type": func(e *cloudevent.Event) { e.DataContentType = "" },
		"content type with parameters": func(e *cloudevent.Event) {
			e.DataContentType, e.Data = "text/plain; charset=\"iso-8859-1\"", []byte("caff\xe8\r\n")
		},
		"every byte": func(e *cloudevent.Event) { e.DataContentType, e.Data = "application/octet-stream", everyByte(256) },
		"a megabyte": func(e *cloudevent.Event) {
			e.DataContentType, e.Data = "application/octet-stream", everyByte(1_000_000)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			transport := s.open(t)
			in := subscribed(t, transport, "kitchen", created)
			want := event("4711-1", created, "4711")
			change(&want)
			publish(t, transport, want)
			equal(t, in.take(t, 1)[0].Event, want)
		})
	}
	t.Run("a publisher may change its event after publishing", func(t *testing.T) {
		t.Parallel()
		transport := s.open(t)
		in := subscribed(t, transport, "kitchen", created)
		e := event("1", created, "a")
		e.Extensions = map[string]string{"tenant": "north"}
		publish(t, transport, e)
		clear(e.Data)
		e.Extensions["tenant"] = "south"
		want := event("1", created, "a")
		want.Extensions = map[string]string{"tenant": "north"}
		equal(t, in.take(t, 1)[0].Event, want)
	})
	t.Run("a subscriber may change the event it got", func(t *testing.T) {
		t.Parallel()
		transport := s.open(t)
		in := newInbox()
		for _, group := range []string{"kitchen", "delivery"} {
			subscribe(t, transport, group, created, func(ctx context.Context, e cloudevent.Event, attempt int) error {
				got := e
				got.Extensions, got.Data = maps.Clone(e.Extensions), bytes.Clone(e.Data)
				clear(e.Data)
				e.Extensions["tenant"] = "south"
				return in.deliver(ctx, got, attempt)
			})
		}
		want := event("1", created, "a")
		want.Extensions = map[string]string{"tenant": "north"}
		published := want
		published.Extensions, published.Data = maps.Clone(want.Extensions), bytes.Clone(want.Data)
		publish(t, transport, published)
		for range 2 {
			equal(t, in.take(t, 1)[0].Event, want)
		}
		equal(t, published, want)
	})
}

func everyByte(n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i)
	}
	return data
}

// equal compares two events by what they mean: their times as instants, no data as empty data.
func equal(t *testing.T, got, want cloudevent.Event) {
	t.Helper()
	for _, text := range []struct{ name, got, want string }{
		{"id", got.ID, want.ID},
		{"source", got.Source, want.Source},
		{"type", got.Type, want.Type},
		{"subject", got.Subject, want.Subject},
		{"content type", got.DataContentType, want.DataContentType},
		{"schema", got.DataSchema, want.DataSchema},
	} {
		if text.got != text.want {
			t.Errorf("%s: got %q, want %q", text.name, text.got, text.want)
		}
	}
	if !got.Time.Equal(want.Time) {
		t.Errorf("time: got %v, want %v", got.Time, want.Time)
	}
	if !maps.Equal(got.Extensions, want.Extensions) {
		t.Errorf("extensions: got %q, want %q", got.Extensions, want.Extensions)
	}
	if !bytes.Equal(got.Data, want.Data) {
		t.Errorf("data: got %d bytes %.80q, want %d bytes %.80q", len(got.Data), got.Data, len(want.Data), want.Data)
	}
}
