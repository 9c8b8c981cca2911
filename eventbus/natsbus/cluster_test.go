package natsbus_test

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/natsbus"
)

// newCluster starts three servers that know each other.
func newCluster(t *testing.T) []*broker {
	t.Helper()
	ports := freePorts(t, 3)
	var routes string
	for _, port := range ports {
		routes += "nats://127.0.0.1:" + strconv.Itoa(port) + ","
	}
	nodes := make([]*broker, len(ports))
	for i, port := range ports {
		nodes[i] = &broker{opts: &server.Options{
			ServerName: fmt.Sprint("node", i), Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true,
			JetStream: true, StoreDir: t.TempDir(),
			Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: port},
			Routes:  server.RoutesFromStr(routes[:len(routes)-1]),
		}}
	}
	var starting sync.WaitGroup
	for _, node := range nodes {
		starting.Go(func() { node.start(t) })
		t.Cleanup(func() { node.stop() })
	}
	starting.Wait()
	eventually(t, "leader of the cluster", func() bool {
		for _, node := range nodes {
			if node.JetStreamIsLeader() {
				return true
			}
		}
		return false
	})
	return nodes
}

func freePorts(t *testing.T, n int) []int {
	t.Helper()
	ports := make([]int, n)
	for i := range ports {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return ports
}

// journal is what a group has handled, in the order of each subject.
type journal struct {
	mu      sync.Mutex
	last    map[string]int
	doubled int
	wrong   []string
}

func (j *journal) deliver(_ context.Context, e cloudevent.Event, _ int) error {
	n, err := strconv.Atoi(string(e.Data))
	if err != nil {
		return &eventbus.DeadLetter{Err: err}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	switch last := j.last[e.Subject]; {
	case n == last+1:
		j.last[e.Subject] = n
	case n <= last:
		j.doubled++ // delivery is at least once
	default:
		j.wrong = append(j.wrong, fmt.Sprintf("%s: %d after %d", e.Subject, n, last))
	}
	return nil
}

func (j *journal) reached(subject string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.last[subject]
}

func TestACommittedEventSurvivesTheEndOfOneOfThreeServers(t *testing.T) {
	t.Parallel()
	nodes := newCluster(t)
	var urls string
	for _, node := range nodes {
		urls += node.ClientURL()[len("nats://"):] + ","
	}
	url := "nats://" + urls[:len(urls)-1] + "?replicas=3"
	connect := func() *natsbus.Transport {
		return closing(t, open(t, url, natsbus.WithLanes(4), natsbus.WithStartTimeout(patience), natsbus.WithAckWait(2*time.Second)))
	}
	publisher := connect()
	handled := &journal{last: map[string]int{}}
	for range 2 {
		subscribe(t, connect(), "kitchen", 4, handled.deliver)
	}
	const subjects, events = 8, 150
	var published, refused atomic.Int64
	var publishing sync.WaitGroup
	for i := range subjects {
		publishing.Go(func() {
			subject := "subject " + strconv.Itoa(i)
			for n := 1; n <= events; n++ {
				e := event(fmt.Sprintf("%s/%d", subject, n), subject)
				e.DataContentType, e.Data = "text/plain", []byte(strconv.Itoa(n))
				for publisher.Publish(t.Context(), e) != nil { // as an outbox does
					refused.Add(1)
					<-time.After(50 * time.Millisecond)
					if t.Context().Err() != nil {
						return
					}
				}
				published.Add(1)
			}
		})
	}
	eventually(t, "first events", func() bool { return published.Load() > subjects*events/4 })
	began := time.Now()
	nodes[streamLeader(t, nodes)].stop()
	publishing.Wait()
	took := time.Since(began)
	for i := range subjects {
		subject := "subject " + strconv.Itoa(i)
		eventually(t, "all events of "+subject, func() bool { return handled.reached(subject) == events })
	}
	if len(handled.wrong) > 0 {
		t.Errorf("out of order: %v", handled.wrong)
	}
	t.Logf("%d events acknowledged and handled in order, %d refused and published again, %d delivered twice, "+
		"publishing ended %s after the end of a server", published.Load(), refused.Load(), handled.doubled, took)
}

// streamLeader returns which server leads the stream of events.
func streamLeader(t *testing.T, nodes []*broker) (leader int) {
	t.Helper()
	eventually(t, "leader of the stream", func() bool {
		for i, node := range nodes {
			if node.JetStreamIsStreamLeader("$G", "neuroglia-events") {
				leader = i
				return true
			}
		}
		return false
	})
	return leader
}
