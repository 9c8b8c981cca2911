package doctor

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// tempo is asked over its HTTP API.
type tempo struct{ service }

// spanID is written in base64 by Tempo.
type spanID []byte

func (s *spanID) UnmarshalJSON(raw []byte) error {
	return json.Unmarshal(raw, (*[]byte)(s)) //nolint:wrapcheck // encoding/json says where it was
}

// trace returns the spans of a trace, as the ids of their parents by their own. There are none of one that is not there.
func (t tempo) trace(ctx context.Context, id string) (map[string]string, error) {
	var answer struct {
		Trace struct {
			ResourceSpans []struct {
				ScopeSpans []struct {
					Spans []struct {
						SpanID       spanID `json:"spanId"`
						ParentSpanID spanID `json:"parentSpanId"`
					} `json:"spans"`
				} `json:"scopeSpans"`
			} `json:"resourceSpans"`
		} `json:"trace"`
	}
	err := t.get(ctx, "/api/v2/traces/"+id, nil, &answer)
	if p, ok := errors.AsType[*problem](err); ok && p.status == http.StatusNotFound {
		return map[string]string{}, nil // another way to say so
	}
	if err != nil {
		return nil, err
	}
	parents := map[string]string{}
	for _, resource := range answer.Trace.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			for _, span := range scope.Spans {
				parents[hex.EncodeToString(span.SpanID)] = hex.EncodeToString(span.ParentSpanID)
			}
		}
	}
	return parents, nil
}

// search returns the id of a trace of the service that began between the two times, or nothing.
func (t tempo) search(ctx context.Context, service string, from, to time.Time) (string, error) {
	var answer struct {
		Traces []struct {
			TraceID string `json:"traceID"`
		} `json:"traces"`
	}
	err := t.get(ctx, "/api/search", values("q", fmt.Sprintf("{resource.service.name=%q}", service), "limit", "1",
		"start", strconv.FormatInt(from.Unix(), 10), "end", strconv.FormatInt(to.Unix()+1, 10)), &answer)
	if err != nil || len(answer.Traces) == 0 {
		return "", err
	}
	id := answer.Traces[0].TraceID
	return strings.Repeat("0", max(0, 32-len(id))) + id, nil // Tempo leaves zeros at the front out, logs have them
}
