package natsbus

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/gofrs/flock"
	"github.com/nats-io/nats-server/v2/server"
)

// embedded is a NATS server in this process.
type embedded struct {
	*server.Server

	lock *flock.Flock
}

// startEmbedded starts a server that writes every event to disk before it acknowledges it: it has no replicas.
func startEmbedded(to target, logger *slog.Logger) (*embedded, error) {
	if err := os.MkdirAll(to.dir, 0o750); err != nil {
		return nil, fmt.Errorf("make the folder: %w", err)
	}
	lock := flock.New(filepath.Join(to.dir, "lock"))
	if free, err := lock.TryLock(); err != nil {
		return nil, fmt.Errorf("lock the folder: %w", err)
	} else if !free {
		return nil, errors.New("another process has it: let one process listen (nats:embedded?listen=127.0.0.1:4222) " +
			"and the others connect to it (nats://127.0.0.1:4222)")
	}
	opts := &server.Options{
		ServerName: "embedded", JetStream: true, StoreDir: to.dir, SyncAlways: true, NoSigs: true, DontListen: to.listen == "",
	}
	if to.listen != "" {
		host, port, err := net.SplitHostPort(to.listen)
		if err == nil {
			opts.Host = host
			opts.Port, err = strconv.Atoi(port)
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("listen on %s: %w", to.listen, err), lock.Unlock())
		}
	}
	e := &embedded{lock: lock}
	var err error
	if e.Server, err = server.NewServer(opts); err != nil {
		return nil, errors.Join(fmt.Errorf("set it up: %w", err), lock.Unlock())
	}
	log := &serverLog{logger: logger}
	e.SetLoggerV2(log, false, false, false)
	go e.Start()
	for range 100 {
		if e.ReadyForConnections(100 * time.Millisecond) {
			return e, nil
		}
		if log.fatal.Load() {
			break
		}
	}
	e.stop()
	return nil, fmt.Errorf("it does not start: %s", log.last())
}

func (e *embedded) stop() {
	e.Shutdown()
	e.WaitForShutdown()
	_ = e.lock.Unlock() // the end of the process does it too
}
