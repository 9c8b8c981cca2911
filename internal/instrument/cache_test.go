package instrument_test

import (
	"strconv"
	"testing"

	"github.com/neuroglia-go/neuroglia/internal/instrument"
)

func TestACacheMakesAValueOnce(t *testing.T) {
	t.Parallel()
	calls := 0
	c := instrument.NewCache(func(key string) string {
		calls++
		return "made of " + key
	})
	for range 3 {
		if got := c.Get("a"); got != "made of a" {
			t.Errorf("Get() = %q", got)
		}
	}
	if calls != 1 {
		t.Errorf("made %d times, want once", calls)
	}
}

func TestACacheOfTooManyKeysStopsGrowing(t *testing.T) {
	t.Parallel()
	calls := 0
	c := instrument.NewCache(func(key string) string {
		calls++
		return key
	})
	const keys = 5000
	for range 2 {
		for i := range keys {
			if got := c.Get(strconv.Itoa(i)); got != strconv.Itoa(i) {
				t.Fatalf("Get(%d) = %q", i, got)
			}
		}
	}
	if want := 2*keys - 1000; calls != want {
		t.Errorf("made %d times, want %d: all, and again all but the first thousand", calls, want)
	}
}
