package badday_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestAFullDiskOfTheQueueIsSeenAndHurtsNobody lets no file of the collector grow beyond a size while Loki is down: what finds
// no room is refused with the reason, it is an alert, and when Loki is back all that was acknowledged is there.
func TestAFullDiskOfTheQueueIsSeenAndHurtsNobody(t *testing.T) {
	t.Parallel()
	files := changed(t)
	program := filepath.Join(files, ".bin", "collector")
	if err := os.Remove(program); err != nil {
		t.Fatal(err)
	}
	write(t, program, fmt.Sprintf("#!/bin/sh\nulimit -f 8192 && exec '%s' \"$@\"\n", filepath.Join(root(t), ".bin", "collector")), 0o700)
	s := start(t, files, freePorts(t), "tempo", "grafana")
	loki := s.Process("loki")
	if err := loki.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	began, taken, refused := time.Now(), 0, 0
	text := strings.Repeat("x", recordSize)
	eventually(t, "the full disk is an alert", time.Minute, func() bool {
		switch code, answer := post(t, s, "/v1/logs", items(100, time.Now(), text)["/v1/logs"]); {
		case code == http.StatusOK:
			taken += 100
		case code == http.StatusServiceUnavailable && strings.Contains(answer, "file too large"):
			refused += 100
		default:
			t.Fatalf("the collector answers %d: %s", code, answer)
		}
		return alarms(t, s, "CollectorQueueFull")["logs"]
	})
	if err := loki.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	found := func() int {
		return len(lines(t, s, `{service_name="badday"} | line_format "{{ trunc 10 __line__ }}"`, began, time.Now()))
	}
	eventually(t, "all that was acknowledged is in Loki", time.Minute, func() bool { return found() >= taken })
	t.Logf("%d log records were taken and %d refused; %d are in Loki", taken, refused, found())
	eventually(t, "there is room again", time.Minute, func() bool {
		code, _ := post(t, s, "/v1/logs", items(100, time.Now(), text)["/v1/logs"])
		return code == http.StatusOK
	})
}
