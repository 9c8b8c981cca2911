package mongorepo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// DB is an open database. It is safe for concurrent use.
type DB struct {
	client   *mongo.Client
	pools    *pools
	database *mongo.Database
	lease    *leases
	closed   atomic.Bool

	mu    sync.Mutex
	names map[string]struct{} // the collections that are known
	read  time.Time           // when the names were read
	last  time.Time           // of creation
}

type config struct {
	telemetry telemetry.Providers
	lease     time.Duration
	existing  bool
}

// Option changes a default of [Open].
type Option func(*config)

// WithTelemetry sends the spans and metrics of commands to p. Defaults to OpenTelemetry's globals.
func WithTelemetry(p telemetry.Providers) Option { return func(c *config) { c.telemetry = p } }

// WithLease sets how long this process has an entry of the outbox for itself. It must be much longer than the clocks of
// processes are apart: leases are measured by them. Defaults to [outbox.Lease].
func WithLease(d time.Duration) Option { return func(c *config) { c.lease = d } }

// Existing opens a database as it is, for tools: one that has no aggregates of this framework is refused, and nothing is made.
func Existing() Option { return func(c *config) { c.existing = true } }

// patience is how long an operation waits for a server that can be used, if the URL does not say otherwise.
const patience = 5 * time.Second

// Open opens the database at a URL:
//
//	mongodb://127.0.0.1:27017/mario              one server
//	mongodb://a,b,c/mario?replicaSet=rs0         a replica set
//	mongodb+srv://cluster.example.com/mario      servers that DNS knows
//
// The URL may have all that MongoDB's drivers know but where to read: it is the primary, and a change that was saved is on
// a majority of servers, in their journals.
func Open(ctx context.Context, url string, opts ...Option) (*DB, error) {
	c := config{lease: outbox.Lease}
	for _, option := range opts {
		option(&c)
	}
	place, err := parseURL(url)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	providers := c.telemetry.OrGlobal()
	pools := newPools(providers)
	client, err := mongo.Connect(clientOptions(place).SetMonitor(monitor(providers)).
		SetPoolMonitor(&event.PoolMonitor{Event: pools.happened}))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", place, err), pools.close())
	}
	db := &DB{
		client: client, pools: pools, database: client.Database(place.database), lease: newLeases(c.lease),
		names: map[string]struct{}{},
	}
	err = db.Check(ctx)
	switch {
	case err != nil:
	case c.existing:
		err = db.known(ctx)
	default:
		err = db.prepare(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", place, err), db.Close())
	}
	return db, nil
}

func clientOptions(place place) *options.ClientOptions {
	journal := true
	majority := writeconcern.Majority()
	majority.Journal = &journal
	o := options.Client().SetServerSelectionTimeout(patience).SetConnectTimeout(patience).ApplyURI(place.url).
		SetWriteConcern(majority).SetReadConcern(readconcern.Majority()).SetReadPreference(readpref.Primary())
	if o.AppName == nil {
		o.SetAppName("neuroglia")
	}
	return o
}

// Check asks the database for a sign of life. It returns an error of kind fault.Unavailable if there is none.
func (db *DB) Check(ctx context.Context) error {
	if err := db.client.Ping(ctx, readpref.Primary()); err != nil {
		return fmt.Errorf("check database: %w", db.classify(ctx, err))
	}
	return nil
}

// Close closes the connections. Operations that have begun end first, unless they take long; later ones return an error
// of kind fault.Unavailable.
func (db *DB) Close() error {
	if db.closed.Swap(true) {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := errors.Join(db.client.Disconnect(ctx), db.pools.close()); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

// classify gives the errors of a database that cannot be used now the kind fault.Unavailable, and makes an operation
// that ended with its context say so. It leaves other errors as they are.
func (db *DB) classify(ctx context.Context, err error) error {
	if _, classified := errors.AsType[*fault.Error](err); err == nil || classified {
		return err
	}
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	case db.closed.Load() || unavailable(err):
		return fault.New(fault.Unavailable, "the database cannot be used now: %w", err)
	}
	return err
}

// unavailable reports whether a database that answered so, or did not answer, may answer otherwise later.
func unavailable(err error) bool {
	if errors.Is(err, mongo.ErrClientDisconnected) || mongo.IsNetworkError(err) || mongo.IsTimeout(err) {
		return true
	}
	server, ok := errors.AsType[mongo.ServerError](err)
	return ok && (server.HasErrorLabel("RetryableWriteError") || slices.ContainsFunc(passing(), server.HasErrorCode))
}

// passing are the codes of a server that is interrupted, no longer the primary, shutting down, without a majority or
// without space on its disk.
func passing() []int {
	return []int{6, 7, 64, 89, 91, 100, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 14031}
}

// created returns the time of a creation. Those of one process are strictly increasing.
func (db *DB) created() time.Time {
	db.mu.Lock()
	defer db.mu.Unlock()
	if now := time.Now().UTC(); now.After(db.last) {
		db.last = now
	} else {
		db.last = db.last.Add(time.Nanosecond)
	}
	return db.last
}
