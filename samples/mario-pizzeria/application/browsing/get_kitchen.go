package browsing

import (
	"context"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/kitchen"
)

// GetKitchen asks how busy the kitchen is.
type GetKitchen struct {
	mediator.Query[Kitchen]
}

// Kitchen is how busy the kitchen is.
type Kitchen struct {
	Ovens   int      `json:"ovens" otel:"kitchen.ovens"`
	Free    int      `json:"free" otel:"kitchen.free"`
	Cooking []string `json:"cooking" doc:"the orders in the ovens"`
	Crew    string   `json:"crew" enum:"hands,auto" doc:"auto if orders are cooked and delivered without being told to"`
}

func (h Handlers) getKitchen(ctx context.Context, _ GetKitchen) (Kitchen, error) {
	k, err := h.Kitchens.Get(ctx, kitchen.ID)
	if err != nil {
		return Kitchen{}, err
	}
	crew := "hands"
	if h.Automatic {
		crew = "auto"
	}
	return Kitchen{Ovens: k.Ovens(), Free: k.Free(), Cooking: append([]string{}, k.Cooking()...), Crew: crew}, nil
}
