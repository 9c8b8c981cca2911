package memrepo_test

import (
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/outbox/outboxtest"
	"github.com/neuroglia-go/neuroglia/repository/memrepo"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
)

func TestOutboxConforms(t *testing.T) {
	t.Parallel()
	outboxtest.Run(t, outboxtest.Harness{
		Open: func(_ *testing.T, lease time.Duration) func(*testing.T) outboxtest.Process {
			log := memrepo.NewOutbox(lease)
			tickets := memrepo.New(repositorytest.Schema(), memrepo.WithOutbox(log))
			tallies := memrepo.New(outboxtest.Schema(), memrepo.WithOutbox(log))
			return func(*testing.T) outboxtest.Process {
				process := log.Process()
				return outboxtest.Process{
					Tickets: tickets.Process(process), Tallies: tallies.Process(process), Log: process,
				}
			}
		},
	})
}
