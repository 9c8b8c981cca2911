// Package scope carries log attributes in a context, for the handlers that add them to records.
package scope

import (
	"context"
	"log/slog"
	"slices"
)

type key struct{}

// With returns ctx with attrs added after those it already carries.
func With(ctx context.Context, attrs ...slog.Attr) context.Context {
	if len(attrs) == 0 {
		return ctx
	}
	return context.WithValue(ctx, key{}, append(slices.Clip(Attrs(ctx)), attrs...))
}

// Attrs returns what ctx carries, oldest first. The caller must not change it.
func Attrs(ctx context.Context) []slog.Attr {
	attrs, _ := ctx.Value(key{}).([]slog.Attr)
	return attrs
}
