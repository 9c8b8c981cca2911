package menu_test

import (
	"testing"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/menu"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/money"
)

func TestThePriceFollowsSizeAndToppings(t *testing.T) {
	t.Parallel()
	margherita := menu.New("margherita", "Margherita", money.Cents(899))
	tests := map[string]struct {
		size     string
		toppings []string
		price    string // empty if it is refused
		field    string
	}{
		"small":             {size: menu.Small, price: "7.19"},
		"medium":            {size: menu.Medium, price: "8.99"},
		"large with cheese": {size: menu.Large, toppings: []string{"cheese"}, price: "13.44"},
		"unknown size":      {size: "huge", field: "size"},
		"unknown topping":   {size: menu.Medium, toppings: []string{"glass"}, field: "toppings"},
		"too many toppings": {size: menu.Medium, toppings: menu.Extras()[:6], field: "toppings"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			price, err := margherita.Price(test.size, test.toppings)
			if test.price != "" {
				if err != nil || price.String() != test.price {
					t.Errorf("got %s, %v, want %s", price, err, test.price)
				}
				return
			}
			if fault.KindOf(err) != fault.Invalid || err.Error()[:len(test.field)] != test.field {
				t.Errorf("got %v, want it to be invalid at %s", err, test.field)
			}
		})
	}
}

func TestEveryToppingOnTheMenuHasAPrice(t *testing.T) {
	t.Parallel()
	for _, topping := range menu.Extras() {
		for _, pizza := range menu.First() {
			if _, err := pizza.Price(menu.Medium, []string{topping}); err != nil {
				t.Errorf("%s with %s: %v", pizza.Name(), topping, err)
			}
		}
	}
}
