package prove_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	promapi "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
)

// instant evaluates a query at the end of the traffic.
func (p *proof) instant(ctx context.Context, query string) (model.Value, error) {
	value, _, err := p.prometheus.Query(ctx, query, p.at)
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", query, err)
	}
	return value, nil
}

// inTime evaluates a query over what dashboards show.
func (p *proof) inTime(ctx context.Context, query string) (model.Value, error) {
	length, err := time.ParseDuration(window)
	if err != nil {
		return nil, err
	}
	value, _, err := p.prometheus.QueryRange(ctx, query, promapi.Range{Start: p.at.Add(-length), End: p.at, Step: time.Second})
	if err != nil {
		return nil, fmt.Errorf("query %s in time: %w", query, err)
	}
	return value, nil
}

// numbers counts the values that are numbers.
func numbers(value model.Value) int {
	n := 0
	count := func(v model.SampleValue) {
		if !math.IsNaN(float64(v)) {
			n++
		}
	}
	switch v := value.(type) {
	case model.Vector:
		for _, sample := range v {
			count(sample.Value)
		}
	case model.Matrix:
		for _, stream := range v {
			for _, pair := range stream.Values {
				count(pair.Value)
			}
		}
	case *model.Scalar:
		count(v.Value)
	}
	return n
}

// found reports whether a query has a value. It asks once for each.
func (p *proof) found(t *testing.T, query string) bool {
	t.Helper()
	if known, ok := p.asked.Load(query); ok {
		return known == true
	}
	value, err := p.instant(t.Context(), query)
	if err != nil {
		t.Errorf("%v", err)
		return true // said already
	}
	p.asked.Store(query, numbers(value) > 0)
	return numbers(value) > 0
}

// record is a log record in Loki, with its labels and structured metadata.
type record struct {
	labels map[string]string
	line   string
}

// logs evaluates a LogQL query over the whole of the traffic.
func (p *proof) logs(ctx context.Context, query string) ([]record, error) {
	values := url.Values{
		"query": {query}, "limit": {"100"}, "start": {fmt.Sprint(p.at.Add(-5 * time.Minute).UnixNano())},
		"end": {fmt.Sprint(p.at.Add(time.Minute).UnixNano())},
	}
	var answer struct {
		Data struct {
			Result []struct {
				Stream map[string]string
				Values [][2]string
			}
		}
	}
	if err := get(ctx, p.loki+"/loki/api/v1/query_range?"+values.Encode(), &answer); err != nil {
		return nil, fmt.Errorf("query logs %s: %w", query, err)
	}
	var records []record
	for _, stream := range answer.Data.Result {
		for _, value := range stream.Values {
			records = append(records, record{stream.Stream, value[1]})
		}
	}
	return records, nil
}

// anOrder is the identity of an order in the logs.
func (p *proof) anOrder(ctx context.Context) (string, error) {
	records, err := p.logs(ctx, `{service_name="mario-pizzeria"} | neuroglia_message_type="PlaceOrder" | order_id!=""`)
	if err != nil || len(records) == 0 {
		return "", fmt.Errorf("find an order among %d log records: %w", len(records), err)
	}
	return records[0].labels["order_id"], nil
}

// above reports whether any value is greater than zero.
func above(value model.Value) bool {
	switch v := value.(type) {
	case model.Vector:
		return slices.ContainsFunc(v, func(s *model.Sample) bool { return s.Value > 0 })
	case model.Matrix:
		return slices.ContainsFunc(v, func(s *model.SampleStream) bool {
			return slices.ContainsFunc(s.Values, func(p model.SamplePair) bool { return p.Value > 0 })
		})
	default:
		return false
	}
}

// selector is a part of a query: the series of a metric, and the labels that the query reads of it.
type selector struct {
	metric string
	labels []string
	values [][2]string // labels, and values that the query asks for by name
}

// node is a part of a query as Prometheus parsed it.
type node struct {
	Type     string
	Name     string
	Matchers []struct{ Name, Type, Value string }
	Grouping []string
	Without  bool
	Expr     *node
	LHS, RHS *node
	Args     []*node
	Matching *struct {
		On     bool
		Labels []string
	}
}

// selectors are those of a query, by Prometheus's own parser.
func (p *proof) selectors(ctx context.Context, query string) ([]selector, error) {
	var answer struct{ Data *node }
	if err := get(ctx, p.URL("prometheus")+"/api/v1/parse_query?"+url.Values{"query": {query}}.Encode(), &answer); err != nil {
		return nil, fmt.Errorf("parse %s: %w", query, err)
	}
	return answer.Data.selectors(nil), nil
}

// selectors walks the tree. The labels that a sum is grouped by are read of all series below it.
func (n *node) selectors(grouped []string) []selector {
	if n == nil {
		return nil
	}
	if n.Type == "aggregation" && !n.Without {
		grouped = n.Grouping
	}
	var found []selector
	if n.Type == "vectorSelector" || n.Type == "matrixSelector" {
		s := selector{metric: n.Name, labels: slices.Clone(grouped)}
		for _, m := range n.Matchers {
			if m.Name == "__name__" {
				continue
			}
			if m.Type != "!=" || m.Value == "" {
				s.labels = append(s.labels, m.Name)
			}
			if literal := regexp.MustCompile(`^[\w|]+$`); m.Type[0] == '=' && literal.MatchString(m.Value) {
				for value := range strings.SplitSeq(m.Value, "|") {
					s.values = append(s.values, [2]string{m.Name, value})
				}
			}
		}
		found = append(found, s)
	}
	for _, below := range append([]*node{n.Expr, n.LHS}, n.Args...) {
		found = append(found, below.selectors(grouped)...)
	}
	if n.Matching != nil && n.Matching.On {
		grouped = n.Matching.Labels // all that is read of the right side
	}
	return append(found, n.RHS.selectors(grouped)...)
}

func get(ctx context.Context, address string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", response.Status, body)
	}
	return json.Unmarshal(body, into)
}
