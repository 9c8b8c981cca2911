package instrument

import (
	"context"

	"go.opentelemetry.io/otel/baggage"
)

// AllowBaggage returns ctx with no other baggage than the members with the given keys.
func AllowBaggage(ctx context.Context, keys []string) context.Context {
	all := baggage.FromContext(ctx)
	if all.Len() == 0 {
		return ctx
	}
	var members []baggage.Member
	for _, key := range keys {
		if member := all.Member(key); member.Key() != "" {
			members = append(members, member)
		}
	}
	kept, err := baggage.New(members...)
	if err != nil {
		return baggage.ContextWithoutBaggage(ctx)
	}
	return baggage.ContextWithBaggage(ctx, kept)
}
