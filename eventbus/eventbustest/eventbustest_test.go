package eventbustest_test

import (
	"testing"

	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/eventbustest"
)

func TestATransportThatMakesEveryPromiseConforms(t *testing.T) {
	t.Parallel()
	eventbustest.Run(t, eventbustest.Harness{
		Open: func(*testing.T) func() eventbus.Transport {
			b := &broker{groups: map[eventbus.Subscription]*group{}}
			return b.connect
		},
	})
}
