package sqlrepo_test

import (
	"context"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/repository/sqlrepo/postgrestest"
)

func TestWhoStopsListeningDoesNotWait(t *testing.T) {
	t.Parallel()
	log := open(t, postgrestest.URL(t)).Outbox()
	ctx, cancel := context.WithCancel(t.Context())
	listens, ended := make(chan struct{}, 100), make(chan error, 1)
	go func() { ended <- log.Watch(ctx, func() { listens <- struct{}{} }) }()
	<-listens
	began := time.Now()
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Watch = %v", err)
	}
	// So long is what has to be cancelled waited for.
	if took := time.Since(began); took >= 2*time.Second {
		t.Errorf("it took %v", took)
	}
}
