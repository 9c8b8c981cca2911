package doctor

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// loki is asked over its HTTP API.
type loki struct{ service }

// line is a log record, with its structured metadata among the labels.
type line struct {
	labels map[string]string
	at     time.Time
}

// lines returns the newest log records that a query finds.
func (l loki) lines(ctx context.Context, query string, from, to time.Time) ([]line, error) {
	var answer struct {
		Data struct {
			Result []struct {
				Stream map[string]string `json:"stream"`
				Values [][]string        `json:"values"`
			} `json:"result"`
		} `json:"data"`
	}
	err := l.get(ctx, "/loki/api/v1/query_range", values("query", query, "limit", "10", "direction", "backward",
		"start", strconv.FormatInt(from.UnixNano(), 10), "end", strconv.FormatInt(to.UnixNano(), 10)), &answer)
	if err != nil {
		return nil, err
	}
	var found []line
	for _, stream := range answer.Data.Result {
		for _, value := range stream.Values {
			if len(value) == 0 {
				return nil, errors.New("a log record of Loki is empty")
			}
			nanoseconds, err := strconv.ParseInt(value[0], 10, 64)
			if err != nil {
				return nil, fmt.Errorf("read the time of a log record: %w", err)
			}
			found = append(found, line{stream.Stream, time.Unix(0, nanoseconds)})
		}
	}
	return found, nil
}
