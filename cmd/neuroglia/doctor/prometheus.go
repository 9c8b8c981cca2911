package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/otel/attribute"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// prometheus is asked over its HTTP API.
type prometheus struct{ service }

// sample is one series' value at a time.
type sample struct {
	labels map[string]string
	value  float64
}

func (s *sample) UnmarshalJSON(raw []byte) error {
	var series struct {
		Metric map[string]string `json:"metric"`
		Value  []any             `json:"value"`
	}
	if err := json.Unmarshal(raw, &series); err != nil {
		return err //nolint:wrapcheck // encoding/json says where it was
	}
	if len(series.Value) != 2 {
		return errors.New("a sample is not a pair")
	}
	value, err := strconv.ParseFloat(fmt.Sprint(series.Value[1]), 64)
	s.labels, s.value = series.Metric, value
	return err //nolint:wrapcheck // it says what it could not read
}

// query evaluates a query at a time.
func (p prometheus) query(ctx context.Context, query string, at time.Time) ([]sample, error) {
	var answer struct {
		Data struct {
			Result []sample `json:"result"`
		} `json:"data"`
	}
	err := p.get(ctx, "/api/v1/query", values("query", query, "time", at.Format(time.RFC3339Nano)), &answer)
	return answer.Data.Result, err
}

// origin is what an exemplar says: the span in which a measurement was made.
type origin struct {
	TraceID string `json:"trace_id"`
	SpanID  string `json:"span_id"`
}

func (p prometheus) exemplars(ctx context.Context, query string, from, to time.Time) ([]origin, error) {
	var answer struct {
		Data []struct {
			Exemplars []struct {
				Labels origin `json:"labels"`
			} `json:"exemplars"`
		} `json:"data"`
	}
	err := p.get(ctx, "/api/v1/query_exemplars", values(
		"query", query, "start", from.Format(time.RFC3339Nano), "end", to.Format(time.RFC3339Nano)), &answer)
	var found []origin
	for _, series := range answer.Data {
		for _, e := range series.Exemplars {
			found = append(found, e.Labels)
		}
	}
	return found, err
}

// names returns what the doctor's metric and the mark of a run are called in Prometheus.
func (d *doctor) names() (metric, mark string, err error) {
	metric, err = promName(runDuration())
	if err != nil {
		return "", "", err
	}
	mark, err = promLabel(runKey)
	return metric, mark, err
}

// promName returns what Prometheus's OTLP receiver calls a histogram.
func promName(m telemetry.Metric) (string, error) {
	namer := otlptranslator.NewMetricNamer("", otlptranslator.UnderscoreEscapingWithSuffixes)
	name, err := namer.Build(otlptranslator.Metric{Name: m.Name, Unit: m.Unit, Type: otlptranslator.MetricTypeHistogram})
	if err != nil {
		return "", fmt.Errorf("translate the name of %s: %w", m.Name, err)
	}
	return name, nil
}

func promLabel(key attribute.Key) (string, error) {
	namer := otlptranslator.LabelNamer{}
	label, err := namer.Build(string(key))
	if err != nil {
		return "", fmt.Errorf("translate the attribute %s: %w", key, err)
	}
	return label, nil
}
