package e2e_test

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestWhatPreventsTheStartIsSaidInOneLine(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() })
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("not a database, and longer than its header would be"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		env  string
		says []string
	}{
		"port taken":            {"HTTP_ADDR=" + taken.Addr().String(), []string{taken.Addr().String(), "in use"}},
		"no address":            {"HTTP_ADDR=8080", []string{"HTTP_ADDR", "127.0.0.1:8080"}},
		"folder not writable":   {"DATABASE_URL=sqlite:/proc/mario/mario.db", []string{"DATABASE_URL", "/proc/mario"}},
		"folder is a file":      {"DATABASE_URL=sqlite:" + file + "/mario.db", []string{"DATABASE_URL", file}},
		"file is no database":   {"DATABASE_URL=sqlite:" + file, []string{"DATABASE_URL", file}},
		"unknown database":      {"DATABASE_URL=oracle://mario:s3cret@x", []string{"DATABASE_URL", "sqlite:"}},
		"payment without host":  {"PAYMENT_URL=payments", []string{"PAYMENT_URL"}},
		"unknown exporter":      {"OTEL_TRACES_EXPORTER=jaeger", []string{"OTEL_TRACES_EXPORTER", "jaeger", "otlp"}},
		"unknown protocol":      {"OTEL_EXPORTER_OTLP_PROTOCOL=soap", []string{"OTEL_EXPORTER_OTLP_PROTOCOL", "soap", "grpc"}},
		"unknown sampler":       {"OTEL_TRACES_SAMPLER=some", []string{"OTEL_TRACES_SAMPLER", "some"}},
		"unknown propagator":    {"OTEL_PROPAGATORS=pigeon", []string{"OTEL_PROPAGATORS", "pigeon"}},
		"interval is no number": {"OTEL_METRIC_EXPORT_INTERVAL=often", []string{"OTEL_METRIC_EXPORT_INTERVAL", "often"}},
		"no configuration file": {"OTEL_CONFIG_FILE=/nowhere.yaml", []string{"OTEL_CONFIG_FILE", "/nowhere.yaml"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := command(t, test.env)
			var stdout, stderr strings.Builder
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			kill := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() }) // if it serves after all
			defer kill.Stop()
			err := cmd.Run()
			if code := exitCode(err); code != 1 {
				t.Errorf("got exit code %d, want 1", code)
			}
			if n := strings.Count(stderr.String(), "\n"); n != 1 || !strings.HasPrefix(stderr.String(), "mario-pizzeria: ") {
				t.Errorf("got %d lines of standard error, want one:\n%s", n, stderr.String())
			}
			for _, what := range test.says {
				if !strings.Contains(stderr.String(), what) {
					t.Errorf("%q is not in: %s", what, stderr.String())
				}
			}
			if strings.Contains(stderr.String()+stdout.String(), "s3cret") {
				t.Error("it shows the password")
			}
			if strings.Contains(stdout.String(), `"msg":"ready"`) {
				t.Error("it served before it ended")
			}
		})
	}
}

func TestHelpListsEverySetting(t *testing.T) {
	t.Parallel()
	cmd := command(t)
	cmd.Args = append(cmd.Args, "--help")
	help, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"HTTP_ADDR", "DATABASE_URL", "PAYMENT_URL", "OTEL_EXPORTER_OTLP_ENDPOINT", "127.0.0.1:8080"} {
		if !strings.Contains(string(help), name) {
			t.Errorf("%s is not in:\n%s", name, help)
		}
	}
	wrong := command(t)
	wrong.Args = append(wrong.Args, "--port=80")
	if code := exitCode(wrong.Run()); code != 2 {
		t.Errorf("got exit code %d for an unknown argument, want 2", code)
	}
}

func exitCode(err error) int {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	return 0
}
