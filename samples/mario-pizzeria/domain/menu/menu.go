// Package menu is what the pizzeria sells.
package menu

import (
	"encoding/json"
	"slices"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/money"
)

// The sizes of pizzas. Medium is the size that prices are for.
const (
	Small  = "small"
	Medium = "medium"
	Large  = "large"
)

// MaxToppings is how many extra toppings a pizza holds.
const MaxToppings = 5

// Pizza is one entry of the menu.
type Pizza struct {
	aggregate.Root
	state state
}

type state struct {
	Name     string      `json:"name"`
	Price    money.Money `json:"price"`
	Toppings []string    `json:"toppings"`
}

// New returns a pizza with its price for medium size and the toppings that are on it.
func New(id, name string, price money.Money, toppings ...string) *Pizza {
	return &Pizza{Root: aggregate.NewRoot(id), state: state{Name: name, Price: price, Toppings: toppings}}
}

// Name returns what the pizza is called.
func (p *Pizza) Name() string { return p.state.Name }

// Toppings returns what is on it.
func (p *Pizza) Toppings() []string { return slices.Clone(p.state.Toppings) }

// Price returns the price of one pizza of this size with extra toppings. It refuses sizes and toppings that there are
// not.
func (p *Pizza) Price(size string, extra []string) (money.Money, error) {
	var percent int64
	switch size {
	case Small:
		percent = 80
	case Medium:
		percent = 100
	case Large:
		percent = 130
	default:
		return money.Money{}, fault.New(fault.Invalid, "there is no size %q", size).At("size")
	}
	if len(extra) > MaxToppings {
		return money.Money{}, fault.New(fault.Invalid, "a pizza holds %d extra toppings", MaxToppings).At("toppings")
	}
	price := p.state.Price.Percent(percent)
	for _, topping := range extra {
		cents, ok := toppingCents(topping)
		if !ok {
			return money.Money{}, fault.New(fault.Invalid, "there is no topping %q", topping).At("toppings")
		}
		price = price.Plus(money.Cents(cents))
	}
	return price, nil
}

// Extras returns the names of the toppings that can be added to any pizza.
func Extras() []string {
	return []string{"basil", "cheese", "chili", "ham", "mushrooms", "olives", "onions", "pineapple", "salami"}
}

func toppingCents(name string) (int64, bool) {
	switch name {
	case "basil", "chili", "onions":
		return 75, true
	case "mushrooms", "olives", "pineapple":
		return 125, true
	case "cheese", "ham", "salami":
		return 175, true
	}
	return 0, false
}

// MarshalJSON returns the stored form.
func (p *Pizza) MarshalJSON() ([]byte, error) { return json.Marshal(p.state) } //nolint:wrapcheck // by the store

// UnmarshalJSON reads the stored form.
func (p *Pizza) UnmarshalJSON(raw []byte) error { return json.Unmarshal(raw, &p.state) } //nolint:wrapcheck // by the store
