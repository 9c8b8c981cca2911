package natsbus_test

import (
	"testing"

	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/eventbustest"
)

func TestTransportConforms(t *testing.T) {
	t.Parallel()
	eventbustest.Run(t, eventbustest.Harness{
		Open: func(t *testing.T) func() eventbus.Transport {
			t.Helper()
			s := newServer(t)
			return func() eventbus.Transport { return s.open(t) }
		},
	})
}
