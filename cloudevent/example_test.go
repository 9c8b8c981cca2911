package cloudevent_test

import (
	"encoding/json"
	"fmt"

	"github.com/neuroglia-go/neuroglia/cloudevent"
)

func Example() {
	e := cloudevent.Event{
		ID: "4711-1", Source: "/mario-pizzeria", Type: "order.created.v1", Subject: "4711", Data: []byte(`{"total":"12.50"}`),
	}
	raw, err := json.Marshal(e)
	fmt.Println(string(raw), err)

	var order struct{ Total string }
	err = e.Decode(&order)
	fmt.Println(order.Total, err)
	// Output:
	// {"data":{"total":"12.50"},"id":"4711-1","source":"/mario-pizzeria","specversion":"1.0","subject":"4711","type":"order.created.v1"} <nil>
	// 12.50 <nil>
}
