package menu

import "github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/money"

// First returns the menu that a new pizzeria opens with.
func First() []*Pizza {
	return []*Pizza{
		New("margherita", "Margherita", money.Cents(899), "tomato", "mozzarella", "basil"),
		New("marinara", "Marinara", money.Cents(799), "tomato", "garlic", "oregano"),
		New("funghi", "Funghi", money.Cents(1049), "tomato", "mozzarella", "mushrooms"),
		New("diavola", "Diavola", money.Cents(1149), "tomato", "mozzarella", "spicy salami"),
		New("quattro-formaggi", "Quattro Formaggi", money.Cents(1249), "mozzarella", "gorgonzola", "fontina", "parmesan"),
	}
}
