// Package storage keeps the pizzeria's aggregates, and the events they raise, where DATABASE_URL says.
package storage

import (
	"context"
	"errors"
	"fmt"

	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/customer"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/kitchen"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/menu"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/notification"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// Storage is the stores of all aggregates.
type Storage struct {
	Orders        repository.Store[order.Order]
	Menu          repository.Store[menu.Pizza]
	Kitchens      repository.Store[kitchen.Kitchen]
	Customers     repository.Store[customer.Customer]
	Notifications repository.Store[notification.Notifications]

	database database
}

// Open opens the storage at a URL: "memory:", or one that sqlrepo or mongorepo
// opens, such as "sqlite:data/mario.db".
func Open(ctx context.Context, url string) (*Storage, error) {
	db, err := connect(ctx, url)
	if err != nil {
		return nil, err
	}
	s := &Storage{database: db}
	var errs [5]error
	s.Orders, errs[0] = open(ctx, db, repository.Schema[order.Order]{
		Name: "orders", Fields: map[string]func(*order.Order) string{
			"status":      func(o *order.Order) string { return string(o.Status()) },
			"customer_id": (*order.Order).CustomerID,
		},
	})
	s.Menu, errs[1] = open(ctx, db, repository.Schema[menu.Pizza]{Name: "pizzas"})
	s.Kitchens, errs[2] = open(ctx, db, repository.Schema[kitchen.Kitchen]{Name: "kitchens"})
	s.Customers, errs[3] = open(ctx, db, repository.Schema[customer.Customer]{Name: "customers"})
	s.Notifications, errs[4] = open(ctx, db, repository.Schema[notification.Notifications]{Name: "notifications"})
	if err := errors.Join(errs[:]...); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", errors.Join(err, s.Close(ctx)))
	}
	return s, nil
}

// Outbox is where the stores keep events.
func (s *Storage) Outbox() outbox.Log { return s.database.Outbox() }

// Check reports whether the storage answers.
func (s *Storage) Check(ctx context.Context) error {
	return s.database.Check(ctx)
}

// Close releases the storage.
func (s *Storage) Close(context.Context) error {
	return s.database.Close()
}
