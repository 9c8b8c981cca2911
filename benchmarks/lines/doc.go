// Package lines counts what instrumentation costs its author. It holds no code. Its folders are one service, three times:
//
//   - plain has no telemetry,
//   - byhand is plain with spans, metrics and logs as OpenTelemetry's documentation shows them, on its contrib packages
//     where there are any,
//   - framework has the same telemetry from the framework.
//
// The tests of byhand and framework send the same requests and compare what a collector receives with the same text:
// spans with their names, kinds and attributes, metrics with their units, buckets and attributes, logs with their trace.
//
// A line is one that gofmt leaves neither blank nor only a comment. The lines of instrumentation by hand are those that
// byhand has more than plain; lines that it only had to change do not count. The lines of instrumentation in framework
// are those that name observability or OpenTelemetry, or hold a struct tag otel, whole. Tests do not count. So
//
//	diff -ru plain byhand; grep -rE 'observability|opentelemetry|otel:"' framework
//
// shows every line that is counted. The result is in lines.txt, which a test compares with the files:
//
//	go test ./lines -update
//
// writes it anew.
package lines
