package main

import (
	"fmt"
	"strings"

	"github.com/neuroglia-go/neuroglia/stack"
)

// links says what there is to open, and what to do next.
func links(s *stack.Stack) string {
	var b strings.Builder
	b.WriteString("\nOpen:\n")
	var missing []string
	for _, link := range []struct{ part, what, path string }{
		{"grafana", "dashboards", "/dashboards"},
		{"mario-pizzeria", "Mario's Pizzeria", "/api/docs"},
		{"prometheus", "metrics and alerts", "/alerts"},
		{"tempo", "", ""},
	} {
		switch url := s.URL(link.part); {
		case url == "" && link.part != "mario-pizzeria":
			missing = append(missing, link.part)
		case url != "" && link.what != "":
			fmt.Fprintf(&b, "  %-19s %s\n", link.what, url+link.path)
		}
	}
	fmt.Fprintf(&b, "\nSend OTLP to        %s\n", s.URL("collector"))
	b.WriteString("Check the path with .bin/neuroglia doctor" + elsewhere(s.Ports()))
	if len(missing) > 0 {
		b.WriteString(" --skip " + strings.Join(missing, ","))
	}
	b.WriteString("\nCtrl-C stops everything.\n\n")
	return b.String()
}

// elsewhere returns the doctor's flags for ports that are not the usual ones.
func elsewhere(p stack.Ports) string {
	if p == stack.DefaultPorts() {
		return ""
	}
	var flags strings.Builder
	for _, part := range []struct {
		flag string
		port int
	}{
		{"collector-grpc", p.OTLPGRPC}, {"collector-http", p.OTLPHTTP}, {"collector-health", p.CollectorHealth},
		{"prometheus", p.Prometheus}, {"loki", p.Loki}, {"tempo", p.Tempo}, {"grafana", p.Grafana},
	} {
		fmt.Fprintf(&flags, " --%s http://127.0.0.1:%d", part.flag, part.port)
	}
	return flags.String()
}
