package doctor

import "time"

// Status is how a check ended.
type Status string

// The ways in which a check ends.
const (
	Passed  Status = "ok"
	Failed  Status = "failed"
	Skipped Status = "skipped"
	// NotChecked is a check that could say nothing new, since what it builds on has not passed.
	NotChecked Status = "not_checked"
)

// Result is what became of one check.
type Result struct {
	// ID names the check. It never changes.
	ID     string `json:"id"`
	Title  string `json:"title"`
	Status Status `json:"status"`
	// Milliseconds is how long the check took, without its waiting for others.
	Milliseconds int64 `json:"duration_ms"`
	// Detail is what was seen, what is wrong, or why there was no check.
	Detail string `json:"detail,omitempty"`
	// Hop is where it was lost: "app -> collector", "collector -> Tempo", "Tempo", "Grafana -> Tempo".
	Hop string `json:"hop,omitempty"`
	// Advice says what to do about a failure.
	Advice string `json:"advice,omitempty"`
	// Because is the check whose failure is the cause of this one being not checked.
	Because string `json:"because,omitempty"`

	kind kind // of the problem, if there was one
}

// Report is what a run found. As JSON it is a stable interface: fields are added, never renamed or removed.
type Report struct {
	Schema int `json:"schema"` // 1
	// Run marks all telemetry of this run, in the attribute neuroglia.doctor.run.
	Run     string    `json:"run"`
	TraceID string    `json:"trace_id"`
	Started time.Time `json:"started"`
	// Milliseconds is how long the run took.
	Milliseconds int64 `json:"duration_ms"`
	// OK is whether every check that was not skipped has passed.
	OK          bool     `json:"ok"`
	Interrupted bool     `json:"interrupted"`
	Checks      []Result `json:"checks"`
}

// Count returns how many checks ended so.
func (r Report) Count(status Status) int {
	n := 0
	for _, check := range r.Checks {
		if check.Status == status {
			n++
		}
	}
	return n
}
