package natsbus

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// target is what a URL says.
type target struct {
	servers  string // as nats.Connect wants them
	hosts    string // without credentials
	replicas int
	embedded bool
	dir      string
	listen   string
}

func (t *target) String() string {
	if t.embedded {
		return "the embedded NATS server in " + t.dir
	}
	return "the NATS server at " + t.hosts
}

func parse(raw string) (target, error) {
	base, rawQuery, _ := strings.Cut(raw, "?")
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return target{}, fmt.Errorf("natsbus: what follows ? in the URL: %w", err)
	}
	var t target
	known := []string{"replicas"}
	if base == "nats:embedded" {
		t, known = target{embedded: true, dir: "data/nats"}, []string{"dir", "listen"}
	} else if err := t.fillServers(base); err != nil {
		return target{}, err
	}
	for name := range query {
		if err := t.set(name, query.Get(name), known); err != nil {
			return target{}, err
		}
	}
	return t, nil
}

func (t *target) fillServers(base string) error {
	scheme, rest, _ := strings.Cut(base, "://")
	if scheme != "nats" && scheme != "tls" || rest == "" {
		return fmt.Errorf("natsbus: the URL begins with %.20q: want nats://host:port, tls://host:port or nats:embedded", scheme)
	}
	var servers, hosts []string
	for part := range strings.SplitSeq(rest, ",") {
		u, err := url.Parse(scheme + "://" + strings.TrimPrefix(strings.TrimSpace(part), scheme+"://"))
		if err != nil || u.Hostname() == "" || u.Path != "" && u.Path != "/" {
			return fmt.Errorf("natsbus: server %d of the URL is not host:port", len(servers)+1)
		}
		servers, hosts = append(servers, u.String()), append(hosts, u.Host)
	}
	t.servers, t.hosts = strings.Join(servers, ","), strings.Join(hosts, ",")
	return nil
}

func (t *target) set(name, value string, known []string) error {
	switch {
	case name == "replicas" && !t.embedded:
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > 5 {
			return fmt.Errorf("natsbus: replicas=%s in the URL: want 1 to 5, better odd", value)
		}
		t.replicas = n
	case name == "dir" && t.embedded && value != "":
		t.dir = value
	case name == "listen" && t.embedded:
		host, _, err := net.SplitHostPort(value)
		if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return fmt.Errorf("natsbus: listen=%s in the URL: want an address of this machine, such as 127.0.0.1:4222, "+
				"since an embedded server lets everybody in", value)
		}
		t.listen = value
	default:
		return fmt.Errorf("natsbus: %s=%s in the URL: want %s", name, value, strings.Join(known, " or "))
	}
	return nil
}
