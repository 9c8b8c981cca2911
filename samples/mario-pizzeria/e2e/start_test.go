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
	nobody, file := freeAddress(t), filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("not a database, and longer than its header would be"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		env  string // more than one with spaces between
		says []string
	}{
		"port taken":               {"HTTP_ADDR=" + taken.Addr().String(), []string{taken.Addr().String(), "in use"}},
		"no address":               {"HTTP_ADDR=8080", []string{"HTTP_ADDR", "127.0.0.1:8080"}},
		"folder not writable":      {"DATABASE_URL=sqlite:/proc/mario/mario.db", []string{"DATABASE_URL", "/proc/mario"}},
		"folder is a file":         {"DATABASE_URL=sqlite:" + file + "/mario.db", []string{"DATABASE_URL", file}},
		"file is no database":      {"DATABASE_URL=sqlite:" + file, []string{"DATABASE_URL", file}},
		"unknown database":         {"DATABASE_URL=oracle://mario:s3cret@x", []string{"DATABASE_URL", "sqlite:"}},
		"postgres is down":         {"DATABASE_URL=postgres://mario:s3cret@" + nobody + "/mario", []string{"DATABASE_URL", nobody}},
		"nats is down":             {"BUS_URL=nats://mario:s3cret@" + nobody, []string{"BUS_URL", nobody}},
		"unknown bus":              {"BUS_URL=kafka://mario:s3cret@x", []string{"BUS_URL", "nats:embedded"}},
		"unknown crew":             {"CREW=robots", []string{"CREW", "hands or auto"}},
		"nothing tells the crew":   {"CREW=auto BUS_URL=http://mario:s3cret@x/events", []string{"CREW", "BUS_URL"}},
		"time without unit":        {"COOKING_TIME=3", []string{"COOKING_TIME", "3s"}},
		"negative time":            {"DELIVERY_TIME=-3s", []string{"DELIVERY_TIME", "3s"}},
		"unknown policy":           {"TRACE_EVENTS=none", []string{"TRACE_EVENTS", "same or link"}},
		"nobody hears the kitchen": {"--role=kitchen", []string{"--role kitchen", "BUS_URL", "nats://127.0.0.1:4222"}},
		"a broker for itself":      {"--role=kitchen BUS_URL=nats:embedded", []string{"--role kitchen", "nats:embedded?listen=127.0.0.1:4222"}},
		"nobody shares memory":     {"--role=api BUS_URL=nats://x DATABASE_URL=memory:", []string{"--role api", "DATABASE_URL"}},
		"limit is no number":       {"MAX_IN_FLIGHT=many", []string{"MAX_IN_FLIGHT", "250"}},
		"nobody is let in":         {"MAX_IN_FLIGHT=0", []string{"MAX_IN_FLIGHT", "-1"}},
		"payment without host":     {"PAYMENT_URL=payments", []string{"PAYMENT_URL"}},
		"unknown exporter":         {"OTEL_TRACES_EXPORTER=jaeger", []string{"OTEL_TRACES_EXPORTER", "jaeger", "otlp"}},
		"unknown protocol":         {"OTEL_EXPORTER_OTLP_PROTOCOL=soap", []string{"OTEL_EXPORTER_OTLP_PROTOCOL", "soap", "grpc"}},
		"unknown sampler":          {"OTEL_TRACES_SAMPLER=some", []string{"OTEL_TRACES_SAMPLER", "some"}},
		"unknown propagator":       {"OTEL_PROPAGATORS=pigeon", []string{"OTEL_PROPAGATORS", "pigeon"}},
		"interval is no number":    {"OTEL_METRIC_EXPORT_INTERVAL=often", []string{"OTEL_METRIC_EXPORT_INTERVAL", "often"}},
		"no configuration file":    {"OTEL_CONFIG_FILE=/nowhere.yaml", []string{"OTEL_CONFIG_FILE", "/nowhere.yaml"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := command(t)
			for word := range strings.FieldsSeq(test.env) {
				if strings.HasPrefix(word, "--") {
					cmd.Args = append(cmd.Args, word)
				} else {
					cmd.Env = append(cmd.Env, word)
				}
			}
			var stdout, stderr strings.Builder
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			kill := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() }) // if it serves after all
			defer kill.Stop()
			err := cmd.Run()
			if code := exitCode(err); code != 1 {
				t.Errorf("got exit code %d, want 1", code)
			}
			if n := strings.Count(stderr.String(), "\n"); n != 1 || !strings.HasPrefix(stderr.String(), "mario-") {
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
	for _, name := range []string{"HTTP_ADDR", "DATABASE_URL", "PAYMENT_URL", "OTEL_EXPORTER_OTLP_ENDPOINT", "127.0.0.1:8080", "--role", "BUS_URL",
		"CREW", "COOKING_TIME", "DELIVERY_TIME", "TRACE_EVENTS", "MAX_IN_FLIGHT"} {
		if !strings.Contains(string(help), name) {
			t.Errorf("%s is not in:\n%s", name, help)
		}
	}
	for _, argument := range []string{"--port=80", "--role=waiter", "kitchen"} {
		wrong := command(t)
		wrong.Args = append(wrong.Args, argument)
		if code := exitCode(wrong.Run()); code != 2 {
			t.Errorf("got exit code %d for %s, want 2", code, argument)
		}
	}
}

func exitCode(err error) int {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	return 0
}
