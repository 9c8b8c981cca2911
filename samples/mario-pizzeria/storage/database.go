package storage

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/memrepo"
	"github.com/neuroglia-go/neuroglia/repository/mongorepo"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
)

// database is what all stores share.
type database interface {
	Outbox() outbox.Log
	Check(ctx context.Context) error
	Close() error
}

// connect opens the database at a URL, which may hold a password, so that it is not repeated.
func connect(ctx context.Context, url string) (database, error) {
	var db database
	var err error
	switch scheme, _, _ := strings.Cut(url, ":"); {
	case url == "memory:":
		return memory{log: memrepo.NewOutbox(0)}, nil
	case scheme == "sqlite" || scheme == "postgres" || scheme == "postgresql":
		var opened sql
		opened.DB, err = sqlrepo.Open(ctx, url)
		db = opened
	case scheme == "mongodb" || scheme == "mongodb+srv":
		var opened documents
		opened.DB, err = mongorepo.Open(ctx, url)
		db = opened
	default:
		err = errors.New("use memory:, sqlite:FILE such as sqlite:data/mario.db, postgres://HOST/DATABASE or mongodb://HOST/DATABASE")
	}
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	return db, nil
}

// open opens the store of one kind of aggregate.
func open[A any](ctx context.Context, db database, schema repository.Schema[A]) (repository.Store[A], error) {
	switch db := db.(type) {
	case memory:
		return memrepo.New(schema, memrepo.WithOutbox(db.log)), nil
	case sql:
		return sqlrepo.New(ctx, db.DB, schema)
	case documents:
		return mongorepo.New(ctx, db.DB, schema)
	}
	return nil, fmt.Errorf("no store for %T", db)
}

type memory struct{ log *memrepo.Outbox }

func (m memory) Outbox() outbox.Log        { return m.log }
func (memory) Check(context.Context) error { return nil }
func (memory) Close() error                { return nil }

type sql struct{ *sqlrepo.DB }

// Outbox is where its stores keep events.
func (s sql) Outbox() outbox.Log { return s.DB.Outbox() }

type documents struct{ *mongorepo.DB }

// Outbox is where its stores keep events.
func (d documents) Outbox() outbox.Log { return d.DB.Outbox() }
