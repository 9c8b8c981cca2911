package otlpspan

import (
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
	"google.golang.org/protobuf/encoding/protowire"
)

// buffer is a protobuf message that is being written. As in the encoding of proto3, a field that has its zero value is left
// out, unless it says otherwise.
type buffer []byte

func (b *buffer) text(field protowire.Number, s string) {
	if s != "" {
		b.presentText(field, s)
	}
}

// presentText writes s also if it is empty.
func (b *buffer) presentText(field protowire.Number, s string) {
	*b = protowire.AppendString(protowire.AppendTag(*b, field, protowire.BytesType), valid(s))
}

// valid has U+FFFD in place of what is not UTF-8, for which a receiver would refuse the whole batch.
func valid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, string(utf8.RuneError))
}

func (b *buffer) bytes(field protowire.Number, v []byte) {
	*b = protowire.AppendBytes(protowire.AppendTag(*b, field, protowire.BytesType), v)
}

func (b *buffer) varint(field protowire.Number, v uint64) {
	if v != 0 {
		b.presentVarint(field, v)
	}
}

func (b *buffer) presentVarint(field protowire.Number, v uint64) {
	*b = protowire.AppendVarint(protowire.AppendTag(*b, field, protowire.VarintType), v)
}

// count writes how much was dropped.
func (b *buffer) count(field protowire.Number, n int) {
	b.varint(field, uint64(min(max(n, 0), math.MaxUint32)))
}

func (b *buffer) fixed32(field protowire.Number, v uint32) {
	if v != 0 {
		*b = protowire.AppendFixed32(protowire.AppendTag(*b, field, protowire.Fixed32Type), v)
	}
}

func (b *buffer) fixed64(field protowire.Number, v uint64) {
	*b = protowire.AppendFixed64(protowire.AppendTag(*b, field, protowire.Fixed64Type), v)
}

func (b *buffer) time(field protowire.Number, at time.Time) {
	if nanos := at.UnixNano(); nanos > 0 {
		b.fixed64(field, uint64(nanos))
	}
}

// begin begins a message within the message. What begin returns is given to end when all of it is written.
func (b *buffer) begin(field protowire.Number) (content int) {
	*b = append(protowire.AppendTag(*b, field, protowire.BytesType), 0) // room for a length below 128
	return len(*b)
}

func (b *buffer) end(content int) {
	size := len(*b) - content
	more := protowire.SizeVarint(uint64(size)) - 1 //nolint:gosec // not negative
	for range more {
		*b = append(*b, 0)
	}
	copy((*b)[content+more:], (*b)[content:content+size])
	protowire.AppendVarint((*b)[:content-1], uint64(size)) //nolint:gosec // not negative
}

// The fields of https://github.com/open-telemetry/opentelemetry-proto/blob/v1.10.0/opentelemetry/proto/common/v1/common.proto.
const (
	keyValueKey, keyValueValue = 1, 2

	valueText, valueBool, valueInt, valueDouble, valueArray, valueList, valueBytes = 1, 2, 3, 4, 5, 6, 7

	elements = 1 // of ArrayValue and KeyValueList
)

func (b *buffer) attributes(field protowire.Number, attrs []attribute.KeyValue) {
	for _, a := range attrs {
		begun := b.begin(field)
		b.text(keyValueKey, string(a.Key))
		b.value(keyValueValue, a.Value)
		b.end(begun)
	}
}

func (b *buffer) value(field protowire.Number, v attribute.Value) {
	begun := b.begin(field)
	switch v.Type() {
	case attribute.EMPTY:
	case attribute.STRING:
		b.presentText(valueText, v.AsString())
	case attribute.BOOL:
		b.presentVarint(valueBool, protowire.EncodeBool(v.AsBool()))
	case attribute.INT64:
		b.presentVarint(valueInt, uint64(v.AsInt64())) //nolint:gosec // as protobuf writes it
	case attribute.FLOAT64:
		b.fixed64(valueDouble, math.Float64bits(v.AsFloat64()))
	case attribute.BYTESLICE:
		b.bytes(valueBytes, v.AsByteSlice())
	case attribute.MAP:
		list := b.begin(valueList)
		b.attributes(elements, v.AsMap())
		b.end(list)
	case attribute.SLICE:
		array(b, v.AsSlice(), func(v attribute.Value) attribute.Value { return v })
	case attribute.BOOLSLICE:
		array(b, v.AsBoolSlice(), attribute.BoolValue)
	case attribute.INT64SLICE:
		array(b, v.AsInt64Slice(), attribute.Int64Value)
	case attribute.FLOAT64SLICE:
		array(b, v.AsFloat64Slice(), attribute.Float64Value)
	case attribute.STRINGSLICE:
		array(b, v.AsStringSlice(), attribute.StringValue)
	default:
		b.presentText(valueText, "INVALID")
	}
	b.end(begun)
}

func array[E any](b *buffer, list []E, value func(E) attribute.Value) {
	begun := b.begin(valueArray)
	for _, e := range list {
		b.value(elements, value(e))
	}
	b.end(begun)
}
