// Package storage keeps the pizzeria's aggregates where DATABASE_URL says.
package storage

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/memrepo"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/customer"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/kitchen"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/menu"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// Storage is the stores of all aggregates.
type Storage struct {
	Orders    repository.Store[order.Order]
	Menu      repository.Store[menu.Pizza]
	Kitchens  repository.Store[kitchen.Kitchen]
	Customers repository.Store[customer.Customer]

	db *sqlrepo.DB // nil in memory
}

// Open opens the storage at a URL: "memory:" or one that sqlrepo.Open takes, such as "sqlite:data/mario.db".
func Open(ctx context.Context, url string) (*Storage, error) {
	s := &Storage{}
	if url != "memory:" {
		if !strings.HasPrefix(url, "sqlite:") { // the URL may hold a password, so it is not repeated
			return nil, errors.New("DATABASE_URL is of no kind that is known: use memory: or sqlite:FILE, such as sqlite:data/mario.db")
		}
		var err error
		if s.db, err = sqlrepo.Open(ctx, url); err != nil {
			return nil, fmt.Errorf("DATABASE_URL: %w", err)
		}
	}
	var errs [4]error
	s.Orders, errs[0] = open(ctx, s.db, repository.Schema[order.Order]{
		Name: "orders", Fields: map[string]func(*order.Order) string{
			"status":      func(o *order.Order) string { return string(o.Status()) },
			"customer_id": (*order.Order).CustomerID,
		},
	})
	s.Menu, errs[1] = open(ctx, s.db, repository.Schema[menu.Pizza]{Name: "pizzas"})
	s.Kitchens, errs[2] = open(ctx, s.db, repository.Schema[kitchen.Kitchen]{Name: "kitchens"})
	s.Customers, errs[3] = open(ctx, s.db, repository.Schema[customer.Customer]{Name: "customers"})
	if err := errors.Join(errs[:]...); err != nil {
		return nil, errors.Join(err, s.Close(ctx))
	}
	return s, nil
}

func open[A any](ctx context.Context, db *sqlrepo.DB, schema repository.Schema[A]) (repository.Store[A], error) {
	if db == nil {
		return memrepo.New(schema), nil
	}
	return sqlrepo.New(ctx, db, schema)
}

// Check reports whether the storage answers.
func (s *Storage) Check(ctx context.Context) error {
	if s.db == nil {
		return nil
	}
	return s.db.Check(ctx)
}

// Close releases the storage.
func (s *Storage) Close(context.Context) error {
	if s.db == nil {
		return nil
	}
	return s.db.Close()
}
