package observability

import (
	"log/slog"
	"slices"
	"time"
)

// put adds attributes to list, each of which takes the place of one with the same key. Groups of the same name become one.
// Values become the same for both outputs: durations are seconds and times RFC 3339. Empty groups and attributes are left
// out, and groups without a name opened.
func put(list []slog.Attr, attrs ...slog.Attr) []slog.Attr {
	for _, a := range attrs {
		list = putOne(list, a)
	}
	return list
}

func putOne(list []slog.Attr, a slog.Attr) []slog.Attr {
	a.Value = plainValue(a.Value)
	group := a.Value.Kind() == slog.KindGroup
	if group && (a.Key == "" || len(a.Value.Group()) == 0) {
		return put(list, a.Value.Group()...)
	}
	if a.Equal(slog.Attr{}) {
		return list
	}
	i := index(list, a.Key)
	switch {
	case i < 0:
		list = append(list, a)
	case group && list[i].Value.Kind() == slog.KindGroup:
		list[i].Value = slog.GroupValue(put(slices.Clone(list[i].Value.Group()), a.Value.Group()...)...)
	default:
		list[i] = a
	}
	return list
}

// putAbsent is put for those of attrs whose keys the list does not have.
func putAbsent(list []slog.Attr, attrs ...slog.Attr) []slog.Attr {
	for _, a := range attrs {
		a.Value = a.Value.Resolve()
		switch {
		case a.Key == "" && a.Value.Kind() == slog.KindGroup:
			list = putAbsent(list, a.Value.Group()...)
		case index(list, a.Key) < 0:
			list = putOne(list, a)
		}
	}
	return list
}

func index(list []slog.Attr, key string) int {
	for i := range list {
		if list[i].Key == key {
			return i
		}
	}
	return -1
}

func plainValue(v slog.Value) slog.Value {
	v = v.Resolve()
	switch v.Kind() { //nolint:exhaustive // the others are plain
	case slog.KindDuration:
		return slog.Float64Value(v.Duration().Seconds())
	case slog.KindTime:
		return slog.StringValue(v.Time().Format(time.RFC3339Nano))
	case slog.KindGroup:
		members := v.Group()
		return slog.GroupValue(put(make([]slog.Attr, 0, len(members)), members...)...)
	}
	return v
}
