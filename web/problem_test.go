package web_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/neuroglia-go/neuroglia/web"
)

func itoa(n int) string { return strconv.Itoa(n) }

// parseProblem checks what all problems have in common.
func parseProblem(tb testing.TB, status int, header http.Header, body string) web.Problem {
	tb.Helper()
	var p web.Problem
	decode(tb, body, &p)
	if header.Get("Content-Type") != "application/problem+json" || p.Status != status || p.Title == "" ||
		p.Detail == "" || !strings.HasPrefix(p.Instance, "/") || p.Type != "about:blank" || len(p.TraceID) != 32 {
		tb.Errorf("got %v %s", header, body)
	}
	return p
}

func TestKindsOfErrorsBecomeStatuses(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, nil)
	for id, want := range map[string]web.Problem{
		"invalid":         {Status: 422, Title: "Unprocessable Entity", Detail: "wrong"},
		"rejected":        {Status: 422, Title: "Unprocessable Entity", Detail: "the kitchen is closed"},
		"conflict":        {Status: 409, Title: "Conflict", Detail: "the order is cooking already"},
		"not_found":       {Status: 404, Title: "Not Found", Detail: "no order"},
		"forbidden":       {Status: 403, Title: "Forbidden", Detail: "not yours"},
		"unauthenticated": {Status: 401, Title: "Unauthorized", Detail: "who are you"},
		"unavailable":     {Status: 503, Title: "Service Unavailable", Detail: "something that the service needs is not available: try again later"},
		"timeout":         {Status: 504, Title: "Gateway Timeout", Detail: "the request took too long"},
		"canceled":        {Status: 499, Title: "Client Closed Request", Detail: "given up"},
		"unexpected":      {Status: 500, Title: "Internal Server Error", Detail: "something went wrong that should not: the trace id finds what in the logs"},
		"panic":           {Status: 500, Title: "Internal Server Error", Kind: "unexpected", Detail: "something went wrong that should not: the trace id finds what in the logs"},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			status, header, body := p.ask(t, "PUT", "/api/orders/"+id+"/cook", "")
			got := parseProblem(t, status, header, body)
			if strings.Contains(body, "secret") {
				t.Errorf("tells a secret: %s", body)
			}
			if want.Kind == "" {
				want.Kind = id
			}
			want.Type, want.Instance, want.TraceID = "about:blank", "/api/orders/"+id+"/cook", got.TraceID
			if diff := cmp.Diff(got, want); diff != "" {
				t.Error(diff)
			}
			if retry := header.Get("Retry-After"); (retry != "") != (id == "unavailable") {
				t.Errorf("got Retry-After %q", retry)
			}
		})
	}
}

func TestJoinedRefusalsAreListedWithTheirFields(t *testing.T) {
	t.Parallel()
	status, header, body := newPizzeria(t, nil).ask(t, "POST", "/api/orders", `{"customer_id":"nobody","items":[{"pizza_id":"m"}]}`)
	got := parseProblem(t, status, header, body).Errors
	want := []web.ProblemDetail{
		{Message: "no such pizza", Location: "body.items[0].pizza_id"}, {Message: "sold out", Location: "body.items[1]"},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Error(diff)
	}
}
