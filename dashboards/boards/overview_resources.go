package boards

import (
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/dashboards/grafana"
	"github.com/neuroglia-go/neuroglia/dashboards/limits"
	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

func repositoryPanels() []grafana.Panel {
	s := of(registry.RepositoryOperationDuration())
	failed := []promql.Match{promql.Not(registry.ErrorType, "")}
	byOperation := []attribute.Key{registry.EntityType, registry.RepositoryOperation}
	operation := legend(registry.EntityType) + " " + legend(registry.RepositoryOperation)
	statements := of(registry.DBOperationDuration())
	byPool := []attribute.Key{serviceKey, semconv.DBClientConnectionPoolNameKey}
	pool := legend(serviceKey) + " " + legend(semconv.DBClientConnectionPoolNameKey)
	byStatement := []attribute.Key{semconv.DBOperationNameKey, semconv.DBCollectionNameKey}
	return []grafana.Panel{
		grafana.TimeSeries("Operations", "Per second, from neuroglia.repository.operation.duration.", grafana.PerSecond,
			grafana.Metrics(s.Rate(byOperation...), operation)),
		grafana.TimeSeries("Failed operations", "Part that failed, by aggregate. Not found and conflicts are no failures.",
			grafana.Share,
			grafana.Metrics(s.Share(failed, registry.EntityType), legend(registry.EntityType))).
			Limits(alert(limits.RepositoryFailures)),
		grafana.TimeSeries("p95 by operation", "95 % are faster, retries after conflicts included.", grafana.Seconds,
			p95(s, operation, byOperation...)),
		grafana.TimeSeries("Conflicts", "Updates that met another change of the same aggregate, per second. Many: too much is "+
			"in one aggregate.",
			grafana.PerSecond, grafana.Metrics(of(registry.RepositoryConflicts()).Rate(registry.EntityType),
				legend(registry.EntityType))),
		grafana.TimeSeries("Statements", "Statements of the database per second, from db.client.operation.duration.",
			grafana.PerSecond,
			grafana.Metrics(statements.Rate(byStatement...),
				legend(semconv.DBOperationNameKey)+" "+legend(semconv.DBCollectionNameKey))),
		grafana.TimeSeries("Duration of statements",
			"Percentiles of all statements. Fast here and slow above: the time goes into waiting for a connection or lock.",
			grafana.Seconds, percentiles(statements)...),
		grafana.TimeSeries("Connections", "To the database, of all processes, and how many they may have. As many used as there may "+
			"be: who needs one waits.", grafana.Count,
			grafana.Metrics(of(registry.DBConnections()).Sum(append(byPool, semconv.DBClientConnectionStateKey)...),
				pool+" "+legend(semconv.DBClientConnectionStateKey)),
			grafana.Metrics(of(registry.DBConnectionsMax()).Sum(byPool...), pool+" limit")).Size(24, 7).
			WhenEmpty("no pool, or none that is limited"),
	}
}

// guardPanels show what policies do to spare what is called.
func guardPanels() []grafana.Panel {
	const none = "no policy of package resilience had to act"
	return []grafana.Panel{
		grafana.TimeSeries("Retried calls", "Attempts within a call per second that failed and were followed by another, by what "+
			"is called and the error.", grafana.PerSecond,
			grafana.Metrics(of(registry.Retries()).Rate(registry.GuardName, registry.ErrorType),
				legend(registry.GuardName)+" "+legend(registry.ErrorType))).WhenEmpty(none),
		grafana.TimeSeries("Calls not made", "Per second, to spare what is called: breaker_open after too many failures, "+
			"bulkhead_full while too many are being made.", grafana.PerSecond,
			grafana.Metrics(of(registry.GuardRefusals()).Rate(registry.GuardName, registry.GuardRefusal),
				legend(registry.GuardName)+" "+legend(registry.GuardRefusal))).WhenEmpty(none),
		grafana.TimeSeries("Circuit breakers", "How often they opened and closed since the point before. Opened and not closed: "+
			"no call is made.", grafana.Count,
			grafana.Metrics(of(registry.BreakerChanges()).Grown(registry.GuardName, registry.BreakerChange),
				legend(registry.GuardName)+" "+legend(registry.BreakerChange))).WhenEmpty(none),
	}
}

func dependencyPanels() []grafana.Panel {
	client, process := of(registry.HTTPClientRequestDuration()), of(registry.MessageProcessDuration())
	byServer := []attribute.Key{semconv.ServerAddressKey, semconv.HTTPRequestMethodKey}
	server := legend(semconv.HTTPRequestMethodKey) + " " + legend(semconv.ServerAddressKey)
	failed := []promql.Match{promql.Not(registry.ErrorType, "")}
	return []grafana.Panel{
		grafana.TimeSeries("Calls to others", "HTTP calls per second, from http.client.request.duration.", grafana.Requests,
			grafana.Metrics(client.Rate(byServer...), server)).WhenEmpty("no calls: is PAYMENT_URL set?"),
		grafana.TimeSeries("Failed calls", "Part of the calls that failed or were answered with 4xx or 5xx.", grafana.Share,
			grafana.Metrics(client.Share(failed, byServer...), server)).WhenEmpty("no calls"),
		grafana.TimeSeries("p95 of calls", "95 % are faster. Slow: the trace of a point shows who waits for whom.", grafana.Seconds,
			p95(client, server, byServer...)).WhenEmpty("no calls"),
		grafana.TimeSeries("Messages published and consumed",
			"Per second, from messaging.client.sent.messages and consumed.messages.",
			grafana.PerSecond,
			grafana.Metrics(of(registry.SentMessages()).Rate(), "published"),
			grafana.Metrics(of(registry.ConsumedMessages()).Rate(), "consumed")),
		grafana.TimeSeries("Failed messages", "Part of the messages whose processing failed for good, by subscriber.", grafana.Share,
			grafana.Metrics(process.Share(failed, Subscription()...), subscription())).Limits(alert(limits.EventFailureRatio)),
		grafana.TimeSeries("p95 of messages", "95 % are processed faster, by subscriber.", grafana.Seconds,
			p95(process, subscription(), Subscription()...)),
		grafana.TimeSeries("p95 of publishing", "95 % are given to the transport faster, from messaging.client.operation.duration.",
			grafana.Seconds, p95(of(registry.MessagingOperationDuration()), legend(semconv.MessagingDestinationNameKey),
				semconv.MessagingDestinationNameKey)).Size(12, 8),
		grafana.TimeSeries("Size of calls", "95 % of the bodies that are sent to others are smaller.", grafana.Bytes,
			grafana.Metrics(of(registry.HTTPClientRequestBodySize()).Quantile(0.95, byServer...), server)).
			WhenEmpty("no calls").Size(12, 8),
	}
}

func processPanels() []grafana.Panel {
	each := []attribute.Key{serviceKey, instanceKey}
	process := legend(serviceKey) + " " + legend(instanceKey)
	return []grafana.Panel{
		grafana.TimeSeries("CPU", "Cores in use, from process.cpu.time. At the limit of cores, requests wait.", grafana.Number,
			grafana.Metrics(byProcess(of(registry.CPUTime()).Rate(each...)), process),
			grafana.Metrics(of(registry.GoProcessorLimit()).Max(serviceKey), legend(serviceKey)+" limit")),
		grafana.TimeSeries("Memory", "Physical memory of the process, what the Go runtime holds of it, and its limit if one is "+
			"set.", grafana.Bytes,
			grafana.Metrics(byProcess(of(registry.MemoryUsage()).Sum(each...)), process),
			grafana.Metrics(byProcess(of(registry.GoMemoryUsed()).Sum(each...)), process+" Go")),
		grafana.TimeSeries("Memory used of the limit",
			"What the Go runtime holds, as a part of GOMEMLIMIT. Near 1 the garbage collector takes the CPU.",
			grafana.Share, grafana.Metrics(
				byProcess(of(registry.GoMemoryUsed()).Sum(each...).Per(of(registry.GoMemoryLimit()).Max(each...))), process)).
			Limits(alert(limits.MemoryUsed)).UpTo(1).WhenEmpty("no limit: is GOMEMLIMIT set?"),
		grafana.TimeSeries("Goroutines", "Growing and never falling: some wait for what never comes.", grafana.Number,
			grafana.Metrics(byProcess(of(registry.GoGoroutines()).Sum(each...)), process)).
			Limits(alert(limits.Goroutines)).Size(6, 8),
		grafana.TimeSeries("Allocations", "Bytes allocated per second. The garbage collector's work grows with it.",
			grafana.BytesRate,
			grafana.Metrics(byProcess(of(registry.GoMemoryAllocated()).Rate(each...)), process)).Size(6, 8),
		grafana.TimeSeries("Wait for a processor", "How long goroutines that could run waited, p99. Above some milliseconds: "+
			"too little CPU.",
			grafana.Seconds, grafana.Metrics(byProcess(of(registry.GoScheduleDuration()).Quantile(0.99, each...)), process)).Size(6, 8),
		grafana.TimeSeries("Open files and threads",
			"Files include connections. Growing and never falling: something is not closed.", grafana.Number,
			grafana.Metrics(byProcess(of(registry.FileDescriptors()).Sum(each...)), process+" files"),
			grafana.Metrics(byProcess(of(registry.Threads()).Sum(each...)), process+" threads")).Size(6, 8),
	}
}

func morePanels() []grafana.Panel {
	each := []attribute.Key{serviceKey, instanceKey}
	process := legend(serviceKey) + " " + legend(instanceKey)
	return []grafana.Panel{
		grafana.TimeSeries("Size of bodies", "95 % of the requests and of the answers are smaller.", grafana.Bytes,
			grafana.Metrics(of(registry.HTTPServerRequestBodySize()).Quantile(0.95), "requests"),
			grafana.Metrics(of(registry.HTTPServerResponseBodySize()).Quantile(0.95), "answers")),
		grafana.TimeSeries("Up since", "How long each process runs. A fall to zero is a restart.", grafana.Seconds,
			grafana.Metrics(byProcess(of(registry.Uptime()).Max(each...)), process)),
		grafana.TimeSeries("Allocated objects", "Per second, from go.memory.allocations.", grafana.PerSecond,
			grafana.Metrics(byProcess(of(registry.GoMemoryAllocations()).Rate(each...)), process)),
		grafana.TimeSeries("Goal of the garbage collector", "Size of the heap at which the next collection ends.", grafana.Bytes,
			grafana.Metrics(byProcess(of(registry.GoMemoryGCGoal()).Sum(each...)), process)),
		grafana.TimeSeries("Virtual memory", "Addresses that the process has reserved: much of it is never used.", grafana.Bytes,
			grafana.Metrics(byProcess(of(registry.VirtualMemory()).Sum(each...)), process)),
		grafana.TimeSeries("GOGC", "How much the heap may grow until a collection, in percent.", grafana.Percentage,
			grafana.Metrics(byProcess(of(registry.GoConfigGOGC()).Max(each...)), process)),
	}
}
