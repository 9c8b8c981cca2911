package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/neuroglia-go/neuroglia/cmd/neuroglia/letters"
	"github.com/neuroglia-go/neuroglia/repository/mongorepo"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
)

// openOutbox opens the outbox of a service's database. It makes and changes nothing, and its errors hold no password.
func openOutbox(ctx context.Context, url string) (letters.Outbox, func() error, error) {
	scheme, rest, _ := strings.Cut(url, ":")
	switch scheme {
	case "sqlite":
		if _, err := os.Stat(rest); errors.Is(err, fs.ErrNotExist) {
			return nil, nil, fmt.Errorf("there is no database %s: is this the folder that the service runs in?", rest)
		}
		fallthrough
	case "postgres", "postgresql":
		db, err := sqlrepo.Open(ctx, url, sqlrepo.Existing())
		if err != nil {
			return nil, nil, err
		}
		return db.Outbox(), db.Close, nil
	case "mongodb", "mongodb+srv":
		db, err := mongorepo.Open(ctx, url, mongorepo.Existing())
		if err != nil {
			return nil, nil, err
		}
		return db.Outbox(), db.Close, nil
	case "memory":
		return nil, nil, errors.New("a database in memory is inside its service: nobody else can see it")
	}
	return nil, nil, errors.New("the database is of no kind that is known: " +
		"use sqlite:FILE, postgres://HOST/DATABASE or mongodb://HOST/DATABASE")
}
