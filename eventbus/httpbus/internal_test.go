package httpbus

import (
	"fmt"
	"testing"
)

func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	var h history
	begin := func(id string) int {
		attempt, _ := h.begin(key{"kitchen", "/", id})
		return attempt
	}
	begin("old")
	if got := begin("old"); got != 2 {
		t.Errorf("the second attempt is %d", got)
	}
	for i := range remembered {
		begin(fmt.Sprint(i))
	}
	if got := begin("old"); got != 3 {
		t.Errorf("the third attempt, after %d others, is %d", remembered, got)
	}
	for i := range 3 * remembered {
		begin(fmt.Sprint(i))
		if len(h.recent) > remembered || len(h.older) > remembered {
			t.Fatalf("%d and %d events are remembered, want at most %d each", len(h.recent), len(h.older), remembered)
		}
	}
	if got := begin("old"); got != 1 {
		t.Errorf("an attempt after many others is %d, want 1: it was forgotten", got)
	}
}
