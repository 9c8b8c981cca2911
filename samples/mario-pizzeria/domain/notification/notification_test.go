package notification_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/notification"
)

func TestNotificationsAreInTheOrderInWhichThingsHappened(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	placed, ready := notification.Notification{Text: "placed", At: noon}, notification.Notification{Text: "ready", At: noon.Add(time.Minute)}
	told, read := notification.New("o1"), new(notification.Notifications)
	told.Tell(ready.Text, ready.At)
	told.Tell(placed.Text, placed.At)
	raw, err := json.Marshal(told)
	if err := errors.Join(err, json.Unmarshal(raw, read)); err != nil {
		t.Fatal(err)
	}
	if got, want := read.All(), []notification.Notification{placed, ready}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
