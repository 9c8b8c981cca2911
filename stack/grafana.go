package stack

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"strconv"
)

// grafanaPart runs a Grafana of the PATH.
func grafanaPart(c Config, program string) part {
	home := grafanaData(c)
	provisioning := filepath.Join(home, "provisioning")
	dashboards := filepath.Join(c.Root, "deployment", "grafana", "dashboards", "json")
	arguments := []string{
		"cfg:server.http_addr=127.0.0.1",
		"cfg:server.http_port=" + strconv.Itoa(c.Ports.Grafana),
		"cfg:paths.data=" + filepath.Join(home, "data"),
		"cfg:paths.logs=" + filepath.Join(home, "logs"),
		"cfg:paths.plugins=" + filepath.Join(home, "plugins"),
		"cfg:paths.provisioning=" + provisioning,
	}
	if found := grafanaHome(program); found != "" {
		arguments = append([]string{"--homepath", found}, arguments...)
	}
	if filepath.Base(program) == "grafana" {
		arguments = append([]string{"server"}, arguments...)
	}
	command := edits{"/etc/grafana/provisioning/dashboards/json", dashboards}
	written := map[string]string{}
	if c.Profile == "prod" {
		password := passwordFile(c)
		command = append(command, "/run/secrets/grafana_admin_password", password)
		written["password"] = secret(password)
		// Only the image knows the variable that names a file.
		arguments = append(arguments, "cfg:security.admin_password=$__file{"+password+"}")
	}
	return part{
		name: "grafana", program: program, service: "grafana", folder: filepath.Base(home),
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
		command: command,
		written: written,
		more:    arguments,
		url:     "http://" + local(c.Ports.Grafana), ready: "http://" + local(c.Ports.Grafana) + "/api/health",
	}
}

// grafanaData is a folder for each profile: Grafana takes the password when it makes its database, which in development is
// made without.
func grafanaData(c Config) string {
	if c.Profile == "prod" {
		return filepath.Join(c.Data, "grafana-prod")
	}
	return filepath.Join(c.Data, "grafana")
}

func passwordFile(c Config) string { return filepath.Join(grafanaData(c), "password") }

// secret returns what a file holds, or something random if it is not there: Grafana keeps the password of its first start.
func secret(file string) string {
	if text, err := os.ReadFile(file); err == nil { //nolint:gosec // a file of ours
		return string(text)
	}
	return rand.Text()
}

// grafanaHome returns the folder of the files that Grafana brings: GRAFANA_HOME, or beside the program, or where packages
// put it; empty if it is none of these, and Grafana must know.
func grafanaHome(program string) string {
	if home := os.Getenv("GRAFANA_HOME"); home != "" {
		return home
	}
	candidates := []string{"/usr/share/grafana"}
	if resolved, err := filepath.EvalSymlinks(program); err == nil {
		candidates = append([]string{filepath.Dir(filepath.Dir(resolved))}, candidates...)
	}
	for _, home := range candidates {
		if _, err := os.Stat(filepath.Join(home, "conf", "defaults.ini")); err == nil {
			return home
		}
	}
	return ""
}
