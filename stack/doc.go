// Package stack runs the observability stack of deployment/ on this machine without containers: OpenTelemetry Collector,
// Prometheus and Loki built from their pinned modules, Tempo and Grafana when they are on the PATH.
//
// The shipped files are the one source: commands, environment and configuration are read from docker-compose.mario.yml
// and deployment/, and only addresses and folders are replaced. Everything listens on 127.0.0.1.
package stack
