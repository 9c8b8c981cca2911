package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/web"
)

type Register struct {
	mediator.Command[mediator.None]
	Email   string           `json:"email,omitempty" format:"email"`
	Site    string           `json:"site,omitempty" format:"uri"`
	Born    Born             `json:"born,omitzero"`
	Ages    map[string]uint8 `json:"ages,omitempty"`
	Friends []Register       `json:"friends,omitempty"`
	Level   int              `json:"-" query:"level"`
	Since   Born             `json:"-" query:"since"`
}

// Born says in its errors what it was given.
type Born struct{}

func (*Born) UnmarshalText(text []byte) error { return fmt.Errorf("%s is no date", text) }

// register sends a body to a route that refuses it, and returns the reason in the log.
func register(t *testing.T, query, body string) (reason string, problem web.Problem, answer string) {
	t.Helper()
	p := newPizzeria(t, nil)
	web.Post[Register](p.API, "/register")
	status, header, answer := p.ask(t, "POST", "/register"+query, body)
	logs := p.recorder.LogRecords()
	if status < http.StatusBadRequest || len(logs) != 1 {
		t.Fatalf("got %d and %d logs: %s", status, len(logs), answer)
	}
	if text := p.recorder.Logs() + p.recorder.Spans(); strings.Contains(text, "mario") {
		t.Errorf("telemetry has something of the message: %s", text)
	}
	_, after, _ := strings.Cut(p.recorder.Logs(), "neuroglia.reason=")
	reason, _, _ = strings.Cut(after, " span=")
	return strings.Trim(reason, `"`), parseProblem(t, status, header, answer), answer
}

func TestLogsOfRefusedRequestsHaveNothingOfTheMessage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ query, body, want string }{
		"value":               {"", `{"email":"mario","site":"::mario"}`, "2 problems: body.email, body.site"},
		"value of own type":   {"", `{"born":"mario"}`, "1 problem: body.born"},
		"values of the query": {"?level=mario&since=mario", `{}`, "2 problems: query.level, query.since"},
		"unknown fields":      {"", `{"mario":1,"x.mario":2}`, "2 problems: body"},
		"unknown inside":      {"", `{"friends":[{},{"mario":1}]}`, "1 problem: body.friends[1]"},
		"like a known field":  {"", `{"email.mario":1}`, "1 problem: body.email"},
		"like an index":       {"", `{"friends[mario]":1}`, "1 problem: body.friends"},
		"like a number":       {"", `{"friends[5551234567]":1}`, "1 problem: body.friends"},
		"key of a map":        {"", `{"ages":{"mario":"x"}}`, "1 problem: body.ages"},
		"deep":                {"", `{"friends":[{"friends":[{"email":"mario"}]}]}`, "1 problem: body.friends[0].friends[0].email"},
		"broken":              {"", `{"email":"mario}`, "1 problem: body"},
		"no object":           {"", `"mario"`, "1 problem: body"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, _, answer := register(t, c.query, c.body); got != c.want {
				t.Errorf("got %s, want %s; the answer is %s", got, c.want, answer)
			}
		})
	}
}

func TestAnswersAreShortWhateverTheRequest(t *testing.T) {
	t.Parallel()
	long := "mario" + strings.Repeat("é", 250_000)
	many := strings.Repeat(`{"mario":1},`, 1000) + "{}"
	for name, c := range map[string]struct {
		query, body  string
		errors, more int
	}{
		"key":      {"", `{"` + long + `":1}`, 1, 0},
		"value":    {"", `{"email":"` + long + `"}`, 1, 0},
		"map key":  {"", `{"ages":{"` + long + `":"x"}}`, 1, 0},
		"own type": {"", `{"born":"` + long + `"}`, 1, 0},
		"query":    {"?since=" + long, `{}`, 1, 0},
		"many":     {"", `{"friends":[` + many + `]}`, 20, 999},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, problem, answer := register(t, c.query, c.body)
			if len(answer) > 6000 || len(problem.Errors) != c.errors || strings.Contains(answer, "\uFFFD") {
				t.Errorf("got %d errors in %d bytes: %.1000s", len(problem.Errors), len(answer), answer)
			}
			for _, detail := range problem.Errors {
				if len(detail.Location) > 203 || len(detail.Message) > 203 {
					t.Errorf("got %+v", detail)
				}
			}
			if more := fmt.Sprintf("(and %d more)", c.more); c.more > 0 && !strings.HasSuffix(problem.Detail, more) {
				t.Errorf("got %s, want %s", problem.Detail, more)
			}
		})
	}
}
