package storage

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/memrepo"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
)

// connect opens the database at a URL, which may hold a password, so that it is not repeated.
func connect(ctx context.Context, url string) (database, error) {
	switch scheme, _, _ := strings.Cut(url, ":"); {
	case url == "memory:":
		return memory{outbox: memrepo.NewOutbox(0)}, nil
	case scheme == "sqlite":
		db, err := sqlrepo.Open(ctx, url)
		if err != nil {
			return nil, fmt.Errorf("DATABASE_URL: %w", err)
		}
		return sql{db}, nil
	}
	return nil, errors.New("DATABASE_URL is of no kind that is known: use memory: or sqlite:FILE, such as sqlite:data/mario.db")
}

// open opens the store of one kind of aggregate.
func open[A any](ctx context.Context, db database, schema repository.Schema[A]) (repository.Store[A], error) {
	switch db := db.(type) {
	case memory:
		return memrepo.New(schema, memrepo.WithOutbox(db.outbox)), nil
	case sql:
		return sqlrepo.New(ctx, db.DB, schema)
	}
	return nil, fmt.Errorf("no store for %T", db)
}

type memory struct{ outbox *memrepo.Outbox }

func (m memory) Outbox() outbox.Log        { return m.outbox }
func (memory) Check(context.Context) error { return nil }
func (memory) Close(context.Context) error { return nil }

type sql struct{ *sqlrepo.DB }

// Outbox is where its stores keep events.
func (s sql) Outbox() outbox.Log { return s.DB.Outbox() }

// Close closes the connections.
func (s sql) Close(context.Context) error {
	return s.DB.Close()
}
