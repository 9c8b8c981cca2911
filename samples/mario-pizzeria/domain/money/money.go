// Package money is amounts of money, exact to the cent.
package money

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Currency is the one currency of the pizzeria.
const Currency = "USD"

// Money is an amount in cents. Its JSON form is {"amount":"17.98","currency":"USD"}.
type Money struct{ cents int64 }

// Cents returns an amount.
func Cents(n int64) Money { return Money{cents: n} }

// Plus returns the sum.
func (m Money) Plus(other Money) Money { return Money{m.cents + other.cents} }

// Times returns the amount n times.
func (m Money) Times(n int) Money { return Money{m.cents * int64(n)} }

// Percent returns the given percentage, rounded to the cent.
func (m Money) Percent(p int64) Money { return Money{(m.cents*p + 50) / 100} }

// String returns the decimal form, such as "17.98".
func (m Money) String() string {
	sign, cents := "", m.cents
	if cents < 0 {
		sign, cents = "-", -cents
	}
	return fmt.Sprintf("%s%d.%02d", sign, cents/100, cents%100)
}

// Float64 returns the amount for statistics, and for nothing else.
func (m Money) Float64() float64 { return float64(m.cents) / 100 }

// wire is the JSON form.
type wire struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

// MarshalJSON implements json.Marshaler.
func (m Money) MarshalJSON() ([]byte, error) {
	return json.Marshal(wire{Amount: m.String(), Currency: Currency}) //nolint:wrapcheck // two strings
}

// UnmarshalJSON implements json.Unmarshaler. It takes what MarshalJSON makes.
func (m *Money) UnmarshalJSON(raw []byte) error {
	var w wire
	if err := json.Unmarshal(raw, &w); err != nil {
		return fmt.Errorf("money: %w", err)
	}
	units, fraction, _ := strings.Cut(w.Amount, ".")
	cents, err := strconv.ParseInt(units+fraction, 10, 64)
	if read := Cents(cents); err == nil && read.String() == w.Amount && w.Currency == Currency {
		*m = read
		return nil
	}
	return fmt.Errorf("money: %q %q is not an amount like \"17.98\" in %s", w.Amount, w.Currency, Currency)
}
