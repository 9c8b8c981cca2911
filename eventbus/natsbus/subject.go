package natsbus

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// Subjects begin with the namespace. An event of type order.created.v1 has the subject
//
//	neuroglia.events.order.created.v1.7
//
// where 7 is its lane. A replayed one has neuroglia.replay.<group>.order.created.v1.7, and a dead letter
// neuroglia.dead.<group>.order.created.v1.7. When an event is stored, the server sends its headers to whoever listens to
// neuroglia.bell.neuroglia.events.order.created.v1.7.
func (o *options) eventSubject(eventType string, lane int) string {
	return o.namespace + ".events." + tokens(eventType) + "." + strconv.Itoa(lane)
}

func (o *options) replaySubject(group, eventType string, lane int) string {
	return o.namespace + ".replay." + token(group) + "." + tokens(eventType) + "." + strconv.Itoa(lane)
}

func (o *options) deadSubject(group, eventType string, lane int) string {
	return o.namespace + ".dead." + token(group) + "." + tokens(eventType) + "." + strconv.Itoa(lane)
}

func (o *options) bellSubject(of string) string { return o.namespace + ".bell." + of }

func (o *options) eventStream() string { return o.namespace + "-events" }

func (o *options) deadStream() string { return o.namespace + "-dead" }

// lane returns the lane of an event's subject.
func (o *options) lane(subject string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(subject))             // never fails
	return int(h.Sum32() % uint32(o.laneCount)) //nolint:gosec // both are small
}

// tokens returns text as tokens of a NATS subject, with the dots between them kept if they can be.
func tokens(text string) string {
	if strings.HasPrefix(text, ".") || strings.HasSuffix(text, ".") || strings.Contains(text, "..") {
		return token(text)
	}
	parts := strings.Split(text, ".")
	for i, part := range parts {
		parts[i] = token(part)
	}
	return strings.Join(parts, ".")
}

// token returns text as one token of a NATS subject, which is another for each text.
func token(text string) string {
	var to strings.Builder
	for i := range len(text) {
		if c := text[i]; plain(c) || c == '_' {
			to.WriteByte(c)
		} else {
			fmt.Fprintf(&to, "%%%02X", c)
		}
	}
	return to.String()
}

func plain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-'
}

// consumerName returns a name for people to read, which a hash makes another for each group and type:
// kitchen_order-created-v1_1f3a9c02_7.
func consumerName(group, eventType string, lane int) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(token(group) + "." + token(eventType))) // never fails
	return fmt.Sprintf("%s_%s_%08x_%d", readable(group), readable(eventType), h.Sum32(), lane)
}

func readable(text string) string {
	text = strings.Map(func(c rune) rune {
		if c < 0x80 && plain(byte(c)) { //nolint:gosec // it fits
			return c
		}
		return '-'
	}, text)
	return text[:min(len(text), 80)]
}
