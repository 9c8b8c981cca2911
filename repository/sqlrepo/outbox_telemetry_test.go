package sqlrepo_test

import (
	"testing"

	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
)

func TestAChangeWithEventsShowsItsStatements(t *testing.T) {
	t.Parallel()
	for name, url := range shared() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			recorder := observabilitytest.New(t, observabilitytest.Leave(
				"db.query.text", "db.system.name", "db.namespace", "server.address", "server.port"))
			db := open(t, url(t), sqlrepo.WithTelemetry(recorder.Providers()))
			r := repository.New(newStore(t, db, repositorytest.Schema()), leaver{}, repository.WithTelemetry(recorder.Providers()))
			ctx, end := span(t, recorder)
			ticket := repositorytest.NewTicket("a", "ann")
			ticket.Increment()
			ticket.Increment()
			if err := r.Add(ctx, ticket); err != nil {
				t.Errorf("Add: %v", err)
			}
			if _, err := r.List(ctx, repository.Query{}); err != nil {
				t.Errorf("List: %v", err)
			}
			end()
			// Work of the relay, which is below no span.
			log := db.Outbox()
			if _, _, err := log.Claim(t.Context(), []string{"Counted"}, 1); err != nil {
				t.Errorf("Claim: %v", err)
			}
			held, err := log.List(t.Context(), outbox.Filter{Limit: 1})
			if err != nil {
				t.Errorf("List: %v", err)
			}
			if err := log.Settle(t.Context(), []outbox.Outcome{{Entry: held[0], Verdict: outbox.Delivered}}); err != nil {
				t.Errorf("Settle: %v", err)
			}
			observabilitytest.Diff(t, recorder.Spans(), `
				test INTERNAL
				  Repository.add INTERNAL neuroglia.entity.id=a neuroglia.entity.type=Ticket neuroglia.entity.version=1 neuroglia.repository.operation=add neuroglia.repository.type=sqlrepo
				    INSERT tickets CLIENT db.collection.name=tickets db.operation.name=INSERT db.query.summary="INSERT tickets"
				    INSERT neuroglia_outbox CLIENT db.collection.name=neuroglia_outbox db.operation.name=INSERT db.query.summary="INSERT neuroglia_outbox"
				  Repository.list INTERNAL neuroglia.entity.type=Ticket neuroglia.repository.count=1 neuroglia.repository.operation=list neuroglia.repository.type=sqlrepo
				    SELECT tickets CLIENT db.collection.name=tickets db.operation.name=SELECT db.query.summary="SELECT tickets"
			`)
			observabilitytest.Diff(t, recorder.Metrics("db.client.operation."), `
				db.client.operation.duration histogram s buckets=[0.001 0.005 0.01 0.05 0.1 0.5 1 5 10]
				  {db.collection.name=neuroglia_outbox db.operation.name=DELETE} count=1
				  {db.collection.name=neuroglia_outbox db.operation.name=INSERT} count=1
				  {db.collection.name=neuroglia_outbox db.operation.name=SELECT} count=1
				  {db.collection.name=neuroglia_outbox db.operation.name=UPDATE} count=1
				  {db.collection.name=tickets db.operation.name=INSERT} count=1
				  {db.collection.name=tickets db.operation.name=SELECT} count=1
				  {db.operation.name=BEGIN} count=4
				  {db.operation.name=COMMIT} count=4
			`)
		})
	}
}
