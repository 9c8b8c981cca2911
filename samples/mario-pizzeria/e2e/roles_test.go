package e2e_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/neuroglia-go/neuroglia/repository/mongorepo/mongotest"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo/postgrestest"
)

// startNATS starts a broker on the loopback interface and returns its URL.
func startNATS(t *testing.T) string {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("the broker is not ready")
	}
	return s.ClientURL()
}

// databases are the URLs of empty databases that processes can share.
func databases() map[string]func(*testing.T) string {
	return map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { t.Helper(); return "sqlite:" + t.TempDir() + "/mario.db" },
		"postgres": func(t *testing.T) string { t.Helper(); return postgrestest.URL(t) },
		"mongodb":  func(t *testing.T) string { t.Helper(); return mongotest.Start(t).URL() },
	}
}

// pizzerias starts the processes of a pizzeria, and returns them by role.
func pizzerias(t *testing.T, env ...string) map[string]*pizzeria {
	t.Helper()
	processes := map[string]*pizzeria{}
	for _, role := range []string{"kitchen", "delivery", "api"} {
		processes[role] = startAs(t, role, env...)
	}
	return processes
}

func TestThreeProcessesTakeAnOrderToItsCustomer(t *testing.T) {
	t.Parallel()
	for name, database := range databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := pizzerias(t, "OTEL_SDK_DISABLED=true", "BUS_URL="+startNATS(t), "DATABASE_URL="+database(t),
				"COOKING_TIME=100ms", "DELIVERY_TIME=100ms")
			front := p["api"]
			id := front.order()
			front.becomes(id, "delivered")
			front.tells(id, "Your order is in.", "Your order is ready.", "Your order was delivered.")
			front.closesOvens()
			for _, role := range []string{"kitchen", "delivery"} {
				p[role].do(http.MethodGet, "/healthz", "").want(t, http.StatusOK)
				p[role].do(http.MethodGet, "/api/orders/"+id, "").want(t, http.StatusNotFound)
			}
			for _, process := range p {
				process.stop()
			}
		})
	}
}

func TestOneProcessWorksByItselfIfItIsTold(t *testing.T) {
	t.Parallel()
	for name, env := range map[string][]string{
		"in memory":     {"DATABASE_URL=memory:"},
		"on a disk":     nil,
		"with a broker": {"BUS_URL=nats:embedded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t, append(env, "OTEL_SDK_DISABLED=true", "CREW=auto", "COOKING_TIME=50ms", "DELIVERY_TIME=50ms")...)
			var placed []string
			for range 10 {
				placed = append(placed, p.order())
			}
			for _, id := range placed {
				p.becomes(id, "delivered")
				p.tells(id, "Your order is in.", "Your order is ready.", "Your order was delivered.")
			}
			p.closesOvens()
			p.stop()
		})
	}
}

func TestWithoutACrewOrdersWait(t *testing.T) {
	t.Parallel()
	p := start(t, "OTEL_SDK_DISABLED=true", "COOKING_TIME=1ms")
	id := p.order()
	p.tells(id, "Your order is in.")
	p.do(http.MethodPut, "/api/orders/"+id+"/cancel", `{"reason":"late"}`).want(t, http.StatusOK)
	p.tells(id, "Your order is in.", "Your order was cancelled.")
	p.do(http.MethodGet, "/api/orders/nothing/notifications", "").want(t, http.StatusNotFound)
}

// becomes waits until an order has come to a stage.
func (p *pizzeria) becomes(id, status string) {
	p.t.Helper()
	eventually(p.t, "order "+id+" becomes "+status, func() bool {
		return p.do(http.MethodGet, "/api/orders/"+id, "").text(p.t, "status") == status
	})
}

// tells waits until the customer has been told these things about an order, and nothing twice.
func (p *pizzeria) tells(id string, want ...string) {
	p.t.Helper()
	var got []string
	defer func() {
		if p.t.Failed() {
			p.t.Logf("got %q, want %q", got, want)
		}
	}()
	eventually(p.t, "the customer has been told about order "+id, func() bool {
		got = p.told(id)
		return len(got) >= len(want)
	})
	if !slices.Equal(got, want) {
		p.t.Errorf("the customer was told %q, want %q", got, want)
	}
}

func (p *pizzeria) told(id string) (texts []string) {
	p.t.Helper()
	var answer struct {
		Notifications []struct {
			Text string `json:"text"`
		} `json:"notifications"`
	}
	body := p.do(http.MethodGet, "/api/orders/"+id+"/notifications", "").want(p.t, http.StatusOK).Body
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		p.t.Fatal(err)
	}
	for _, n := range answer.Notifications {
		texts = append(texts, n.Text)
	}
	return texts
}
