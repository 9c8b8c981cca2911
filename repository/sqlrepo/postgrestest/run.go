package postgrestest

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Run starts a server for a program that is no test.
func Run() (*Server, error) { return start() }

// Close ends the server and removes its folder.
func (s *Server) Close() { s.close() }

// NewSchema returns the URL of an empty schema.
func (s *Server) NewSchema(ctx context.Context) (string, error) {
	name := "test_" + strings.ToLower(rand.Text())
	connection, err := pgx.Connect(ctx, s.URL())
	if err != nil {
		return "", fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer func() { _ = connection.Close(ctx) }()
	if _, err := connection.Exec(ctx, "CREATE SCHEMA "+name); err != nil {
		return "", fmt.Errorf("make a schema: %w", err)
	}
	return fmt.Sprintf("%s?search_path=%s", s.URL(), name), nil
}
