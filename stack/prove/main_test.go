package prove_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/api"
	promapi "github.com/prometheus/client_golang/api/prometheus/v1"

	"github.com/neuroglia-go/neuroglia/stack"
)

const (
	interval = 1 * time.Second  // of export, collection and evaluation
	traffic  = 75 * time.Second // how long customers order
	window   = "30s"            // what dashboards show: twice as long there was traffic, so that there is a period before
	rateOver = "20s"            // the window of rates: the Go runtime is read every 15 seconds
	broken   = 3 * time.Second  // how long each part of the database is
)

// proof is what the tests ask.
type proof struct {
	*stack.Stack
	prometheus promapi.API
	loki       string
	at         time.Time // when the traffic had ended
	order      string    // one that was placed
	asked      sync.Map  // queries, and whether they have a value
}

// shared is started once for all tests: they only ask.
var shared *proof

func TestMain(m *testing.M) {
	if os.Getenv(lossyVariable) != "" {
		if err := lossy(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "prove")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	p, stop, err := start(folder)
	if err != nil {
		fmt.Fprintln(os.Stderr, "prove:", err)
		return 1
	}
	defer stop()
	shared = p
	return m.Run()
}

// start runs the stack, the pizzeria and its customers, and returns when these have gone.
func start(folder string) (_ *proof, stop func(), err error) {
	ctx := context.Background()
	ports, err := stack.FreePorts()
	if err != nil {
		return nil, nil, err
	}
	s, err := stack.Start(ctx, stack.Config{
		Root: root(), Data: filepath.Join(folder, "stack"), Ports: ports, Interval: interval, Without: []string{"tempo", "grafana"},
		Output: os.Stderr,
	})
	if err != nil {
		return nil, nil, err
	}
	stopStack := func() {
		ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
		defer cancel()
		if err := s.Stop(ctx); err != nil {
			fmt.Fprintln(os.Stderr, "prove:", err)
		}
	}
	if err := order(ctx, s, folder); err != nil {
		stopStack()
		return nil, nil, err
	}
	client, err := api.NewClient(api.Config{Address: s.URL("prometheus")})
	if err != nil {
		stopStack()
		return nil, nil, err
	}
	p := &proof{Stack: s, prometheus: promapi.NewAPI(client), loki: s.URL("loki"), at: time.Now()}
	if p.order, err = p.anOrder(ctx); err != nil {
		stopStack()
		return nil, nil, err
	}
	return p, stopStack, nil
}

// order runs the pizzeria, and its customers until they have gone. Some calls, payments among them, go wrong. When it returns,
// the pizzeria has sent the last of its telemetry.
func order(ctx context.Context, s *stack.Stack, folder string) error {
	free, err := stack.FreePorts()
	if err != nil {
		return err
	}
	address, payment := fmt.Sprintf("127.0.0.1:%d", free.Loki), fmt.Sprintf("127.0.0.1:%d", free.Prometheus)
	pizzeria := exec.Command(filepath.Join(root(), ".bin", "mario-pizzeria"))
	pizzeria.Env = append(os.Environ(),
		"HTTP_ADDR="+address, "PAYMENT_URL=http://"+payment, "DATABASE_URL=sqlite:"+filepath.Join(folder, "mario.db"),
		"BUS_URL=nats:embedded?dir="+filepath.Join(folder, "bus"),
		"OTEL_EXPORTER_OTLP_ENDPOINT="+s.URL("collector"), "OTEL_RESOURCE_ATTRIBUTES=deployment.environment.name=proof",
		fmt.Sprintf("OTEL_METRIC_EXPORT_INTERVAL=%d", interval.Milliseconds()), "GOMEMLIMIT=512MiB",
	)
	pizzeria.SysProcAttr = dieWithUs()
	if pizzeria.Stdout, err = os.Create(filepath.Join(folder, "pizzeria.log")); err != nil {
		return err
	}
	pizzeria.Stderr = pizzeria.Stdout
	if err := pizzeria.Start(); err != nil {
		return fmt.Errorf("start the pizzeria, which make prove builds: %w", err)
	}
	customers := exec.CommandContext(ctx, filepath.Join(root(), ".bin", "mario-pizzeria"), "simulate",
		"--url", "http://"+address, "--payment", payment, "--rate", "10/s", "--duration", traffic.String(), "--chaos", "0.3",
		"--seed", "1")
	customers.Stdout, customers.Stderr, customers.SysProcAttr = os.Stderr, os.Stderr, dieWithUs()
	stopCourier, err := startCourier(ctx, folder, s.URL("collector"))
	if err != nil {
		return errors.Join(err, pizzeria.Process.Kill(), pizzeria.Wait())
	}
	if err := errors.Join(ready(ctx, address), goThrough(ctx, customers, s, filepath.Join(folder, "mario.db"))); err != nil {
		log, _ := os.ReadFile(filepath.Join(folder, "pizzeria.log"))
		_ = errors.Join(pizzeria.Process.Kill(), pizzeria.Wait()) // it ends as it was told to
		return fmt.Errorf("order pizzas: %w; the pizzeria said:\n%s", err, log)
	}
	if err := errors.Join(pizzeria.Process.Signal(syscall.SIGTERM), pizzeria.Wait(), stopCourier()); err != nil {
		return fmt.Errorf("close the pizzeria: %w", err)
	}
	return nil
}

// goThrough runs the customers, and breaks things when most of them have come.
func goThrough(ctx context.Context, customers *exec.Cmd, s *stack.Stack, database string) error {
	if err := customers.Start(); err != nil {
		return err
	}
	time.Sleep(traffic - 25*time.Second) // there is nothing to wait for but the time of an incident
	return errors.Join(breakDatabase(ctx, database, broken), overflow(ctx, s.URL("collector")), lose(ctx, s.URL("collector")),
		customers.Wait())
}

// ready waits until the pizzeria is.
func ready(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		check := exec.CommandContext(ctx, filepath.Join(root(), ".bin", "mario-pizzeria"), "healthcheck", "--url", "http://"+address+"/readyz")
		out, err := check.CombinedOutput()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("wait for the pizzeria: %w: %s", err, out)
		}
	}
}

// root is the folder of the repository.
func root() string { return filepath.Join("..", "..") }
