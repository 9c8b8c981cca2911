package instrument_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// logged returns a logger that writes level, message and attributes, and what it has written.
func logged() (*slog.Logger, *bytes.Buffer) {
	var text bytes.Buffer
	return slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	})), &text
}

func TestLogWritesOneRecordOfALevelThatFits(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tt := range []struct {
		name string
		ctx  context.Context
		err  error
		want string
	}{
		{"success", t.Context(), nil, `level=DEBUG msg="command handled" id=7`},
		{"refusal", t.Context(), fault.New(fault.Rejected, "closed"),
			`level=INFO msg="command rejected" id=7 neuroglia.outcome=rejected neuroglia.reason=closed`},
		{"the caller gave up", ended, context.Canceled,
			`level=INFO msg="command canceled" id=7 neuroglia.outcome=canceled neuroglia.reason="context canceled"`},
		{"failure", t.Context(), fmt.Errorf("cook: %w", errors.New("no oven")),
			`level=ERROR msg="command failed" id=7 error.type=*errors.errorString exception.type=*errors.errorString ` +
				`exception.message="cook: no oven"`},
	} {
		logger, text := logged()
		err := instrument.Log(tt.ctx, logger, "command", []slog.Attr{slog.Int("id", 7)}, instrument.OutcomeOf(tt.ctx, tt.err), tt.err)
		if got := strings.TrimSpace(text.String()); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, got, tt.want)
		}
		if !errors.Is(err, tt.err) || telemetry.Recorded(err) != (tt.name == "failure") {
			t.Errorf("%s: Log() = %v, recorded %v, want the error, marked if it is a failure",
				tt.name, err, telemetry.Recorded(err))
		}
		if _ = instrument.Log(tt.ctx, logger, "request", nil, instrument.OutcomeOf(tt.ctx, err), err); tt.name == "failure" &&
			strings.Contains(text.String(), "request") {
			t.Errorf("a failure was logged twice: %s", text)
		}
	}
}

func TestLogWarnsOfWhatWillBeTriedAgain(t *testing.T) {
	t.Parallel()
	logger, text := logged()
	attrs := instrument.Retry(instrument.NoSpan(), 2, 1500*time.Millisecond)
	err := instrument.Log(t.Context(), logger, "event", attrs, instrument.Retried, errors.New("no oven"))
	want := `level=WARN msg="event retried" neuroglia.attempt=2 neuroglia.retry.wait=1.5 neuroglia.outcome=retried ` +
		`error.type=*errors.errorString exception.type=*errors.errorString exception.message="no oven"`
	if got := strings.TrimSpace(text.String()); got != want {
		t.Errorf("\ngot  %s\nwant %s", got, want)
	}
	if telemetry.Recorded(err) {
		t.Error("the error is marked as recorded, which would hide the failure that may follow")
	}
}

func TestLogWritesTheStackOfAPanic(t *testing.T) {
	t.Parallel()
	logger, text := logged()
	_ = instrument.Log(t.Context(), logger, "command", nil, instrument.Failure, panicking("no oven"))
	for _, want := range []string{"error.type=panic", "exception.stacktrace=", "instrument_test.panicking("} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("logged %s, want %s in it", text, want)
		}
	}
}
