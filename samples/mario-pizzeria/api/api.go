// Package api is what comes into the pizzeria: which route, and which event on the bus, is which message.
package api

import (
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/browsing"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/cooking"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/delivering"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/ordering"
	"github.com/neuroglia-go/neuroglia/web"
)

// Routes adds the pizzeria's routes.
func Routes(a *web.API) {
	web.Get[browsing.GetMenu](a, "/api/menu")

	web.Post[ordering.PlaceOrder](a, "/api/orders", web.Created("/api/orders/{id}"))
	web.Get[browsing.ListOrders](a, "/api/orders")
	web.Get[browsing.GetOrder](a, "/api/orders/{id}")
	web.Get[browsing.GetNotifications](a, "/api/orders/{id}/notifications")
	web.Put[cooking.StartCooking](a, "/api/orders/{id}/cook")
	web.Put[cooking.CompleteOrder](a, "/api/orders/{id}/ready")
	web.Put[delivering.AssignDelivery](a, "/api/orders/{id}/assign")
	web.Put[delivering.DeliverOrder](a, "/api/orders/{id}/deliver")
	web.Put[ordering.CancelOrder](a, "/api/orders/{id}/cancel")

	web.Get[browsing.GetKitchen](a, "/api/kitchen")
	web.Get[browsing.GetCustomer](a, "/api/customers/{id}")
	web.Put[ordering.UpdateCustomer](a, "/api/customers/{id}")
}
