package promql

import (
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
)

// Match is a condition on an attribute of a series.
type Match struct {
	key      attribute.Key
	operator string
	value    string
}

// Is matches series whose attribute is value.
func Is(key attribute.Key, value string) Match { return Match{key: key, operator: "=", value: value} }

// Not matches series whose attribute is not value; Not(key, "") matches those that have the attribute.
func Not(key attribute.Key, value string) Match { return Match{key: key, operator: "!=", value: value} }

// In matches series whose attribute matches the regular expression, which may be a variable of a dashboard.
func In(key attribute.Key, expression string) Match {
	return Match{key: key, operator: "=~", value: expression}
}

// OneOf matches series whose attribute is one of the values.
func OneOf(key attribute.Key, values ...string) Match { return In(key, strings.Join(values, "|")) }

func (m Match) String() string { return Label(m.key) + m.operator + strconv.Quote(m.value) }

func braces(matches []Match) string {
	if len(matches) == 0 {
		return ""
	}
	texts := make([]string, len(matches))
	for i, m := range matches {
		texts[i] = m.String()
	}
	return "{" + strings.Join(texts, ", ") + "}"
}
