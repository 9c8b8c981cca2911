package main

import (
	"context"
	"errors"
	"sync/atomic"
)

// errRefused is in the tree of errors that are expected answers of a healthy service.
var errRefused = errors.New("refused")

type service struct {
	orders  *orders
	bus     *bus
	placed  []eventHandler
	revenue atomic.Int64
	tickets atomic.Int64

	instruments *messageInstruments
	events      *eventInstruments
}

func newService() (*service, error) {
	var s service
	var errs [4]error
	s.instruments, errs[0] = newMessageInstruments()
	s.events, errs[1] = newEventInstruments()
	s.orders, errs[2] = newOrders()
	s.bus, errs[3] = newBus(s.cook)
	s.placed = []eventHandler{
		{name: "main.(*service).countSale", handle: s.countSale},
		{name: "main.(*service).announce", handle: s.announce},
	}
	return &s, errors.Join(errs[:]...)
}

// countSale handles OrderPlaced.
func (s *service) countSale(_ context.Context, e OrderPlaced) error {
	s.revenue.Add(int64(e.Total))
	return nil
}

// announce handles OrderPlaced: other services get to know of it.
func (s *service) announce(ctx context.Context, e OrderPlaced) error {
	return s.bus.publish(ctx, "order.placed.v1", e.OrderID, e)
}

// cook handles order.placed.v1 for the kitchen.
func (s *service) cook(_ context.Context, _ OrderPlaced) error {
	s.tickets.Add(1)
	return nil
}
