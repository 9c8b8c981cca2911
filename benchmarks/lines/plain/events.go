package main

import (
	"context"
	"log/slog"
)

type eventHandler struct {
	name   string
	handle func(context.Context, OrderPlaced) error
}

// dispatch calls every handler of an event, also if one before it failed.
func (s *service) dispatch(ctx context.Context, e OrderPlaced) {
	for _, h := range s.placed {
		if err := h.handle(ctx, e); err != nil {
			slog.ErrorContext(ctx, "event not handled", "handler", h.name, "error", err)
		}
	}
}
