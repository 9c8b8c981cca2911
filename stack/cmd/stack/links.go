package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/neuroglia-go/neuroglia/stack"
)

// links says what there is to open, and what to do next.
func links(s *stack.Stack) string {
	var b strings.Builder
	b.WriteString("\nOpen:\n")
	var missing []string
	// A Prometheus that is built from its module has no pages, only its API.
	for _, link := range []struct{ part, what, path string }{
		{"grafana", "dashboards", "/dashboards"},
		{"grafana", "alerts", "/alerting/list"},
		{"mario-pizzeria", "Mario's Pizzeria", "/api/docs"},
		{"prometheus", "API of alerts", "/api/v1/alerts"},
		{"prometheus", "API of metrics", "/api/v1/query?query=up"},
		{"tempo", "", ""},
	} {
		switch url := s.URL(link.part); {
		case url == "" && link.part != "mario-pizzeria":
			missing = append(missing, link.part)
		case url != "" && link.what != "":
			fmt.Fprintf(&b, "  %-19s %s\n", link.what, url+link.path)
		}
	}
	if file := s.PasswordFile(); file != "" {
		fmt.Fprintf(&b, "\nGrafana asks for a password: the user is admin, the password is in %s\n", file)
		fmt.Fprintf(&b, "For doctor: export NEUROGLIA_GRAFANA_USER=admin NEUROGLIA_GRAFANA_PASSWORD=\"$(cat '%s')\"\n", file)
	}
	fmt.Fprintf(&b, "\nSend OTLP to        %s\n", s.URL("collector"))
	b.WriteString("Check the path with .bin/neuroglia doctor" + elsewhere(s.Ports()))
	if missing = slices.Compact(missing); len(missing) > 0 {
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
