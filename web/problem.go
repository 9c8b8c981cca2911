package web

import (
	"log/slog"
	"net/http"
	"slices"
	"strconv"

	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// Problem is the answer to every request that fails, as application/problem+json. Its texts are cut at some hundred
// bytes, and at most 20 errors are listed.
//
// See https://www.rfc-editor.org/rfc/rfc9457.
type Problem struct {
	Type     string          `json:"type" doc:"Always about:blank: kind says more than a link would."`
	Title    string          `json:"title" doc:"The name of the status."`
	Status   int             `json:"status" doc:"The status of the answer."`
	Detail   string          `json:"detail" doc:"What is wrong with this request, for people."`
	Instance string          `json:"instance" doc:"The path of the request."`
	Kind     string          `json:"kind" doc:"What is wrong, for programs: a kind of package fault."`
	TraceID  string          `json:"trace_id,omitempty" doc:"The trace of the request."`
	Errors   []ProblemDetail `json:"errors,omitempty" doc:"What is wrong with each part of the request."`
}

// ProblemDetail is what is wrong with one part of a request.
type ProblemDetail struct {
	Message  string `json:"message" doc:"What is wrong with it."`
	Location string `json:"location,omitempty" doc:"The part, such as body.items[0].pizza_id or query.limit."`
}

const (
	problemType     = "application/problem+json"
	clientGone      = 499 // as nginx has it: nobody reads the answer
	clientGoneTitle = "Client Closed Request"
	retrySeconds    = 5
)

// refusal is a request that the edge itself refuses.
type refusal struct {
	status int
	detail string
	allow  string // methods, for 405
	errors []ProblemDetail
	count  int // of errors, if not all are there
}

// Error says what is wrong.
func (r *refusal) Error() string { return r.detail }

// refuse returns a refusal that is about one part of the request.
func refuse(status int, location, message string) *refusal {
	return &refusal{
		status: status, detail: location + ": " + message,
		errors: []ProblemDetail{{Message: message, Location: location}},
	}
}

func (r *refusal) kind() fault.Kind {
	switch r.status {
	case http.StatusNotFound:
		return fault.NotFound
	case http.StatusRequestTimeout:
		return fault.Timeout
	case http.StatusServiceUnavailable:
		return fault.Unavailable
	default:
		return fault.Invalid
	}
}

// ErrorType is the error.type of a refusal that is the fault of the service.
func (r *refusal) ErrorType() string { return r.kind().String() }

// bound cuts what can repeat the request.
func (p *Problem) bound() {
	p.Detail = cut(p.Detail, maxDetail)
	p.Errors = slices.Clone(p.Errors[:min(len(p.Errors), maxErrors)])
	for i, detail := range p.Errors {
		p.Errors[i] = ProblemDetail{Message: cut(detail.Message, maxText), Location: cut(detail.Location, maxText)}
	}
}

// fail answers a request with the problem that err is.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	x := exchangeFrom(r.Context())
	in := x.endpoint.input
	p := problemOf(r.Context(), err, in)
	p.bound()
	p.Instance = r.URL.EscapedPath()
	if span := trace.SpanContextFromContext(r.Context()); span.HasTraceID() {
		p.TraceID = span.TraceID().String()
	}
	refused, _ := err.(*refusal) //nolint:errorlint // refusals are made in this package and never wrapped
	header := w.Header()
	switch {
	case p.Status >= http.StatusInternalServerError:
		x.fail(r.Context(), fault.TypeOf(err))
		if refused == nil {
			a.logFailure(r, err)
		}
	case refused != nil && !x.endpoint.quiet && a.config.Telemetry.Logger.Enabled(r.Context(), slog.LevelInfo):
		a.config.Telemetry.Logger.LogAttrs(r.Context(), slog.LevelInfo, "request refused",
			append(requestAttrs(r), slog.Int(string(semconv.HTTPResponseStatusCodeKey), p.Status),
				slog.String(string(registry.Reason), refused.reason(in)))...)
	}
	if refused != nil && refused.allow != "" {
		header.Set("Allow", refused.allow)
	}
	if refused != nil && (p.Status == http.StatusRequestEntityTooLarge || p.Status == http.StatusRequestTimeout) {
		header.Set("Connection", "close") // the rest of the body is not worth reading
	}
	if p.Status == http.StatusServiceUnavailable && header.Get("Retry-After") == "" {
		header.Set("Retry-After", strconv.Itoa(retrySeconds))
	}
	header.Del("Location")
	x.out.set(headerType, "Content-Type", problemType)
	w.WriteHeader(p.Status)
	data := a.buffers.get()
	defer a.buffers.put(data)
	_ = data.encode(p)     // a problem is JSON
	_, _ = data.WriteTo(w) // the client may be gone
}
