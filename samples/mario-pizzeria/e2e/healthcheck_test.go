package e2e_test

import (
	"strings"
	"testing"
	"time"
)

func TestHealthcheckSaysWhetherThePizzeriaIsReady(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	p := start(t, "OTEL_SDK_DISABLED=true", "DATABASE_URL=memory:", "HTTP_ADDR="+address)
	_, port, _ := strings.Cut(address, ":")
	tests := map[string]struct {
		env, args, says string
		code            int
	}{
		"ready":            {args: "--url " + p.url + "/readyz"},
		"this environment": {env: "HTTP_ADDR=" + address},
		"all addresses":    {env: "HTTP_ADDR=:" + port},
		"IPv6 too":         {env: "HTTP_ADDR=[::]:" + port},
		"not ready":        {args: "--url " + p.url + "/nowhere", says: "404", code: 1},
		"nothing there":    {args: "--url http://" + freeAddress(t), says: "refused", code: 1},
		"no answer":        {args: "--url http://" + blackHole(t), says: "no answer within 2 s", code: 1},
		"any port":         {says: "--url", code: 1},
		"no URL":           {args: "--url ready", says: "http://", code: 1},
		"unknown word":     {args: "now", says: "now", code: 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			stderr, code := fails(t, append([]string{"healthcheck"}, strings.Fields(test.args)...), test.env)
			if code != test.code || !strings.Contains(stderr, test.says) || strings.Count(stderr, "\n") != code%2 && code < 2 {
				t.Errorf("got exit code %d, want %d and %q:\n%s", code, test.code, test.says, stderr)
			}
			if took := time.Since(begin); took > 4*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

// fails runs the program with arguments until it ends, and returns what it says.
func fails(t *testing.T, args []string, env ...string) (stderr string, code int) {
	t.Helper()
	cmd := command(t, env...)
	cmd.Args = append(cmd.Args, args...)
	var said strings.Builder
	cmd.Stderr = &said
	kill := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	code = exitCode(cmd.Run())
	return said.String(), code
}
