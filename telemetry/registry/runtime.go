package registry

import (
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/semconv/v1.43.0/goconv"
	"go.opentelemetry.io/otel/semconv/v1.43.0/processconv"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

const (
	observability = module + "/observability"
	goRuntime     = "go.opentelemetry.io/contrib/instrumentation/runtime"
)

// CPUTime measures the time on processors.
func CPUTime() telemetry.Metric {
	return convention(processconv.CPUTime{}, nil, semconv.CPUModeKey).By(observability)
}

// MemoryUsage measures the physical memory of the process.
func MemoryUsage() telemetry.Metric {
	return convention(processconv.MemoryUsageObservable{}, nil).By(observability)
}

// VirtualMemory measures the virtual memory of the process.
func VirtualMemory() telemetry.Metric {
	return convention(processconv.MemoryVirtualObservable{}, nil).By(observability)
}

// FileDescriptors counts the files and connections that are open.
func FileDescriptors() telemetry.Metric {
	return convention(processconv.UnixFileDescriptorCountObservable{}, nil).By(observability)
}

// Threads counts the threads of the process.
func Threads() telemetry.Metric {
	return convention(processconv.ThreadCountObservable{}, nil).By(observability)
}

// Uptime measures how long the process runs.
func Uptime() telemetry.Metric {
	return convention(processconv.UptimeObservable{}, nil).By(observability)
}

// StdoutDropped counts log records that are missing on standard output, because nobody read it for a while.
func StdoutDropped() telemetry.Metric {
	return telemetry.Counter("neuroglia.stdout.dropped", "{record}",
		"Log records for which there was no room while standard output was not read.").By(observability)
}

// GoMemoryUsed measures the memory of the Go runtime.
func GoMemoryUsed() telemetry.Metric {
	return convention(goconv.MemoryUsed{}, nil, semconv.GoMemoryTypeKey).By(goRuntime)
}

// GoMemoryLimit is there if a limit is set.
func GoMemoryLimit() telemetry.Metric { return convention(goconv.MemoryLimit{}, nil).By(goRuntime) }

// GoMemoryAllocated measures what is allocated.
func GoMemoryAllocated() telemetry.Metric {
	return convention(goconv.MemoryAllocated{}, nil).By(goRuntime)
}

// GoMemoryAllocations counts allocations.
func GoMemoryAllocations() telemetry.Metric {
	return convention(goconv.MemoryAllocations{}, nil).By(goRuntime)
}

// GoMemoryGCGoal is the size of the heap that the garbage collector aims at.
func GoMemoryGCGoal() telemetry.Metric { return convention(goconv.MemoryGCGoal{}, nil).By(goRuntime) }

// GoGoroutines counts goroutines.
func GoGoroutines() telemetry.Metric { return convention(goconv.GoroutineCount{}, nil).By(goRuntime) }

// GoProcessorLimit is how many threads run Go code at once.
func GoProcessorLimit() telemetry.Metric {
	return convention(goconv.ProcessorLimit{}, nil).By(goRuntime)
}

// GoConfigGOGC is the setting of the garbage collector.
func GoConfigGOGC() telemetry.Metric { return convention(goconv.ConfigGogc{}, nil).By(goRuntime) }

// GoScheduleDuration measures how long goroutines wait to run. The Go runtime chooses its buckets.
func GoScheduleDuration() telemetry.Metric {
	return convention(goconv.ScheduleDuration{}, nil).By(goRuntime)
}

func runtimeMetrics() []telemetry.Metric {
	return []telemetry.Metric{
		CPUTime(), MemoryUsage(), VirtualMemory(), FileDescriptors(), Threads(), Uptime(), StdoutDropped(),
		GoMemoryUsed(), GoMemoryLimit(), GoMemoryAllocated(), GoMemoryAllocations(), GoMemoryGCGoal(), GoGoroutines(),
		GoProcessorLimit(), GoConfigGOGC(), GoScheduleDuration(),
	}
}
