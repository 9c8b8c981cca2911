package cloudevent_test

import (
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/cloudevent"
)

// valid returns an event that breaks no rule.
func valid() cloudevent.Event {
	return cloudevent.Event{
		ID: "4711-1", Source: "/mario-pizzeria", Type: "order.created.v1", Subject: "4711",
		Time: time.Date(2026, time.May, 4, 18, 30, 0, 123456789, time.UTC), DataContentType: "application/json",
		DataSchema: "https://example.com/order.json", Extensions: map[string]string{"tenant": "north", "n1": ""},
		Data: []byte(`{"id":"4711"}`),
	}
}

func TestValidateTellsEachRuleThatIsBroken(t *testing.T) {
	t.Parallel()
	const notText = "is not UTF-8 without control characters"
	for _, tt := range []struct {
		name   string
		change func(*cloudevent.Event)
		want   string // empty if no rule is broken
	}{
		{"all set", func(*cloudevent.Event) {}, ""},
		{"only what is required", func(e *cloudevent.Event) {
			*e = cloudevent.Event{ID: "1", Source: "/", Type: "t"}
		}, ""},
		{"absolute source", func(e *cloudevent.Event) { e.Source = "urn:event:from:myapi/resource/123" }, ""},
		{"relative source", func(e *cloudevent.Event) { e.Source = "sensors/tn-1234567/alerts" }, ""},
		{"text of many scripts", func(e *cloudevent.Event) { e.Subject = "pizza piccante n.º 1 \U0001f336 ピザ" }, ""},
		{"no id", func(e *cloudevent.Event) { e.ID = "" }, "id is empty"},
		{"no source", func(e *cloudevent.Event) { e.Source = "" }, "source is empty"},
		{"no type", func(e *cloudevent.Event) { e.Type = "" }, "type is empty"},
		{"source that is none", func(e *cloudevent.Event) { e.Source = "http://[::1" }, "source is no URI reference"},
		{"schema that is none", func(e *cloudevent.Event) { e.DataSchema = "https://%" }, "dataschema is no absolute URI"},
		{"relative schema", func(e *cloudevent.Event) { e.DataSchema = "/order.json" }, "dataschema is no absolute URI"},
		{"line break", func(e *cloudevent.Event) { e.ID = "1\nfoo: bar" }, "id " + notText},
		{"control character", func(e *cloudevent.Event) { e.Subject = "a\u0085" }, "subject " + notText},
		{"no character", func(e *cloudevent.Event) { e.Type = "a\ufffe" }, "type " + notText},
		{"broken UTF-8", func(e *cloudevent.Event) { e.Subject = "\xff" }, "subject " + notText},
		{"content type with a line break", func(e *cloudevent.Event) { e.DataContentType = "text/\r\nplain" },
			"datacontenttype " + notText},
		{"a time that JSON cannot hold", func(e *cloudevent.Event) { e.Time = e.Time.AddDate(8000, 0, 0) },
			"time is not between the years 0 and 9999"},
		{"extension in capitals", func(e *cloudevent.Event) { e.Extensions = map[string]string{"Tenant": ""} }, `extension "Tenant"`},
		{"extension with a dash", func(e *cloudevent.Event) { e.Extensions = map[string]string{"a-b": ""} }, `extension "a-b"`},
		{"extension of other letters", func(e *cloudevent.Event) { e.Extensions = map[string]string{"é": ""} }, `extension "é"`},
		{"extension without a name", func(e *cloudevent.Event) { e.Extensions = map[string]string{"": ""} }, `extension ""`},
		{"extension with the name of an attribute", func(e *cloudevent.Event) {
			e.Extensions = map[string]string{"subject": ""}
		}, `extension "subject"`},
		{"extension called data", func(e *cloudevent.Event) { e.Extensions = map[string]string{"data": ""} }, `extension "data"`},
		{"extension with a line break", func(e *cloudevent.Event) {
			e.Extensions = map[string]string{"tenant": "a\r\nb"}
		}, `extension "tenant" ` + notText},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := valid()
			tt.change(&e)
			err := e.Validate()
			if tt.want == "" {
				if err != nil {
					t.Errorf("Validate() = %v, want nil", err)
				}
				return
			}
			if err == nil || !strings.HasPrefix(err.Error(), "cloudevent: "+tt.want) {
				t.Errorf("Validate() = %v, want %q", err, "cloudevent: "+tt.want)
			}
			if _, err := e.MarshalJSON(); err == nil {
				t.Error("MarshalJSON() = nil, want the same error")
			}
		})
	}
}

func TestValidateTellsAllRulesAtOnce(t *testing.T) {
	t.Parallel()
	e := cloudevent.Event{DataSchema: "x", Extensions: map[string]string{"B": "", "A": ""}}
	want := strings.Join([]string{
		"cloudevent: id is empty", "source is empty", "type is empty", "dataschema is no absolute URI",
		`extension "A" is not a name of lower-case letters and digits`,
		`extension "B" is not a name of lower-case letters and digits`,
	}, "\n")
	if err := e.Validate(); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
