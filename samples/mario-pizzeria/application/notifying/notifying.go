// Package notifying tells customers how their orders fare.
package notifying

import (
	"context"
	"errors"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/notification"
)

// NotifyCustomer tells a customer something about an order. It must be sent by the handler of a message, and has its effect
// once, however often the message comes.
type NotifyCustomer struct {
	mediator.Command[mediator.None]
	OrderID string `otel:"order.id,aggregate"`
	Text    string
	At      time.Time // when it happened
	First   bool      // whether nothing can have happened before
}

// Handlers are the handlers of this package's messages.
type Handlers struct {
	application.Repositories
}

// Register gives the handlers to the mediator.
func Register(m *mediator.Mediator, h Handlers) {
	mediator.HandleNone(m, h.notifyCustomer)
}

func (h Handlers) notifyCustomer(ctx context.Context, cmd NotifyCustomer) error {
	if !cmd.First {
		if err := h.tell(ctx, cmd); fault.KindOf(err) != fault.NotFound { // else what came first is still on its way
			return err
		}
	}
	if err := h.Notifications.Add(ctx, notification.New(cmd.OrderID)); err != nil && !errors.Is(err, repository.ErrExists) {
		return err
	}
	return h.tell(ctx, cmd)
}

func (h Handlers) tell(ctx context.Context, cmd NotifyCustomer) error {
	return h.Notifications.Once(ctx, cmd.OrderID, func(n *notification.Notifications) error {
		n.Tell(cmd.Text, cmd.At)
		return nil
	})
}
