// Package scope carries log attributes in a context, for the handlers that add them to records.
package scope

import (
	"context"
	"log/slog"
	"slices"
)

type key struct{}

// With returns ctx with attrs added after those it already carries, of which those with the same keys are left out.
func With(ctx context.Context, attrs ...slog.Attr) context.Context {
	if len(attrs) == 0 {
		return ctx
	}
	kept := slices.Clone(Attrs(ctx))
	for _, a := range attrs {
		kept = append(slices.DeleteFunc(kept, func(b slog.Attr) bool { return a.Key == b.Key }), a)
	}
	return context.WithValue(ctx, key{}, kept)
}

// Attrs returns what ctx carries, oldest first. The caller must not change it.
func Attrs(ctx context.Context) []slog.Attr {
	attrs, _ := ctx.Value(key{}).([]slog.Attr)
	return attrs
}
