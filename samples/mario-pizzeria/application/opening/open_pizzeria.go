// Package opening is what happens before the first customer of the day.
package opening

import (
	"context"
	"errors"
	"fmt"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/kitchen"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/menu"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// OpenPizzeria sees to it that there is a menu and a kitchen, and that no oven is taken by an order that is not cooking,
// which a process that died may have left so. It may be sent any number of times.
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
	k, err := h.Kitchens.Get(ctx, kitchen.ID)
	if fault.KindOf(err) == fault.NotFound {
		return added(h.Kitchens.Add(ctx, kitchen.New()))
	}
	if err != nil {
		return err
	}
	return h.freeOvens(ctx, k.Cooking())
}

func (h Handlers) printMenu(ctx context.Context) error {
	page, err := h.Menu.List(ctx, repository.Query{Limit: 1})
	if err != nil || len(page.Items) > 0 {
		return err
	}
	for _, pizza := range menu.First() {
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

func (h Handlers) freeOvens(ctx context.Context, cooking []string) error {
	var idle []string
	for _, id := range cooking {
		o, err := h.Orders.Get(ctx, id)
		switch {
		case fault.KindOf(err) == fault.NotFound, err == nil && o.Status() != order.Cooking:
			idle = append(idle, id)
		case err != nil:
			return err
		}
	}
	if len(idle) == 0 {
		return nil
	}
	return h.Kitchens.Update(ctx, kitchen.ID, func(k *kitchen.Kitchen) error {
		for _, id := range idle {
			k.Release(id)
		}
		return nil
	})
}
