package doctor

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	requestTimeout = 5 * time.Second
	maxAnswer      = 8 << 20
)

// service is a part of the stack that is asked over HTTP.
type service struct {
	name, flag, url string
	client          *http.Client
	// authorize adds credentials to a request.
	authorize func(*http.Request)
}

func newService(name, flag, address string) service {
	return service{name: name, flag: flag, url: address, client: &http.Client{CheckRedirect: stayOnHost}}
}

// errRedirect is a redirect to another host, which would get the credentials or is not the service that was asked for.
var errRedirect = errors.New("it redirects to another host, which is not followed")

func stayOnHost(next *http.Request, before []*http.Request) error {
	first := before[0].URL
	if next.URL.Scheme != first.Scheme || next.URL.Host != first.Host {
		return errRedirect
	}
	if len(before) > 5 {
		return errors.New("it redirects in circles")
	}
	return nil
}

// get asks for a path and reads the answer into what into points to: JSON, or a *string.
func (s service) get(ctx context.Context, path string, query url.Values, into any) error {
	address := s.url + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("ask %s: %w", s.name, err)
	}
	return s.do(request, into)
}

// post sends a body as JSON, or as it is if it is bytes of protobuf.
func (s service) post(ctx context.Context, path, contentType string, body []byte, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("ask %s: %w", s.name, err)
	}
	request.Header.Set("Content-Type", contentType)
	return s.do(request, into)
}

func (s service) do(request *http.Request, into any) error {
	ctx, cancel := context.WithTimeout(request.Context(), requestTimeout)
	defer cancel()
	request.Header.Set("Accept", "application/json")
	if s.authorize != nil {
		s.authorize(request)
	}
	began := time.Now()
	answer, err := s.client.Do(request.WithContext(ctx)) //nolint:gosec // asking the addresses given is what it is for
	if err != nil {
		return s.unanswered(err, began)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return s.unanswered(err, began)
	}
	if p := s.refused(answer, body); p != nil {
		return p
	}
	if text, ok := into.(*string); ok {
		*text = strings.TrimSpace(string(body))
		return nil
	}
	if err := json.Unmarshal(body, into); err != nil {
		return s.stranger(answer.Request.URL.Path + " answers something that is not JSON")
	}
	return nil
}

// unanswered tells apart why there was no whole answer.
func (s service) unanswered(err error, began time.Time) *problem {
	if failed, ok := errors.AsType[*url.Error](err); ok {
		err = failed.Err // without the address, which is told anyhow
	}
	if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" && !dial.Timeout() {
		return s.nobody(dial.Err)
	}
	if failure, ok := errors.AsType[net.Error](err); ok && failure.Timeout() {
		return &problem{
			kind: notYet, hop: s.name,
			text:   fmt.Sprintf("%s gives no answer at %s within %s", s.name, s.url, time.Since(began).Round(100*time.Millisecond)),
			advice: "see in its log, and in its use of CPU and memory, what it is busy with",
		}
	}
	return &problem{hop: s.name, text: fmt.Sprintf("%s at %s: %s", s.name, s.url, err), advice: s.isIt()}
}

// nobody is the problem of nothing being there.
func (s service) nobody(err error) *problem {
	return &problem{
		kind: unreachable, hop: s.name, text: fmt.Sprintf("nothing listens at %s (%s)", s.url, err),
		advice: fmt.Sprintf("start %s, or give its address with %s", s.name, s.flag),
	}
}

// stranger is the problem of another service at the address.
func (s service) stranger(what string) *problem {
	return &problem{hop: s.name, text: fmt.Sprintf("%s does not speak as %s does: %s", s.url, s.name, what), advice: s.isIt()}
}

func (s service) isIt() string {
	return fmt.Sprintf("is it %s that has this address? If not, give its own with %s", s.name, s.flag)
}

// refused returns the problem that an answer tells of, or nil.
func (s service) refused(answer *http.Response, body []byte) *problem {
	code, path := answer.StatusCode, answer.Request.URL.Path
	said := saying(body)
	page := strings.Contains(answer.Header.Get("Content-Type"), "html") || bytes.HasPrefix(bytes.TrimSpace(body), []byte("<"))
	switch {
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return &problem{
			status: code, hop: s.name, text: fmt.Sprintf("%s does not let us in: %s", s.name, answer.Status),
			advice: s.name + " asks for credentials that were not given or that are wrong",
		}
	case page:
		p := s.stranger(path + " answers with a web page")
		p.status = code
		return p
	case code >= http.StatusInternalServerError || code == http.StatusTooManyRequests:
		return &problem{
			kind: notYet, status: code, hop: s.name, text: fmt.Sprintf("%s is not ready: %s: %s", s.name, answer.Status, said),
			advice: "wait until it has started; if that takes long, its log says why",
		}
	case code >= http.StatusMultipleChoices:
		return &problem{
			status: code, hop: s.name, text: fmt.Sprintf("%s answers %s to %s: %s", s.name, answer.Status, path, said), advice: s.isIt(),
		}
	default:
		return nil
	}
}

// saying is what a service said about an error, short enough for a line.
func saying(body []byte) string {
	var said struct {
		Message string `json:"message"`
		Error   string `json:"error"`
		Results map[string]struct {
			Error string `json:"error"`
		} `json:"results"` // of Grafana's queries
	}
	_ = json.Unmarshal(body, &said) // else it is plain text
	text := cmp.Or(said.Results["A"].Error, said.Error, said.Message, string(body))
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "") + "…"
	}
	return text
}

// values makes the query of a URL of names and values in turns.
func values(pairs ...string) url.Values {
	v := url.Values{}
	for pair := range slices.Chunk(pairs, 2) {
		v.Set(pair[0], pair[1])
	}
	return v
}
