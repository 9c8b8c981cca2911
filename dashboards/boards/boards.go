// Package boards has the dashboards: of what the framework emits, and of the pizzeria.
package boards

import (
	"time"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/dashboards/grafana"
	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// The identities of the dashboards, which are the names of their files too.
const (
	OverviewUID = "neuroglia-overview"
	MessageUID  = "neuroglia-message"
	HealthUID   = "neuroglia-telemetry-health"
	BusinessUID = "mario-business-metrics"
	PipelineUID = "mario-order-pipeline"
)

// All are the dashboards.
func All() []grafana.Dashboard {
	return []grafana.Dashboard{Overview(), Message(), Health(), Business(), Pipeline()}
}

const (
	serviceKey     = semconv.ServiceNameKey
	environmentKey = semconv.DeploymentEnvironmentNameKey
	instanceKey    = semconv.ServiceInstanceIDKey
)

// targetInfo is there once for each running process; Prometheus makes it of the resource.
func targetInfo(matches ...promql.Match) promql.Series {
	return promql.Named("target_info", telemetry.KindGauge, matches...)
}

// scope are the services and environments that the user chose.
func scope() []promql.Match {
	return []promql.Match{promql.In(serviceKey, "$service"), promql.In(environmentKey, "$environment")}
}

// of are the chosen series of a metric.
func of(m telemetry.Metric, matches ...promql.Match) promql.Series {
	return promql.Of(m, scope()...).Where(matches...)
}

// choices are the variables that every dashboard has.
func choices() []grafana.Variable {
	return []grafana.Variable{
		grafana.Choice("environment", "Environment", "Value of deployment.environment.name.",
			environmentKey, targetInfo().Select(), ".*"),
		grafana.Choice("service", "Service", "Value of service.name.",
			serviceKey, targetInfo(promql.In(environmentKey, "$environment")).Select(), ".+"),
	}
}

// kept are the variables that links take along.
func kept() []string { return []string{"environment", "service"} }

// percentiles of a histogram, with samples that lead to traces on the middle one.
func percentiles(s promql.Series) []grafana.Query {
	return []grafana.Query{
		grafana.Metrics(s.Quantile(0.5), "p50"),
		grafana.Metrics(s.Quantile(0.95), "p95").Exemplars(),
		grafana.Metrics(s.Quantile(0.99), "p99"),
	}
}

// p95 of a histogram for each value of an attribute, with samples that lead to traces.
func p95(s promql.Series, legend string, by ...attribute.Key) grafana.Query {
	return grafana.Metrics(s.Quantile(0.95, by...), legend).Exemplars()
}

// legend is a label's value in a legend.
func legend(key attribute.Key) string { return "{{" + promql.Label(key) + "}}" }

// records are the log records of the chosen services for which a condition of LogQL holds, with what they are about.
func records(condition string) grafana.Query {
	return grafana.Logs(`{service_name=~"$service", deployment_environment_name=~"$environment"} | ` + condition +
		" | line_format `{{__line__}}: {{.neuroglia_message_type}}{{.neuroglia_event_type}} {{.order_id}} " +
		"{{.neuroglia_reason}}{{.exception_message}}`")
}

// byProcess shortens the identity of the process that each series is of, which is long and random.
func byProcess(expr promql.Expr) promql.Expr {
	instance := promql.Label(instanceKey)
	return promql.Expr(`label_replace(` + string(expr) + `, "` + instance + `", "$1", "` + instance + `", "(.{6}).*")`)
}

// newVersions are drawn into panels: the first value of a version's series.
func newVersions() grafana.Mark {
	first := targetInfo(scope()...).Count(serviceKey, semconv.ServiceVersionKey) +
		" unless " + targetInfo(scope()...).Before("5m").Count(serviceKey, semconv.ServiceVersionKey)
	return grafana.Mark{
		Title: "New version", Query: grafana.Metrics(first, ""), Color: "purple",
		Text: "{{" + promql.Label(serviceKey) + "}} {{" + promql.Label(semconv.ServiceVersionKey) + "}}",
	}
}

// warn and alert colour values from a limit on.
func warn(from float64) grafana.Threshold {
	return grafana.Threshold{From: from, Color: grafana.Warning}
}

func alert(from float64) grafana.Threshold {
	return grafana.Threshold{From: from, Color: grafana.Bad}
}

func seconds(d time.Duration) float64 { return d.Seconds() }
