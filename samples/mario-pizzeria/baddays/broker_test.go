package baddays_test

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// broker is NATS servers, as processes of their own.
type broker struct {
	nodes []*process
	ports []int
}

// newBroker starts a server, or a cluster of three.
func newBroker(t *testing.T, nodes int) *broker {
	t.Helper()
	return newBrokerAt(t, nodes, "127.0.0.1")
}

func newBrokerAt(t *testing.T, nodes int, host string) *broker {
	t.Helper()
	b := &broker{}
	var routes []string
	peers := make([]int, nodes)
	for i := range nodes {
		b.ports, peers[i] = append(b.ports, freePort(t)), freePort(t)
		routes = append(routes, "nats://"+at(host, peers[i]))
	}
	for i := range nodes {
		dir, monitor := t.TempDir(), freePort(t)
		config := fmt.Sprintf("server_name: n%d\nlisten: %q\nhttp: %q\njetstream { store_dir: %q }\n",
			i, at(host, b.ports[i]), at(host, monitor), dir)
		if nodes > 1 {
			config += fmt.Sprintf("cluster { name: c, listen: %q, routes: [%s] }\n",
				at(host, peers[i]), strings.Join(routes, ", "))
		}
		file := filepath.Join(dir, "nats.conf")
		if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		node := &process{
			name: fmt.Sprintf("broker %d", i), args: []string{built.broker, "-c", file}, dir: dir,
			url: "http://" + at(host, monitor) + "/healthz",
		}
		node.launch(t)
		t.Cleanup(node.kill)
		b.nodes = append(b.nodes, node)
	}
	for _, node := range b.nodes {
		node.ready(t)
	}
	if nodes > 1 {
		b.elected(t)
	}
	return b
}

// elected waits until the cluster has chosen who decides about its streams.
func (b *broker) elected(t *testing.T) {
	t.Helper()
	url := strings.Replace(b.nodes[0].url, "/healthz", "/jsz", 1)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		var state struct {
			Meta struct {
				Leader string `json:"leader"`
			} `json:"meta_cluster"`
		}
		if response, err := http.Get(url); err == nil {
			err = json.NewDecoder(response.Body).Decode(&state)
			response.Body.Close()
			if err == nil && state.Meta.Leader != "" {
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("the brokers do not agree on a leader:\n%s", b.nodes[0].printed())
		}
	}
}

// url is that of all nodes.
func (b *broker) url() string { return b.urlAt("127.0.0.1") }

func (b *broker) urlAt(host string) string {
	var hosts []string
	for _, port := range b.ports {
		hosts = append(hosts, at(host, port))
	}
	url := "nats://" + strings.Join(hosts, ",")
	if len(b.nodes) > 1 {
		url += "?replicas=3"
	}
	return url
}

// hosts is a URL as NATS's own client takes it.
func hosts(url string) string {
	servers, _, _ := strings.Cut(url, "?")
	return servers
}

func at(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }
