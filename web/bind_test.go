package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/web"
)

func TestMessagesBindFromPathQueryHeaderAndBody(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, nil)
	for name, c := range map[string]struct{ method, target, body, want string }{
		"body":                 {"POST", "/api/orders", `{"customer_id":"c","items":[{"pizza_id":"m","size":"small"}]}`, `201 {"id":"8f/3a","status":"small"}`},
		"default in a list":    {"POST", "/api/orders", `{"customer_id":"c","items":[{"pizza_id":"m"}]}`, `201 {"id":"8f/3a","status":"large"}`},
		"path and body":        {"PUT", "/api/orders/7/assign", `{"driver":"Ada"}`, `200 {"id":"7","status":"","driver":"Ada"}`},
		"path":                 {"PUT", "/api/orders/7/cook", ``, `200 {"id":"7","status":"cooking"}`},
		"path, empty object":   {"PUT", "/api/orders/7/cook", `{}`, `200 {"id":"7","status":"cooking"}`},
		"id with a slash":      {"PUT", "/api/orders/a%2Fb/cook", ``, `200 {"id":"a/b","status":"cooking"}`},
		"id with a space":      {"PUT", "/api/orders/a%20b/cook", ``, `200 {"id":"a b","status":"cooking"}`},
		"no answer":            {"DELETE", "/api/orders/7", ``, `204`},
		"no answer is no null": {"GET", "/api/orders", ``, `200 []`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, header, body := p.ask(t, c.method, c.target, c.body)
			if got := strings.TrimSpace(itoa(status) + " " + body); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if got := header.Get("Cache-Control") + " " + header.Get("X-Content-Type-Options"); got != "no-store nosniff" {
				t.Errorf("got security headers %s", got)
			}
		})
	}
}

func TestCreatedSaysWhere(t *testing.T) {
	t.Parallel()
	_, header, _ := newPizzeria(t, nil).ask(t, "POST", "/api/orders", `{"customer_id":"c","items":[{"pizza_id":"m"}]}`)
	if got, want := header.Get("Location"), "/api/orders/8f%2F3a"; got != want {
		t.Errorf("got location %q, want %q", got, want)
	}
}

func TestQueryAndHeaderBindWithDefaults(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, nil)
	if status, _, body := p.ask(t, "GET", "/api/orders?status=pending&ids=a,b&since=5", "", "X-Tenant", "t1"); status != http.StatusOK {
		t.Fatal(body)
	}
	got := <-p.listed
	if got.Status != "pending" || got.Limit != 20 || *got.Since != 5 || !slices.Equal(got.IDs, []string{"a", "b"}) || got.Tenant != "t1" {
		t.Errorf("got %+v", got)
	}
	p.ask(t, "GET", "/api/orders?ids=a&ids=b&limit=3", "")
	got = <-p.listed
	if got.Limit != 3 || got.Since != nil || !slices.Equal(got.IDs, []string{"a", "b"}) {
		t.Errorf("got %+v", got)
	}
}

func TestBadRequestsNameTheField(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, func(c *web.Config) { c.MaxBodyBytes = 200 })
	for name, c := range map[string]struct {
		method, target, body string
		header               []string
		status               int
		want                 string
	}{
		"broken JSON":     {"POST", "/api/orders", "{\n\"customer_id\": }", nil, 400, "body: broken JSON: invalid character '}' looking for beginning of value at line 2, column 16"},
		"truncated JSON":  {"POST", "/api/orders", `{"customer_id":`, nil, 400, "body: broken JSON: unexpected end of JSON input"},
		"trailing text":   {"POST", "/api/orders", `{} {}`, nil, 400, "body: broken JSON"},
		"wrong type":      {"POST", "/api/orders", `{"customer_id":"c","items":[{"pizza_id":"m","quantity":"2"}]}`, nil, 422, "body.items[0].quantity: expected integer"},
		"fraction":        {"POST", "/api/orders", `{"customer_id":"c","items":[{"pizza_id":"m","quantity":1.5}]}`, nil, 422, "body.items[0].quantity: expected integer"},
		"too large":       {"POST", "/api/orders", `{"customer_id":"c","items":[{"pizza_id":"m","quantity":1e30}]}`, nil, 422, "body.items[0].quantity: expected number <= 100"},
		"out of range":    {"POST", "/api/orders", `{"customer_id":"c","items":[{"pizza_id":"m","quantity":1e999}]}`, nil, 422, "body: a number is out of range"},
		"unknown field":   {"POST", "/api/orders", `{"customer_id":"c","items":[{"pizza_id":"m"}],"coupon":1}`, nil, 422, "body.coupon: unexpected property"},
		"missing field":   {"POST", "/api/orders", `{"items":[{"pizza_id":"m"}]}`, nil, 422, "body: expected required property customer_id to be present"},
		"no body":         {"POST", "/api/orders", ``, nil, 422, "body: expected required property customer_id to be present (and 1 more)"},
		"no items":        {"POST", "/api/orders", `{"customer_id":"c","items":[]}`, nil, 422, "body.items: expected array length >= 1"},
		"null items":      {"POST", "/api/orders", `{"customer_id":"c","items":null}`, nil, 422, "body.items: expected array"},
		"enum":            {"POST", "/api/orders", `{"customer_id":"c","items":[{"pizza_id":"m","size":"huge"}]}`, nil, 422, `body.items[0].size: expected value to be one of "small, large"`},
		"a list":          {"POST", "/api/orders", `[]`, nil, 422, "body: expected object"},
		"path in body":    {"PUT", "/api/orders/7/assign", `{"driver":"a","OrderID":"8"}`, nil, 422, "body.OrderID: unexpected property"},
		"long id":         {"PUT", "/api/orders/123456789012345678901/assign", `{"driver":"a"}`, nil, 422, "path.id: expected length <= 20"},
		"binary id":       {"PUT", "/api/orders/%ff/cook", ``, nil, 422, "path.id: expected UTF-8 text without null characters"},
		"null id":         {"PUT", "/api/orders/%00/cook", ``, nil, 422, "path.id: expected UTF-8 text without null characters"},
		"no body wanted":  {"PUT", "/api/orders/7/cook", `{"a":1}`, nil, 422, "body: expected no body"},
		"query number":    {"GET", "/api/orders?limit=many", ``, nil, 422, "query.limit: expected integer"},
		"query range":     {"GET", "/api/orders?limit=51", ``, nil, 422, "query.limit: expected number <= 50"},
		"query enum":      {"GET", "/api/orders?status=burnt", ``, nil, 422, `query.status: expected value to be one of "pending, cooking"`},
		"query twice":     {"GET", "/api/orders?limit=1&limit=2", ``, nil, 422, "query.limit: expected one value"},
		"query overflow":  {"GET", "/api/orders?since=99999999999999999999", ``, nil, 422, "query.since: the number is out of range"},
		"query encoding":  {"GET", "/api/orders?limit=%zz", ``, nil, 400, "query: broken encoding"},
		"too many bytes":  {"POST", "/api/orders", strings.Repeat(" ", 201), nil, 413, "the body is larger than 200 bytes"},
		"content type":    {"POST", "/api/orders", `a=b`, []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "header.Content-Type: expected application/json in UTF-8"},
		"charset":         {"POST", "/api/orders", `{}`, []string{"Content-Type", "application/json; charset=latin1"}, 415, "header.Content-Type: expected application/json in UTF-8"},
		"compressed":      {"POST", "/api/orders", `{}`, []string{"Content-Encoding", "gzip"}, 415, "header.Content-Encoding: expected none"},
		"unknown route":   {"GET", "/api/pizzas", ``, nil, 404, "nothing is found at this path"},
		"unknown at root": {"GET", "/", ``, nil, 404, "nothing is found at this path"},
		"wrong method":    {"DELETE", "/api/orders", ``, nil, 405, "DELETE is not possible here, but GET, HEAD, POST is"},
		"strange method":  {"BREW", "/api/orders", ``, nil, 405, "BREW is not possible here, but GET, HEAD, POST is"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, header, body := p.ask(t, c.method, c.target, c.body, c.header...)
			problem := parseProblem(t, status, header, body)
			if status != c.status || !strings.HasPrefix(problem.Detail, c.want) {
				t.Errorf("got %d %s, want %d %s", status, problem.Detail, c.status, c.want)
			}
			if status == http.StatusMethodNotAllowed && header.Get("Allow") != "GET, HEAD, POST" {
				t.Errorf("got Allow %q", header.Get("Allow"))
			}
			if strings.HasPrefix(problem.Detail, "body.") || strings.HasPrefix(problem.Detail, "path.") || strings.HasPrefix(problem.Detail, "query.") {
				if len(problem.Errors) == 0 || !strings.HasPrefix(problem.Detail, problem.Errors[0].Location+": ") {
					t.Errorf("got errors %+v", problem.Errors)
				}
			}
		})
	}
}
