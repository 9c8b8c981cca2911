// Package opening is what happens before the first customer of the day.
package opening

import (
	"context"
	"errors"
	"fmt"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/kitchen"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/menu"
)

// OpenPizzeria sees to it that there is a menu and a kitchen. It may be sent any number of times.
type OpenPizzeria struct {
	mediator.Command[mediator.None]
}

// Handlers are the handlers of this package's messages.
type Handlers struct {
	application.Repositories
}

// Register gives the handlers to the mediator.
func Register(m *mediator.Mediator, h Handlers) {
	mediator.HandleNone(m, h.openPizzeria)
}

func (h Handlers) openPizzeria(ctx context.Context, _ OpenPizzeria) error {
	if err := h.printMenu(ctx); err != nil {
		return fmt.Errorf("print the menu: %w", err)
	}
	there, err := h.Kitchens.Contains(ctx, kitchen.ID)
	if err != nil || there {
		return err
	}
	return added(h.Kitchens.Add(ctx, kitchen.New()))
}

// printMenu adds what the menu lacks: a process may have died while it printed.
func (h Handlers) printMenu(ctx context.Context) error {
	printed := map[string]bool{}
	for pizza, err := range h.Menu.All(ctx, nil) {
		if err != nil {
			return err
		}
		printed[pizza.ID()] = true
	}
	for _, pizza := range menu.First() {
		if printed[pizza.ID()] {
			continue
		}
		if err := added(h.Menu.Add(ctx, pizza)); err != nil {
			return err
		}
	}
	return nil
}

// added takes it for done if another process was faster.
func added(err error) error {
	if errors.Is(err, repository.ErrExists) {
		return nil
	}
	return err
}
