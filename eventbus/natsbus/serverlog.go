package natsbus

import (
	"fmt"
	"log/slog"
	"sync/atomic"

	"github.com/nats-io/nats-server/v2/server"
)

// serverLog is what an embedded server logs, as far as it matters to people.
type serverLog struct {
	logger *slog.Logger
	text   atomic.Value // of the last error
	fatal  atomic.Bool  // the server cannot go on
}

var _ server.Logger = (*serverLog)(nil)

func (l *serverLog) Noticef(string, ...any) {}
func (l *serverLog) Debugf(string, ...any)  {}
func (l *serverLog) Tracef(string, ...any)  {}

func (l *serverLog) Warnf(format string, args ...any) {
	l.logger.Warn("NATS server: " + fmt.Sprintf(format, args...))
}

func (l *serverLog) Errorf(format string, args ...any) {
	l.text.Store(fmt.Sprintf(format, args...))
	l.logger.Error("NATS server: " + fmt.Sprintf(format, args...))
}

func (l *serverLog) Fatalf(format string, args ...any) {
	l.Errorf(format, args...)
	l.fatal.Store(true)
}

func (l *serverLog) last() string {
	if text, ok := l.text.Load().(string); ok {
		return text
	}
	return "it says nothing"
}
