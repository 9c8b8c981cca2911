package cloudevent_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/cloudevent"
)

// differences tells how two events differ, and nothing of equal ones. Times are compared as instants.
func differences(got, want cloudevent.Event) []string {
	var found []string
	for name, pair := range map[string][2]string{
		"id": {got.ID, want.ID}, "source": {got.Source, want.Source}, "type": {got.Type, want.Type},
		"subject": {got.Subject, want.Subject}, "datacontenttype": {got.DataContentType, want.DataContentType},
		"dataschema": {got.DataSchema, want.DataSchema}, "data": {string(got.Data), string(want.Data)},
	} {
		if pair[0] != pair[1] {
			found = append(found, name+": got "+pair[0]+", want "+pair[1])
		}
	}
	if !got.Time.Equal(want.Time) {
		found = append(found, "time: got "+got.Time.String()+", want "+want.Time.String())
	}
	if !maps.Equal(got.Extensions, want.Extensions) {
		found = append(found, "extensions differ")
	}
	if (got.Data == nil) != (want.Data == nil) {
		found = append(found, "one has data, the other none")
	}
	return found
}

func TestAnEventSurvivesJSON(t *testing.T) {
	t.Parallel()
	binary := make([]byte, 256)
	for i := range binary {
		binary[i] = byte(i)
	}
	for name, change := range map[string]func(*cloudevent.Event){
		"as it is":           func(*cloudevent.Event) {},
		"in another zone":    func(e *cloudevent.Event) { e.Time = e.Time.In(time.FixedZone("", -5*3600)) },
		"without a time":     func(e *cloudevent.Event) { e.Time = time.Time{} },
		"without data":       func(e *cloudevent.Event) { e.Data = nil },
		"without extensions": func(e *cloudevent.Event) { e.Extensions = nil },
		"no content type":    func(e *cloudevent.Event) { e.DataContentType = "" },
		"JSON null":          func(e *cloudevent.Event) { e.Data = []byte("null") },
		"JSON of a subtype":  func(e *cloudevent.Event) { e.DataContentType = "application/geo+json; charset=utf-8" },
		"binary":             func(e *cloudevent.Event) { e.DataContentType, e.Data = "image/png", binary },
		"empty binary":       func(e *cloudevent.Event) { e.DataContentType, e.Data = "image/png", []byte{} },
		"text":               func(e *cloudevent.Event) { e.DataContentType, e.Data = "text/plain", []byte("ciao") },
		"empty JSON":         func(e *cloudevent.Event) { e.Data = []byte{} },
		"said to be JSON":    func(e *cloudevent.Event) { e.Data = []byte("{") },
		"odd content type":   func(e *cloudevent.Event) { e.DataContentType = "application/json; charset" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := valid()
			change(&want)
			raw, err := json.Marshal(want)
			if err != nil {
				t.Fatalf("Marshal: %v", err)
			}
			var got cloudevent.Event
			if err := json.Unmarshal(raw, &got); err != nil {
				t.Fatalf("Unmarshal(%s): %v", raw, err)
			}
			for _, difference := range differences(got, want) {
				t.Errorf("%s\nin %s", difference, raw)
			}
		})
	}
}

func TestTheFormIsThatOfTheSpecification(t *testing.T) {
	t.Parallel()
	e := valid()
	e.Extensions = map[string]string{"tenant": "north"}
	raw, err := json.Marshal(e)
	want := `{"data":{"id":"4711"},"datacontenttype":"application/json","dataschema":"https://example.com/order.json",` +
		`"id":"4711-1","source":"/mario-pizzeria","specversion":"1.0","subject":"4711","tenant":"north",` +
		`"time":"2026-05-04T18:30:00.123456789Z","type":"order.created.v1"}`
	if err != nil || string(raw) != want {
		t.Errorf("got  %s, %v\nwant %s", raw, err, want)
	}
	e = cloudevent.Event{ID: "1", Source: "/", Type: "t", DataContentType: "image/png", Data: []byte{0xff, 0}}
	raw, err = json.Marshal(e)
	want = `{"data_base64":"/wA=","datacontenttype":"image/png","id":"1","source":"/","specversion":"1.0","type":"t"}`
	if err != nil || string(raw) != want {
		t.Errorf("got  %s, %v\nwant %s", raw, err, want)
	}
}

// The examples are those of the JSON format, version 1.0.2.
func TestTheExamplesOfTheSpecificationAreRead(t *testing.T) {
	t.Parallel()
	const head = `{"specversion":"1.0","type":"com.example.someevent","source":"/mycontext","id":"B234-1234-1234",
		"time":"2018-04-05T17:31:00Z","comexampleextension1":"value","comexampleothervalue":5,"unsetextension":null,`
	want := cloudevent.Event{
		ID: "B234-1234-1234", Source: "/mycontext", Type: "com.example.someevent",
		Time:       time.Date(2018, time.April, 5, 17, 31, 0, 0, time.UTC),
		Extensions: map[string]string{"comexampleextension1": "value", "comexampleothervalue": "5"},
	}
	for _, tt := range []struct{ rest, contentType, data string }{
		{`"datacontenttype":"application/vnd.apache.thrift.binary","data_base64":"AQID"}`,
			"application/vnd.apache.thrift.binary", "\x01\x02\x03"},
		{`"datacontenttype":"application/json","data":{"appinfoA":"abc","appinfoB":123,"appinfoC":true}}`,
			"application/json", `{"appinfoA":"abc","appinfoB":123,"appinfoC":true}`},
		{`"datacontenttype":"application/xml","data":"<much wow=\"xml\"/>"}`, "application/xml", `<much wow="xml"/>`},
		{`"data":[1,2]}`, "", "[1,2]"},
		{`"datacontenttype":"text/json","data":"a string"}`, "text/json", `"a string"`},
	} {
		want.DataContentType, want.Data = tt.contentType, []byte(tt.data)
		var got cloudevent.Event
		if err := json.Unmarshal([]byte(head+tt.rest), &got); err != nil {
			t.Errorf("%s: %v", tt.rest, err)
			continue
		}
		for _, difference := range differences(got, want) {
			t.Errorf("%s: %s", tt.rest, difference)
		}
	}
}

func TestExtensionsThatAreNoTextAreKeptAsText(t *testing.T) {
	t.Parallel()
	var got cloudevent.Event
	raw := `{"specversion":"1.0","id":"1","source":"/","type":"t","yes":true,"no":false,"int":-7,"big":12345678901234567890,"text":""}`
	if err := json.Unmarshal([]byte(raw), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"yes": "true", "no": "false", "int": "-7", "big": "12345678901234567890", "text": ""}
	if !maps.Equal(got.Extensions, want) {
		t.Errorf("got %v, want %v", got.Extensions, want)
	}
}

func TestWhatIsNoEventIsRefusedAndLeavesTheTargetAlone(t *testing.T) {
	t.Parallel()
	const head = `{"specversion":"1.0","id":"1","source":"/","type":"t"`
	for raw, want := range map[string]string{
		`[]`:                                 "cannot unmarshal",
		`{"id":"1","source":"/","type":"t"}`: `specversion is ""`,
		`{"specversion":"0.3","id":"1","source":"/","type":"t"}`:    `specversion is "0.3", want 1.x`,
		`{"specversion":"1.0","id":null,"source":"/","type":"t"}`:   "id is empty",
		`{"specversion":"1.0","id":5,"source":"/","type":"t"}`:      "id: want a string",
		head + `,"subject":true}`:                                   "subject: want a string",
		head + `,"time":"yesterday"}`:                               "time: ",
		head + `,"data":1,"data_base64":"AQID"}`:                    "both data and data_base64",
		head + `,"data_base64":"?"}`:                                "data_base64: ",
		head + `,"tenant":{"a":1}}`:                                 "tenant: want a string, number or boolean",
		head + `,"Tenant":"north"}`:                                 `extension "Tenant"`,
		head + `,"tenant":"\u0000"}`:                                `extension "tenant" is not UTF-8`,
		head + `,"dataschema":"order.json"}`:                        "dataschema is no absolute URI",
		`{"specversion":"1.0","id":"1","source":"://","type":"t"}`:  "source is no URI reference",
		`{"specversion":"1.0","ID":"1","source":"/","type":"t"}`:    "id is empty",
		`{"specversion":"1.0","id":"1","source":"/","type":"t"} {}`: "invalid character",
	} {
		e := valid()
		err := json.Unmarshal([]byte(raw), &e)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Unmarshal(%s) = %v, want %q", raw, err, want)
		}
		if found := differences(e, valid()); found != nil {
			t.Errorf("Unmarshal(%s) changed the event: %s", raw, found)
		}
	}
}

func TestReadDataDoesNotShareMemoryWithWhatItWasReadFrom(t *testing.T) {
	t.Parallel()
	raw := []byte(`{"specversion":"1.0","id":"1","source":"/","type":"t","data":"abc"}`)
	var e cloudevent.Event
	if err := e.UnmarshalJSON(raw); err != nil {
		t.Fatal(err)
	}
	clear(raw)
	if got, want := string(e.Data), `"abc"`; got != want {
		t.Errorf("Data = %q, want %q", got, want)
	}
}
