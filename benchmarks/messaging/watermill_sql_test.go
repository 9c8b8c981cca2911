package messaging_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	wmsql "github.com/ThreeDotsLabs/watermill-sql/v3/pkg/sql"
	"github.com/ThreeDotsLabs/watermill/components/forwarder"
	"github.com/ThreeDotsLabs/watermill/message"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo/postgrestest"
)

const topic = "orders_placed"

// watermillService is a service that publishes in its transactions, the way Watermill has for it.
type watermillService struct {
	url        string
	db         *sql.DB
	subscriber *wmsql.Subscriber
}

func newWatermillService(b *testing.B) *watermillService {
	b.Helper()
	s := &watermillService{url: postgrestest.URL(b)}
	var err error
	if s.db, err = sql.Open("pgx", s.url); err != nil {
		b.Fatal(err)
	}
	s.db.SetMaxOpenConns(25)
	s.db.SetMaxIdleConns(25)
	b.Cleanup(func() { _ = s.db.Close() })
	if _, err := s.db.ExecContext(b.Context(), `CREATE TABLE orders (id TEXT PRIMARY KEY, version BIGINT NOT NULL,
		created_at TIMESTAMPTZ NOT NULL DEFAULT now(), document JSONB NOT NULL)`); err != nil {
		b.Fatal(err)
	}
	s.subscriber, err = wmsql.NewSubscriber(s.db, wmsql.SubscriberConfig{
		ConsumerGroup: "kitchen", PollInterval: 20 * time.Millisecond, // a second by default
		SchemaAdapter: wmsql.DefaultPostgreSQLSchema{}, OffsetsAdapter: wmsql.DefaultPostgreSQLOffsetsAdapter{},
	}, nil)
	if err != nil {
		b.Fatal(err)
	}
	if err := s.subscriber.SubscribeInitialize(topic); err != nil {
		b.Fatal(err)
	}
	return s
}

func (s *watermillService) publisher(on wmsql.ContextExecutor) (message.Publisher, error) {
	return wmsql.NewPublisher(on, wmsql.PublisherConfig{SchemaAdapter: wmsql.DefaultPostgreSQLSchema{}}, nil)
}

// place is a command: a change and its event in one transaction.
func (s *watermillService) place(ctx context.Context, tb testing.TB) error {
	tb.Helper()
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, `INSERT INTO orders (id, version, document) VALUES ($1, 1, $2)`,
		aggregate.NewID(), `{"status":"placed"}`); err != nil {
		return err
	}
	publisher, err := s.publisher(tx)
	if err != nil {
		return err
	}
	if err := publisher.Publish(topic, message.NewMessage(watermill.NewUUID(), encoded(tb, placed()))); err != nil {
		return err
	}
	return tx.Commit()
}

// backlog publishes events; those for the forwarder in its envelope.
func (s *watermillService) backlog(b *testing.B, events int, forwarded bool) {
	b.Helper()
	publisher, err := s.publisher(s.db)
	if err != nil {
		b.Fatal(err)
	}
	to := topic
	if forwarded {
		publisher = forwarder.NewPublisher(publisher, forwarder.PublisherConfig{ForwarderTopic: topic})
		to = "placed.1"
	}
	for left := events; left > 0; left -= 100 {
		batch := make([]*message.Message, min(left, 100))
		for i := range batch {
			batch[i] = message.NewMessage(watermill.NewUUID(), encoded(b, placed()))
		}
		if err := publisher.Publish(to, batch...); err != nil {
			b.Fatal(err)
		}
	}
	analyze(b, s.url)
}

// analyze has the server look at its tables, as it does by itself after a while.
func analyze(b *testing.B, url string) {
	b.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(b.Context(), "ANALYZE"); err != nil {
		b.Fatal(err)
	}
}

// consume runs handlers, of each topic one, until the benchmark ends.
func consume(b *testing.B, subscriber message.Subscriber, handle func([]byte) error, topics ...string) {
	b.Helper()
	router, err := message.NewRouter(message.RouterConfig{}, watermill.NopLogger{})
	if err != nil {
		b.Fatal(err)
	}
	for _, t := range topics {
		router.AddConsumerHandler("handler of "+t, t, subscriber, func(m *message.Message) error { return handle(m.Payload) })
	}
	go func() {
		if err := router.Run(context.Background()); err != nil {
			b.Error(err)
		}
	}()
	b.Cleanup(func() { _ = router.Close() })
}

// counting notes what has been published.
type counting struct {
	message.Publisher

	of *countdown
}

func (c counting) Publish(topic string, messages ...*message.Message) error {
	if err := c.Publisher.Publish(topic, messages...); err != nil {
		return err
	}
	for _, m := range messages {
		if err := c.of.handleEncoded(m.Payload); err != nil {
			return err
		}
	}
	return nil
}

// forward runs the forwarder until the benchmark ends.
func (s *watermillService) forward(b *testing.B, to message.Publisher) {
	b.Helper()
	f, err := forwarder.NewForwarder(s.subscriber, to, watermill.NopLogger{}, forwarder.Config{ForwarderTopic: topic})
	if err != nil {
		b.Fatal(err)
	}
	go func() {
		if err := f.Run(context.Background()); err != nil {
			b.Error(err)
		}
	}()
	b.Cleanup(func() { _ = f.Close() })
}
