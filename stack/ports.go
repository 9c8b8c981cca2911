package stack

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
)

// Ports are where the parts of a stack listen, all on 127.0.0.1.
type Ports struct {
	OTLPGRPC, OTLPHTTP, CollectorHealth int
	Prometheus                          int
	Loki, LokiGRPC                      int
	Tempo, TempoGRPC, TempoOTLP         int
	TempoGossip                         int
	Grafana                             int
	Pizzeria, Payment                   int
}

// DefaultPorts returns the ports that docker-compose.mario.yml publishes.
func DefaultPorts() Ports {
	return Ports{
		OTLPGRPC: 4317, OTLPHTTP: 4318, CollectorHealth: 13133, Prometheus: 9090, Loki: 3100, LokiGRPC: 9096,
		Tempo: 3200, TempoGRPC: 9095, TempoOTLP: 14317, TempoGossip: 7946, Grafana: 3001,
		Pizzeria: 8080, Payment: 8090,
	}
}

// FreePorts returns ports that nobody listens at, so that several stacks can run at once. They are below those that systems
// give to connections, one of which could take a port before the stack does.
func FreePorts() (Ports, error) {
	var p Ports
	for _, port := range p.all() {
		listener, number, err := listenBelow()
		if err != nil {
			return Ports{}, fmt.Errorf("find a free port: %w", err)
		}
		defer listener.Close() // held until all are found, so that none is found twice
		*port.number = number
	}
	return p, nil
}

func listenBelow() (listener net.Listener, number int, err error) {
	for range 100 {
		number = 15000 + rand.IntN(17000)
		listener, err = net.Listen("tcp", local(number)) //nolint:noctx // it binds and returns
		if err == nil {
			break
		}
	}
	return listener, number, err //nolint:wrapcheck // it names the port, and FreePorts says for what
}

type port struct {
	number *int
	use    string
	part   string
}

func (p *Ports) all() []port {
	return []port{
		{&p.OTLPGRPC, "OTLP over gRPC", "collector"},
		{&p.OTLPHTTP, "OTLP over HTTP", "collector"},
		{&p.CollectorHealth, "the collector's health", "collector"},
		{&p.Prometheus, "Prometheus", "prometheus"},
		{&p.Loki, "Loki", "loki"},
		{&p.LokiGRPC, "Loki inside", "loki"},
		{&p.Tempo, "Tempo", "tempo"},
		{&p.TempoGRPC, "Tempo inside", "tempo"},
		{&p.TempoOTLP, "OTLP to Tempo", "tempo"},
		{&p.TempoGossip, "Tempo inside", "tempo"},
		{&p.Grafana, "Grafana", "grafana"},
		{&p.Pizzeria, "Mario's Pizzeria", "mario-pizzeria"},
		{&p.Payment, "the payment service", "simulate"},
	}
}

// check says which ports of the parts are taken.
func (p *Ports) check(parts []string) error {
	var taken []error
	for _, port := range p.all() {
		if !slices.Contains(parts, port.part) {
			continue
		}
		listener, err := net.Listen("tcp", local(*port.number)) //nolint:noctx // it binds and returns
		if err != nil {
			taken = append(taken, fmt.Errorf("port %d, for %s, cannot be used: %w; stop what listens there: ss -ltnp 'sport = :%[1]d'",
				*port.number, port.use, err))
			continue
		}
		if err := listener.Close(); err != nil {
			return fmt.Errorf("close port %d: %w", *port.number, err)
		}
	}
	return errors.Join(taken...)
}

func local(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
