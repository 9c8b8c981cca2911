package cloudevent_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/propagation"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/cloudevent"
)

type orderCreated struct {
	OrderID string `json:"order_id"`
}

func (orderCreated) EventType() string { return "order.created.v1" }

type nameless struct{ orderCreated }

func (nameless) EventType() string { return "" }

type unwritable struct{ orderCreated }

func (unwritable) MarshalJSON() ([]byte, error) { return nil, errors.New("broken") }

func TestARaisedEventBecomesACloudEvent(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.May, 4, 20, 30, 0, 0, time.FixedZone("", 2*3600))
	raised := &aggregate.Raised{
		ID: "1", Event: orderCreated{OrderID: "4711"}, AggregateType: "Order", AggregateID: "4711", Version: 3, At: at, Attempt: 1,
	}
	got, err := cloudevent.FromRaised(raised, "/mario-pizzeria")
	if err != nil {
		t.Fatalf("FromRaised: %v", err)
	}
	want := cloudevent.Event{
		ID: "1", Source: "/mario-pizzeria", Type: "order.created.v1", Subject: "4711", Time: at,
		DataContentType: "application/json", Data: []byte(`{"order_id":"4711"}`),
	}
	for _, difference := range differences(got, want) {
		t.Error(difference)
	}
	if got.Time.Location() != time.UTC {
		t.Errorf("the time is in %v, want UTC", got.Time.Location())
	}
}

func TestNotEveryRaisedEventBecomesACloudEvent(t *testing.T) {
	t.Parallel()
	for want, event := range map[string]any{
		"cloudevent: struct {} has no method EventType":  struct{}{},
		"cloudevent: encode cloudevent_test.unwritable:": unwritable{},
		"cloudevent: type is empty":                      nameless{},
	} {
		_, err := cloudevent.FromRaised(&aggregate.Raised{ID: "1", Event: event}, "/")
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("FromRaised(%T) = %v, want %q", event, err, want)
		}
	}
}

func TestDecodeReadsTheDataAndSaysOfWhichEventItCannot(t *testing.T) {
	t.Parallel()
	e := valid()
	e.Data = []byte(`{"order_id":"4711"}`)
	var got orderCreated
	if err := e.Decode(&got); err != nil || got.OrderID != "4711" {
		t.Errorf("Decode() = %+v, %v, want the order 4711", got, err)
	}
	e.Data = nil
	if err := e.Decode(&got); err == nil || !strings.HasPrefix(err.Error(), "cloudevent: decode data of order.created.v1 4711-1: ") {
		t.Errorf("Decode() = %v, want the type and the identity of the event", err)
	}
}

func TestACarrierSetsExtensionsWithoutTouchingASharedMap(t *testing.T) {
	t.Parallel()
	shared := map[string]string{"tenant": "north"}
	first, second := cloudevent.Event{Extensions: shared}, cloudevent.Event{Extensions: shared}
	carrier := cloudevent.Carrier{Event: &first}
	carrier.Set("traceparent", "a")
	carrier.Set("tenant", "south")
	if !maps.Equal(shared, map[string]string{"tenant": "north"}) || carrier.Get("tenant") != "south" {
		t.Errorf("shared map %v, own map %v, want only the own one changed", shared, first.Extensions)
	}
	if got := (cloudevent.Carrier{Event: &second}).Get("traceparent"); got != "" {
		t.Errorf("another event got the trace context %q", got)
	}
	keys := carrier.Keys()
	slices.Sort(keys)
	if want := []string{"tenant", "traceparent"}; !slices.Equal(keys, want) {
		t.Errorf("Keys() = %v, want %v", keys, want)
	}
}

func TestACarrierWorksOnAnEventWithoutExtensions(t *testing.T) {
	t.Parallel()
	var e cloudevent.Event
	carrier := cloudevent.Carrier{Event: &e}
	if got := carrier.Get("traceparent"); got != "" || len(carrier.Keys()) != 0 {
		t.Errorf("Get() = %q, Keys() = %v, want none", got, carrier.Keys())
	}
	carrier.Set("traceparent", "a")
	if got := carrier.Get("traceparent"); got != "a" {
		t.Errorf("Get() = %q, want %q", got, "a")
	}
}

func TestACarrierTakesTheKeysOfEveryPropagator(t *testing.T) {
	t.Parallel()
	for key, name := range map[string]string{
		"traceparent": "traceparent", "X-B3-TraceId": "xb3traceid", "uber-trace-id": "ubertraceid", "b3": "b3",
	} {
		e := valid()
		carrier := cloudevent.Carrier{Event: &e}
		carrier.Set(key, "value")
		if e.Extensions[name] != "value" || carrier.Get(key) != "value" {
			t.Errorf("%s: Get() = %q, extensions %v, want the extension %s", key, carrier.Get(key), e.Extensions, name)
		}
		if err := e.Validate(); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
}

var _ propagation.TextMapCarrier = cloudevent.Carrier{}
