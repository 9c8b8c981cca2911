// Package benchmarks measures what the framework's telemetry costs, beside the same telemetry written by hand. It holds
// no code: its benchmarks and budgets are tests.
//
// A machine is never idle, so compare within one run. Benchmarks that alternate can be compared with benchstat:
//
//	go test -c -o bench.test && for i in $(seq 10); do ./bench.test -test.run '^$' -test.bench . -test.cpu 1; done | tee bench.txt
package benchmarks
