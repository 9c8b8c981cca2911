package sqlrepo_test

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
)

// Pizza is an aggregate with its fields hidden from everything but its JSON methods.
type Pizza struct {
	aggregate.Root
	name, size string
}

func NewPizza(id, name, size string) *Pizza {
	return &Pizza{Root: aggregate.NewRoot(id), name: name, size: size}
}

func (p *Pizza) Size() string { return p.size }

func (p *Pizza) Enlarge() error {
	p.size = "large"
	return nil
}

func (p *Pizza) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"name": p.name, "size": p.size})
}

func (p *Pizza) UnmarshalJSON(data []byte) error {
	var document struct {
		Name string `json:"name"`
		Size string `json:"size"`
	}
	err := json.Unmarshal(data, &document)
	p.name, p.size = document.Name, document.Size
	return err
}

func Example() {
	ctx := context.Background()
	db, err := sqlrepo.Open(ctx, "sqlite::memory:")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	store, err := sqlrepo.New(ctx, db, repository.Schema[Pizza]{
		Name:   "pizzas",
		Fields: map[string]func(*Pizza) string{"size": (*Pizza).Size},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	pizzas := repository.New(store, nil)

	fmt.Println(pizzas.Add(ctx, NewPizza("p1", "margherita", "small")))
	fmt.Println(pizzas.Add(ctx, NewPizza("p2", "pepperoni", "small")))
	fmt.Println(pizzas.Update(ctx, "p2", (*Pizza).Enlarge))
	fmt.Println(pizzas.Add(ctx, NewPizza("p1", "diavola", "small")))
	for p, err := range pizzas.All(ctx, map[string]string{"size": "large"}) {
		fmt.Println(p.ID(), p.Version(), p.name, err)
	}
	// Output:
	// <nil>
	// <nil>
	// <nil>
	// Pizza "p1" exists already
	// p2 2 pepperoni <nil>
}

func ExampleOpen() {
	_, err := sqlrepo.Open(context.Background(), "sqlite3:mario.db")
	fmt.Println(err)
	// Output:
	// open database: scheme "sqlite3" is not supported: write sqlite: and a path, such as sqlite:data/mario.db, or sqlite::memory:, or postgres://user:password@host:5432/database
}
