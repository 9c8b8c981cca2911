package browsing

import (
	"context"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/menu"
)

// GetMenu asks what there is to eat.
type GetMenu struct {
	mediator.Query[Menu]
}

// Menu is what there is to eat.
type Menu struct {
	Pizzas   []Pizza  `json:"pizzas"`
	Sizes    []string `json:"sizes"`
	Toppings []string `json:"toppings" doc:"extra toppings for any pizza"`
}

// Pizza is one entry of the menu.
type Pizza struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"`
	Price    application.Money `json:"price" doc:"for medium size"`
	Toppings []string          `json:"toppings"`
}

func (h Handlers) getMenu(ctx context.Context, _ GetMenu) (Menu, error) {
	answer := Menu{Pizzas: []Pizza{}, Sizes: []string{menu.Small, menu.Medium, menu.Large}, Toppings: menu.Extras()}
	for pizza, err := range h.Menu.All(ctx, nil) {
		if err != nil {
			return Menu{}, err
		}
		price, err := pizza.Price(menu.Medium, nil)
		if err != nil {
			return Menu{}, err
		}
		answer.Pizzas = append(answer.Pizzas, Pizza{
			ID: pizza.ID(), Name: pizza.Name(), Price: application.ViewMoney(price), Toppings: pizza.Toppings(),
		})
	}
	return answer, nil
}
