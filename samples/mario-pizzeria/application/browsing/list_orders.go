package browsing

import (
	"context"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
)

// ListOrders asks for orders, oldest first, a page at a time.
type ListOrders struct {
	mediator.Query[Orders]
	Status     string `query:"status" enum:"pending,cooking,ready,out_for_delivery,delivered,cancelled"`
	CustomerID string `query:"customer_id" maxLength:"64"`
	Limit      int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Cursor     string `query:"cursor" maxLength:"500" doc:"next of the page before"`
}

// Orders is a page of orders.
type Orders struct {
	Orders []application.Order `json:"orders"`
	Next   string              `json:"next,omitempty" doc:"the cursor of the next page, if there is one"`
}

func (h Handlers) listOrders(ctx context.Context, q ListOrders) (Orders, error) {
	page, err := h.Orders.List(ctx, repository.Query{
		Where: map[string]string{"status": q.Status, "customer_id": q.CustomerID}, Limit: q.Limit, Cursor: q.Cursor,
	})
	if err != nil {
		return Orders{}, err
	}
	answer := Orders{Orders: make([]application.Order, len(page.Items)), Next: page.Next}
	for i, o := range page.Items {
		answer.Orders[i] = application.ViewOrder(o)
	}
	return answer, nil
}
