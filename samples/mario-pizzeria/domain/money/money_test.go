package money_test

import (
	"encoding/json"
	"testing"

	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/money"
)

func TestAmountsAreExact(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]money.Money{
		"17.98": money.Cents(899).Times(2),
		"0.05":  money.Cents(5),
		"-0.05": money.Cents(-5),
		"-1.20": money.Cents(-120),
		"11.69": money.Cents(899).Percent(130),
		"9.00":  money.Cents(899).Plus(money.Cents(1)),
	} {
		if got.String() != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestOnlyAmountsAreReadFromJSON(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		`{"amount":"17.98","currency":"USD"}`: true,
		`{"amount":"17.9","currency":"USD"}`:  false,
		`{"amount":"17","currency":"USD"}`:    false,
		`{"amount":"17.98","currency":"EUR"}`: false,
		`{"amount":"x.98","currency":"USD"}`:  false,
		`{"amount":"1.-8","currency":"USD"}`:  false,
		`{"amount":".98","currency":"USD"}`:   false,
		`17.98`:                               false,
	} {
		var m money.Money
		if err := json.Unmarshal([]byte(text), &m); (err == nil) != ok {
			t.Errorf("%s: got %v, want success %v", text, err, ok)
		}
	}
}

func FuzzMoney(f *testing.F) {
	f.Add(`{"amount":"17.98","currency":"USD"}`)
	f.Add(`{"amount":"-0.05","currency":"USD"}`)
	f.Fuzz(func(t *testing.T, text string) {
		var m, again money.Money
		if json.Unmarshal([]byte(text), &m) != nil {
			return
		}
		raw, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &again); err != nil || again != m {
			t.Errorf("%s became %s, which reads as %s (%v)", text, raw, again, err)
		}
	})
}
