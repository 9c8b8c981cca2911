package e2e_test

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestOrderLivesThroughARestart(t *testing.T) {
	t.Parallel()
	database := "DATABASE_URL=sqlite:" + t.TempDir() + "/mario.db"
	first := start(t, "OTEL_SDK_DISABLED=true", database)
	id := first.order()
	first.do(http.MethodPut, "/api/orders/"+id+"/cook", "").want(t, http.StatusOK)
	if err := first.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-first.exited
	second := start(t, "OTEL_SDK_DISABLED=true", database)
	if got := second.do(http.MethodGet, "/api/orders/"+id, "").want(t, http.StatusOK).text(t, "status"); got != "cooking" {
		t.Errorf("got status %q after a restart, want cooking", got)
	}
	second.do(http.MethodPut, "/api/orders/"+id+"/ready", "").want(t, http.StatusOK)
	second.closesOvens()
}

// closesOvens waits until no oven is taken.
func (p *pizzeria) closesOvens() {
	p.t.Helper()
	eventually(p.t, "all ovens are free", func() bool {
		return strings.Contains(p.do(http.MethodGet, "/api/kitchen", "").Body, `"free":4`)
	})
}

func TestOfTwoWhoDoTheSameOneWins(t *testing.T) {
	t.Parallel()
	p := start(t, "OTEL_SDK_DISABLED=true")
	for _, step := range []struct{ verb, body string }{
		{"cook", ""}, {"ready", ""}, {"assign", `{"driver":"Luigi"}`}, {"deliver", ""}, {"cancel", `{"reason":"late"}`},
	} {
		for range 10 {
			id := p.order()
			p.advance(id, step.verb)
			var won, lost atomic.Int32
			var both sync.WaitGroup
			for range 2 {
				both.Go(func() {
					switch a, err := p.try(http.MethodPut, "/api/orders/"+id+"/"+step.verb, step.body); {
					case err == nil && a.Status == http.StatusOK:
						won.Add(1)
					case err == nil && a.Status == http.StatusConflict:
						lost.Add(1)
					default:
						t.Errorf("%s: %v %v", step.verb, a, err)
					}
				})
			}
			both.Wait()
			if won.Load() != 1 || lost.Load() != 1 {
				t.Errorf("%s: %d won and %d lost, want one each", step.verb, won.Load(), lost.Load())
			}
			p.do(http.MethodPut, "/api/orders/"+id+"/ready", "") // frees the oven if it was cooking
		}
	}
}

// advance takes an order through the stages before the one that verb leads to.
func (p *pizzeria) advance(id, verb string) {
	p.t.Helper()
	for _, step := range []struct{ verb, body string }{{"cook", ""}, {"ready", ""}, {"assign", `{"driver":"Luigi"}`}} {
		if step.verb == verb || verb == "cancel" {
			return
		}
		p.do(http.MethodPut, "/api/orders/"+id+"/"+step.verb, step.body).want(p.t, http.StatusOK)
	}
}

func TestAFullKitchenTakesNoMore(t *testing.T) {
	t.Parallel()
	p := start(t, "OTEL_SDK_DISABLED=true", "DATABASE_URL=memory:")
	for range 4 {
		p.do(http.MethodPut, "/api/orders/"+p.order()+"/cook", "").want(t, http.StatusOK)
	}
	fifth := p.order()
	got := p.do(http.MethodPut, "/api/orders/"+fifth+"/cook", "").want(t, http.StatusConflict)
	if !strings.Contains(got.Body, "full") {
		t.Errorf("the answer does not say that the kitchen is full: %s", got.Body)
	}
	if status := p.do(http.MethodGet, "/api/orders/"+fifth, "").text(t, "status"); status != "pending" {
		t.Errorf("got status %q, want pending", status)
	}
}

func TestOvensAreNotLostUnderLoad(t *testing.T) {
	t.Parallel()
	p := start(t, "OTEL_SDK_DISABLED=true")
	var clients sync.WaitGroup
	for range 16 {
		clients.Go(func() {
			for range 10 {
				id := p.order()
				if p.do(http.MethodPut, "/api/orders/"+id+"/cook", "").Status == http.StatusOK {
					p.do(http.MethodPut, "/api/orders/"+id+"/ready", "").want(t, http.StatusOK)
				}
			}
		})
	}
	clients.Wait()
	p.closesOvens()
	if strings.Contains(p.output.String(), `"level":"ERROR"`) {
		t.Errorf("something failed:\n%s", p.output)
	}
}

func TestAStopUnderLoadAnswersAndFlushesEverything(t *testing.T) {
	t.Parallel()
	c := startCollector(t)
	p := start(t, c.env("grpc")...)
	var placed atomic.Int64
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			for {
				a, err := p.try(http.MethodPost, "/api/orders", twoMargheritas)
				switch {
				case err == nil && a.Status == http.StatusCreated:
					placed.Add(1)
					continue
				case err == nil:
					t.Errorf("got status %d: %s", a.Status, a.Body)
				case !refused(err):
					t.Errorf("an accepted request has no answer: %v", err)
				}
				return
			}
		})
	}
	eventually(t, "orders come in", func() bool { return placed.Load() > 100 })
	p.stop()
	clients.Wait()
	c.stop()
	traced := 0
	for _, s := range c.spans() {
		if s.Name() == "POST /api/orders" {
			traced++
		}
	}
	if int64(traced) != placed.Load() {
		t.Errorf("%d orders were placed, %d traced", placed.Load(), traced)
	}
}

// refused reports whether a connection was not accepted.
func refused(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

func TestADeadCollectorCostsNothingButALineNowAndThen(t *testing.T) {
	t.Parallel()
	hole := blackHole(t)
	for name, env := range map[string][]string{
		"dead, http":       {"OTEL_EXPORTER_OTLP_ENDPOINT=http://" + freeAddress(t)},
		"dead, grpc":       {"OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_ENDPOINT=http://" + freeAddress(t)},
		"black hole, http": {"OTEL_EXPORTER_OTLP_ENDPOINT=http://" + hole},
		"black hole, grpc": {"OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_ENDPOINT=http://" + hole},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			p := start(t, append(env, "OTEL_BSP_SCHEDULE_DELAY=200", "OTEL_METRIC_EXPORT_INTERVAL=500", "DATABASE_URL=memory:")...)
			if took := time.Since(begin); took > 5*time.Second {
				t.Errorf("the start took %s, want under 5 s", took)
			}
			for until := time.Now().Add(5 * time.Second); time.Now().Before(until); {
				begin := time.Now()
				p.order()
				if took := time.Since(begin); took > time.Second {
					t.Errorf("an order took %s", took)
				}
			}
			if took := p.stop(); took > 7*time.Second {
				t.Errorf("the stop took %s, want under 7 s", took)
			}
			lines := 0
			for line := range strings.SplitSeq(p.output.String(), "\n") {
				if strings.Contains(line, `"level":"ERROR"`) || strings.Contains(line, `"level":"WARN"`) {
					lines++
				}
			}
			if lines == 0 || lines > 12 {
				t.Errorf("%d lines about the collector, want 1 to 12:\n%s", lines, p.output)
			}
		})
	}
}

// blackHole returns an address at which connections are accepted and never answered.
func blackHole(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { conn.Close() })
		}
	}()
	return listener.Addr().String()
}
