package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"

	"github.com/google/pprof/profile"
)

// plan is how the pizzerias are measured.
type plan struct{ rounds, orders, customers int }

// String says it to people.
func (p plan) String() string {
	return fmt.Sprintf("CPU time of one order, the mean of %d, which %d customers at a time place over HTTP and SQLite keeps "+
		"in a file; %s, %s/%s", p.rounds*p.orders, p.customers, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// measure runs a pizzeria without telemetry and one with it, and returns their profiles. It says how far it is.
func (p plan) measure(ctx context.Context, progress io.Writer) (merged [2]*profile.Profile, err error) {
	if p.rounds < 1 || p.orders < 1 || p.customers < 1 {
		return merged, fmt.Errorf("%d rounds of %d orders by %d customers: use at least 1 of each", p.rounds, p.orders, p.customers)
	}
	dir, err := os.MkdirTemp("", "order")
	if err != nil {
		return merged, fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	program, err := build(ctx, dir)
	if err != nil {
		return merged, err
	}
	endpoint, err := collector(ctx)
	if err != nil {
		return merged, err
	}
	var services [2]*service
	for i, env := range []string{"OTEL_SDK_DISABLED=true", "OTEL_EXPORTER_OTLP_ENDPOINT=" + endpoint} {
		if services[i], err = start(ctx, program, dir, env); err != nil {
			return merged, err
		}
		defer func() { _ = services[i].cmd.Wait() }()
	}
	defer cancel() // before waiting for them
	profiles, err := p.alternate(ctx, services, progress)
	for i := range profiles {
		if err != nil {
			break
		}
		merged[i], err = profile.Merge(profiles[i])
	}
	return merged, err
}

// alternate places orders in both services by turns, so that what else the machine does meets both. The first round is for
// warming up.
func (p plan) alternate(ctx context.Context, services [2]*service, progress io.Writer) ([2][]*profile.Profile, error) {
	var profiles [2][]*profile.Profile
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: p.customers}}
	for round := range p.rounds + 1 {
		for i, s := range services {
			taken, err := s.profiled(func() error { return place(ctx, client, s.url, p.orders, p.customers) })
			if err != nil {
				return profiles, err
			}
			if round > 0 {
				profiles[i] = append(profiles[i], taken)
			}
		}
		fmt.Fprintf(progress, "round %d of %d\n", round, p.rounds)
	}
	return profiles, nil
}
