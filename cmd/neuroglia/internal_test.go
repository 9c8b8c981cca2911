package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/cmd/neuroglia/doctor"
)

// neuroglia runs the program with variables of the environment.
func neuroglia(t *testing.T, env map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, func(name string) (string, bool) { v, ok := env[name]; return v, ok }, &out, &errs)
	return code, out.String(), errs.String()
}

// nowhere is the environment of a stack of which nothing runs.
func nowhere(t *testing.T) map[string]string {
	t.Helper()
	env := map[string]string{"NEUROGLIA_TIMEOUT": "5s"}
	for _, name := range []string{"COLLECTOR_GRPC", "COLLECTOR_HTTP", "COLLECTOR_HEALTH", "TEMPO", "PROMETHEUS", "LOKI", "GRAFANA"} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		env["NEUROGLIA_"+name] = "http://" + listener.Addr().String()
	}
	return env
}

func TestHelpAndVersionAreTold(t *testing.T) {
	t.Parallel()
	for command, want := range map[string]string{
		"help": "doctor   check the signal path", "--help": "Usage: neuroglia", "version": "neuroglia ",
		"help doctor": "-collector-grpc", "doctor --help": "NEUROGLIA_GRAFANA_PASSWORD",
	} {
		code, stdout, stderr := neuroglia(t, nil, strings.Fields(command)...)
		if code != exitOK || !strings.Contains(stdout, want) || stderr != "" {
			t.Errorf("%s: got %d, %q, %q; want 0 and %q", command, code, stdout, stderr, want)
		}
	}
}

func TestWrongUseIsTold(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args, want string
		env        map[string]string
	}{
		{args: "", want: "Usage: neuroglia COMMAND"},
		{args: "docter", want: `there is no command "docter"`},
		{args: "doctor --tempoo x", want: "flag provided but not defined: -tempoo"},
		{args: "doctor tempo", want: `there is no argument "tempo"`},
		{args: "doctor --skip temp", want: `there is no "temp", it takes health`},
		{args: "doctor --timeout soon", want: `invalid value "soon" for flag -timeout`},
		{args: "doctor --timeout 0s", want: "must be more than zero"},
		{args: "doctor --fresh 0s", want: "must be more than zero"},
		{args: "doctor --fresh -1m", want: "must be more than zero"},
		{args: "doctor --tempo 127.0.0.1:3200", want: "--tempo: give an address such as http://"},
		{args: "doctor", env: map[string]string{"NEUROGLIA_TIMEOUT": "soon"}, want: "NEUROGLIA_TIMEOUT: "},
		{args: "doctor", env: map[string]string{"OTEL_EXPORTER_OTLP_HEADERS": "token"}, want: "OTEL_EXPORTER_OTLP_HEADERS: give key=value"},
		{args: "doctor", env: map[string]string{"NEUROGLIA_GRAFANA_PASSWORD": "hidden"}, want: "--grafana-user"},
	} {
		code, stdout, stderr := neuroglia(t, test.env, strings.Fields(test.args)...)
		if code != exitUsage || stdout != "" || !strings.Contains(stderr, test.want) || strings.Contains(stderr, "hidden") {
			t.Errorf("%q: got %d, %q, %q; want 2 and %q", test.args, code, stdout, stderr, test.want)
		}
	}
}

func TestEachCheckIsALine(t *testing.T) {
	t.Parallel()
	env := nowhere(t)
	grafana := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"database":"ok","version":"13.0.0"}`)
	}))
	t.Cleanup(grafana.Close)
	env["NEUROGLIA_LOKI"] = "http://127.0.0.1:1" // the flag wins
	code, stdout, stderr := neuroglia(t, env, "doctor", "--loki", env["NEUROGLIA_TEMPO"], "--grafana", grafana.URL, "--skip", "app,prometheus")
	if code != exitFailed || stderr != "" {
		t.Errorf("got %d, %q on stderr; want 1 and nothing", code, stderr)
	}
	for _, want := range []string{
		`(?m)^✓ Grafana is healthy +\d\.\d\ds  13\.0\.0$`,
		`(?m)^- Prometheus is ready +skipped: --skip prometheus$`,
		`(?m)^· Tempo has the trace +not checked: this failed: the collector is healthy$`,
		`(?m)^✗ Loki is ready +\d\.\d\ds  Loki\n    nothing listens at ` + env["NEUROGLIA_TEMPO"] + ` .+\n    → start Loki, .+--loki$`,
		`(?m)^1 passed, \d failed, \d+ skipped, \d+ not checked, in \d\.\ds\. Run [0-9a-f]{12}, trace [0-9a-f]{32}\.$`,
	} {
		if !regexp.MustCompile(want).MatchString(stdout) {
			t.Errorf("no %s in:\n%s", want, stdout)
		}
	}
}

func TestTheReportIsTheOnlyOutputAsJSON(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := neuroglia(t, nowhere(t), "doctor", "--json")
	var report doctor.Report
	decoder := json.NewDecoder(strings.NewReader(stdout))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&report); err != nil || decoder.More() || code != exitFailed || stderr != "" {
		t.Fatalf("got %d, %v, %q", code, err, stdout+stderr)
	}
	if report.Schema != 1 || report.OK || len(report.Checks) < 20 {
		t.Errorf("got %+v", report)
	}
	code, _, stderr = neuroglia(t, nil, "doctor", "--json", "--skip", strings.Join(doctor.Parts(), ","))
	if code != exitUsage || !strings.Contains(stderr, "nothing was checked") {
		t.Errorf("with nothing to check, got %d and %q, want 2", code, stderr)
	}
}

func TestATerminalShowsWhatIsWaitedFor(t *testing.T) {
	t.Parallel()
	var terminal bytes.Buffer
	s := &screen{out: &terminal, progress: &terminal, began: time.Now()}
	s.Waiting("Tempo is ready")
	s.Told(doctor.Result{Title: "Tempo is ready", Status: doctor.Passed, Milliseconds: 1500, Detail: "3.0.3"})
	s.Told(doctor.Result{Title: "Loki is ready", Status: doctor.Skipped, Detail: "--skip loki"})
	want := "\r\x1b[K… Tempo is ready? (0s)\r\x1b[K" +
		"✓ Tempo is ready                               1.50s  3.0.3\n" +
		"- Loki is ready                                       skipped: --skip loki\n"
	if got := terminal.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestAnInterruptEndsTheRun(t *testing.T) {
	t.Parallel()
	env := nowhere(t)
	ctx, cancel := context.WithCancel(t.Context())
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		cancel()
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(store.Close)
	env["NEUROGLIA_TEMPO"], env["NEUROGLIA_TIMEOUT"] = store.URL, "10m"
	var out, errs bytes.Buffer
	code := run(ctx, []string{"doctor"}, func(name string) (string, bool) { v, ok := env[name]; return v, ok }, &out, &errs)
	if code != exitFailed || !strings.Contains(out.String(), "not checked: interrupted") ||
		!strings.Contains(out.String(), "\nInterrupted.\n") {
		t.Errorf("got %d and\n%s", code, out.String())
	}
}
