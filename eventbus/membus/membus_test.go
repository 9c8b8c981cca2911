package membus_test

import (
	"testing"

	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/eventbustest"
	"github.com/neuroglia-go/neuroglia/eventbus/membus"
)

func TestTransportConforms(t *testing.T) {
	t.Parallel()
	eventbustest.Run(t, eventbustest.Harness{
		Open: func(*testing.T) func() eventbus.Transport {
			return func() eventbus.Transport { return membus.New() }
		},
	})
}
