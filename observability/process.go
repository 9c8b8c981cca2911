package observability

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/shirou/gopsutil/v4/process"
	"go.opentelemetry.io/contrib/instrumentation/host"
	"go.opentelemetry.io/contrib/instrumentation/runtime"
	"go.opentelemetry.io/otel/metric"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// startProcessMetrics measures the Go runtime, the process and what its standard output loses, and the whole machine if that
// is wanted.
func startProcessMetrics(provider metric.MeterProvider, machine bool, lost func() int64) error {
	if _, off := provider.(metricnoop.MeterProvider); off {
		return nil
	}
	if err := runtime.Start(runtime.WithMeterProvider(provider)); err != nil {
		return fmt.Errorf("measure the Go runtime: %w", err)
	}
	meter := provider.Meter(scopeName, metric.WithSchemaURL(semconv.SchemaURL))
	if err := errors.Join(observeProcess(meter, !machine), observeStdout(meter, lost)); err != nil {
		return fmt.Errorf("measure the process: %w", err)
	}
	if machine {
		if err := host.Start(host.WithMeterProvider(tolerantProvider{provider})); err != nil {
			return fmt.Errorf("measure the host: %w", err)
		}
	}
	return nil
}

func observeStdout(meter metric.Meter, lost func() int64) error {
	dropped, err := registry.StdoutDropped().Float64ObservableCounter(meter)
	if err != nil {
		return fmt.Errorf("measure standard output: %w", err)
	}
	_, err = meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		o.ObserveFloat64(dropped, float64(lost()))
		return nil
	}, dropped)
	return err //nolint:wrapcheck // the caller says what it is about
}

// processInstruments are the process.* metrics of the semantic conventions.
type processInstruments struct {
	process *process.Process
	begin   time.Time

	cpu     metric.Float64ObservableCounter
	memory  metric.Int64ObservableUpDownCounter
	virtual metric.Int64ObservableUpDownCounter
	files   metric.Int64ObservableUpDownCounter
	threads metric.Int64ObservableUpDownCounter
	uptime  metric.Float64ObservableGauge
}

// observeProcess registers the instruments. What an operating system does not tell is not observed. The time on the
// processors is left out where the metrics of the machine have it already.
func observeProcess(meter metric.Meter, cpu bool) error {
	self, err := process.NewProcess(int32(os.Getpid())) //nolint:gosec // process ids fit
	if err != nil {
		return nil //nolint:nilerr // the operating system does not tell
	}
	p := &processInstruments{process: self, begin: time.Now()}
	var errs [6]error
	if cpu {
		p.cpu, errs[0] = registry.CPUTime().Float64ObservableCounter(meter)
	}
	p.memory, errs[1] = registry.MemoryUsage().Int64ObservableUpDownCounter(meter)
	p.virtual, errs[2] = registry.VirtualMemory().Int64ObservableUpDownCounter(meter)
	p.files, errs[3] = registry.FileDescriptors().Int64ObservableUpDownCounter(meter)
	p.threads, errs[4] = registry.Threads().Int64ObservableUpDownCounter(meter)
	p.uptime, errs[5] = registry.Uptime().Float64ObservableGauge(meter)
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	observed := []metric.Observable{p.memory, p.virtual, p.files, p.threads, p.uptime}
	if cpu {
		observed = append(observed, p.cpu)
	}
	_, errs[0] = meter.RegisterCallback(p.observe, observed...)
	return errs[0]
}

func (p *processInstruments) observe(ctx context.Context, o metric.Observer) error {
	if times, err := p.process.TimesWithContext(ctx); err == nil && p.cpu != nil {
		o.ObserveFloat64(p.cpu, times.User, metric.WithAttributes(semconv.CPUModeUser))
		o.ObserveFloat64(p.cpu, times.System, metric.WithAttributes(semconv.CPUModeSystem))
	}
	if memory, err := p.process.MemoryInfoWithContext(ctx); err == nil {
		o.ObserveInt64(p.memory, int64(memory.RSS))  //nolint:gosec // memory fits
		o.ObserveInt64(p.virtual, int64(memory.VMS)) //nolint:gosec // memory fits
	}
	if n, err := p.process.NumFDsWithContext(ctx); err == nil {
		o.ObserveInt64(p.files, int64(n))
	}
	if n, err := p.process.NumThreadsWithContext(ctx); err == nil {
		o.ObserveInt64(p.threads, int64(n))
	}
	o.ObserveFloat64(p.uptime, time.Since(p.begin).Seconds())
	return nil
}
