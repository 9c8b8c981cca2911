package observability

import (
	"log/slog"
	"slices"
	"time"
)

// put adds attrs to list, where each takes the place of one with the same key. Groups of the same name become one.
func put(list []slog.Attr, attrs ...slog.Attr) []slog.Attr {
	for _, a := range attrs {
		i := slices.IndexFunc(list, func(b slog.Attr) bool { return a.Key == b.Key })
		switch {
		case i < 0:
			list = append(list, a)
		case a.Value.Kind() == slog.KindGroup && list[i].Value.Kind() == slog.KindGroup:
			list[i].Value = slog.GroupValue(put(slices.Clone(list[i].Value.Group()), a.Value.Group()...)...)
		default:
			list[i] = a
		}
	}
	return list
}

// putAbsent adds those of attrs to list whose keys it does not have.
func putAbsent(list []slog.Attr, attrs ...slog.Attr) []slog.Attr {
	for _, a := range attrs {
		if !slices.ContainsFunc(list, func(b slog.Attr) bool { return a.Key == b.Key }) {
			list = append(list, a)
		}
	}
	return list
}

// plain makes values the same in both outputs: durations are seconds and times RFC 3339. It leaves out empty groups and
// attributes, opens groups without a name, and keeps the last attribute of each key.
func plain(attrs []slog.Attr) []slog.Attr {
	out := make([]slog.Attr, 0, len(attrs))
	for _, a := range attrs {
		a.Value = plainValue(a.Value)
		switch isGroup := a.Value.Kind() == slog.KindGroup; {
		case a.Equal(slog.Attr{}), isGroup && len(a.Value.Group()) == 0:
		case isGroup && a.Key == "":
			out = put(out, a.Value.Group()...)
		default:
			out = put(out, a)
		}
	}
	return out
}

func plainValue(v slog.Value) slog.Value {
	v = v.Resolve()
	switch v.Kind() { //nolint:exhaustive // the others are plain
	case slog.KindDuration:
		return slog.Float64Value(v.Duration().Seconds())
	case slog.KindTime:
		return slog.StringValue(v.Time().Format(time.RFC3339Nano))
	case slog.KindGroup:
		return slog.GroupValue(plain(v.Group())...)
	}
	return v
}
