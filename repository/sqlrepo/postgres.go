package sqlrepo

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/stdlib"

	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/fault"
)

//go:embed migrations/postgres/*.sql
var postgresMigrations embed.FS

const (
	// startTimeout is how long Open waits for a server.
	startTimeout = 10 * time.Second
	// relayers is how many connections relay the outbox, besides the one that listens.
	relayers = 4
)

func postgres(migrations fs.FS) dialect {
	return dialect{
		system: "postgresql", migrations: migrations, kind: postgresKind, again: postgresAgain, status: postgresStatus,
		text: `TEXT COLLATE "C"`, document: "JSONB",
		columns: `SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1`,
		alone:   `SELECT pg_advisory_xact_lock(8102098936020919905)`,
		created: `neuroglia_created('%[1]s')`, settled: `SELECT neuroglia_settled($1)`,
		now:    `(extract(epoch FROM statement_timestamp()) * 1000000000)::bigint`,
		rows:   `jsonb_array_elements($%d::jsonb) AS e(value)`,
		among:  `%s = ANY(ARRAY(SELECT jsonb_array_elements_text($%d::jsonb)))`,
		find:   `strpos`,
		pick:   `id = ANY(ARRAY(%s FOR UPDATE SKIP LOCKED))`,
		busy:   `neuroglia_outbox_busy($2, $3)`,
		hold:   `pg_advisory_xact_lock(hashtextextended(aggregate_type || '|' || aggregate_id, 0))`,
		notify: `SELECT pg_notify('neuroglia_outbox', '')`,
	}
}

// openPostgres opens the pools, and waits until the server answers.
func openPostgres(ctx context.Context, p place, o options) (*DB, error) {
	migrations, err := fs.Sub(postgresMigrations, "migrations/postgres")
	if err != nil {
		return nil, fmt.Errorf("embedded migrations: %w", err)
	}
	config, err := postgresConfig(p)
	if err != nil {
		return nil, err
	}
	db := &DB{dialect: postgres(migrations)}
	db.telemetry = newInstruments(o.telemetry.OrGlobal(), db.dialect, semconv.DBNamespace(config.Database),
		semconv.ServerAddress(config.Host), semconv.ServerPort(int(config.Port)))
	pool := func(name string, config *pgx.ConnConfig, size int) *sql.DB {
		pool := db.pool(name, size, stdlib.GetConnector(*config))
		pool.SetConnMaxIdleTime(5 * time.Minute)
		pool.SetConnMaxLifetime(time.Hour)
		return pool
	}
	db.writer = pool("main", config, o.connections)
	db.reader, db.finder = db.writer, db.writer
	relay := config.Copy()
	// What became of a delivery may be lost with a server that crashes: then there is another one, as always after a crash.
	relay.RuntimeParams["synchronous_commit"] = "off"
	// Plans that were made when the outbox was small must not read all of it later.
	for _, way := range []string{"seqscan", "bitmapscan", "hashjoin", "mergejoin", "sort"} {
		relay.RuntimeParams["enable_"+way] = "off"
	}
	relay.RuntimeParams["jit"] = "off" // which takes plans without a choice for expensive ones
	db.relayer = pool("relay", relay, relayers)
	db.listen = listener(config)
	if err := db.reach(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// postgresConfig sets what the stores rely on.
func postgresConfig(p place) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(p.server)
	if err != nil {
		return nil, postgresRefusal(err)
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 5 * time.Second
	}
	for name, value := range map[string]string{
		"application_name": "neuroglia", "idle_in_transaction_session_timeout": "60s",
	} {
		if _, ok := config.RuntimeParams[name]; !ok {
			config.RuntimeParams[name] = value
		}
	}
	config.RuntimeParams["default_transaction_isolation"] = "read committed"
	// A caller that goes does not cost a connection: a short statement ends by itself, a long one is cancelled.
	config.BuildContextWatcherHandler = func(connection *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{
			Conn: connection, CancelRequestDelay: 50 * time.Millisecond, DeadlineDelay: 2 * time.Second,
		}
	}
	return config, nil
}

// postgresRefusal leaves out the connection string, which pgx quotes.
func postgresRefusal(err error) error {
	if parse := (*pgconn.ParseConfigError)(nil); errors.As(err, &parse) {
		text := strings.ReplaceAll(parse.Error(), "`"+parse.ConnString+"`", "the URL")
		if _, after, ok := strings.Cut(text, "`: "); ok {
			text = after
		}
		return fmt.Errorf("the URL is wrong: %s", text)
	}
	return errors.New("the URL is wrong")
}

// reach waits until the server answers, but not for one that refuses.
func (db *DB) reach(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	var last error
	for {
		err := db.writer.PingContext(ctx)
		if last == nil || ctx.Err() == nil {
			last = err
		}
		err = db.classify(context.Background(), last)
		if err == nil || fault.KindOf(err) != fault.Unavailable {
			return refusal(err)
		}
		select {
		case <-time.After(100*time.Millisecond + rand.N(100*time.Millisecond)):
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.Canceled) {
				return fmt.Errorf("%w: %s", ctx.Err(), oneLine(err))
			}
			return err
		}
	}
}

// refusal is the server's own word, without those about how it was reached.
func refusal(err error) error {
	if failed := (*pgconn.PgError)(nil); errors.As(err, &failed) {
		return fmt.Errorf("the server refuses: %w", failed)
	}
	return err
}

// postgresKind takes a lost connection, and a server that says it cannot do anything, for unavailable. Deadlocks and the
// like have been tried again by then.
func postgresKind(err error) fault.Kind {
	if failed := (*pgconn.PgError)(nil); errors.As(err, &failed) {
		switch class := failed.Code[:min(2, len(failed.Code))]; {
		case class == "08" || class == "53" || class == "57" || class == "58" ||
			failed.Code == "25006" || failed.Code == "55P03" || failed.Code == "25P03" || postgresAgain(err):
			return fault.Unavailable
		case failed.Code == "22021" || failed.Code == "22P05" || failed.Code == "54000":
			return fault.Invalid
		}
		return fault.Unexpected
	}
	var network net.Error
	var connecting *pgconn.ConnectError
	if errors.As(err, &network) || errors.As(err, &connecting) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || pgconn.SafeToRetry(err) || pgconn.Timeout(err) {
		return fault.Unavailable
	}
	return fault.Unexpected
}

// postgresAgain reports whether the server gave up the transaction for another one.
func postgresAgain(err error) bool {
	code := postgresStatus(err)
	return code == "40001" || code == "40P01"
}

// postgresStatus is the SQLSTATE.
func postgresStatus(err error) string {
	if failed := (*pgconn.PgError)(nil); errors.As(err, &failed) {
		return failed.Code
	}
	return ""
}
