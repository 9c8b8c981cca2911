package doctor_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/cmd/neuroglia/doctor"
)

func TestTheReportIsStableJSON(t *testing.T) {
	t.Parallel()
	report := doctor.Report{
		Schema: 1, Run: "r", TraceID: "t", Started: time.Unix(0, 0).UTC(), Milliseconds: 2, OK: true, Interrupted: true,
		Checks: []doctor.Result{
			{ID: "a", Title: "A", Status: doctor.Passed, Milliseconds: 1},
			{ID: "b", Title: "B", Status: doctor.Failed, Detail: "d", Hop: "h", Advice: "x"},
			{ID: "c", Title: "C", Status: doctor.NotChecked, Because: "b"}, {ID: "d", Title: "D", Status: doctor.Skipped},
		},
	}
	got, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"schema":1,"run":"r","trace_id":"t","started":"1970-01-01T00:00:00Z","duration_ms":2,"ok":true,"interrupted":true,` +
		`"checks":[{"id":"a","title":"A","status":"ok","duration_ms":1},` +
		`{"id":"b","title":"B","status":"failed","duration_ms":0,"detail":"d","hop":"h","advice":"x"},` +
		`{"id":"c","title":"C","status":"not_checked","duration_ms":0,"because":"b"},` +
		`{"id":"d","title":"D","status":"skipped","duration_ms":0}]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
