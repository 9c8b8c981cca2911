package stack

import (
	"os"
	"path/filepath"
	"strconv"
)

// grafanaPart runs a Grafana of the PATH. It needs its own files beside the program, or GRAFANA_HOME to say where.
func grafanaPart(c Config, program string) part {
	home := filepath.Join(c.Data, "grafana")
	provisioning := filepath.Join(home, "provisioning")
	dashboards := filepath.Join(c.Root, "deployment", "grafana", "dashboards", "json")
	arguments := []string{
		"--homepath", grafanaHome(program),
		"cfg:server.http_addr=127.0.0.1",
		"cfg:server.http_port=" + strconv.Itoa(c.Ports.Grafana),
		"cfg:paths.data=" + filepath.Join(home, "data"),
		"cfg:paths.logs=" + filepath.Join(home, "logs"),
		"cfg:paths.plugins=" + filepath.Join(home, "plugins"),
		"cfg:paths.provisioning=" + provisioning,
	}
	if filepath.Base(program) == "grafana" {
		arguments = append([]string{"server"}, arguments...)
	}
	return part{
		name: "grafana", program: program, service: "grafana",
		files: []file{
			{"grafana/datasources/datasources.yaml", "provisioning/datasources/datasources.yaml", edits{
				"http://prometheus:9090", "http://" + local(c.Ports.Prometheus),
				"http://loki:3100", "http://" + local(c.Ports.Loki),
				"http://tempo:3200", "http://" + local(c.Ports.Tempo),
			}},
			{"grafana/dashboards/dashboards.yaml", "provisioning/dashboards/dashboards.yaml", edits{
				"/etc/grafana/provisioning/dashboards/json", quoted(dashboards),
			}},
		},
		folders: []string{"provisioning/plugins", "provisioning/alerting", "provisioning/notifiers", "plugins"},
		command: edits{"/etc/grafana/provisioning/dashboards/json", dashboards},
		more:    arguments,
		url:     "http://" + local(c.Ports.Grafana), ready: "http://" + local(c.Ports.Grafana) + "/api/health",
	}
}

func grafanaHome(program string) string {
	if home := os.Getenv("GRAFANA_HOME"); home != "" {
		return home
	}
	if resolved, err := filepath.EvalSymlinks(program); err == nil {
		if beside := filepath.Dir(filepath.Dir(resolved)); exists(filepath.Join(beside, "conf", "defaults.ini")) {
			return beside
		}
	}
	return "/usr/share/grafana"
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
