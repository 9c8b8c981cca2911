package main

import (
	"context"

	"github.com/neuroglia-go/neuroglia/repository/sqlrepo/postgrestest"
)

// database is a PostgreSQL server.
type database struct{ *postgrestest.Server }

func startDatabase() (*database, error) {
	server, err := postgrestest.Run()
	return &database{server}, err
}

// fresh returns the URL of an empty schema.
func (d *database) fresh(ctx context.Context) (string, error) { return d.NewSchema(ctx) }

func (d *database) close() { d.Close() }
