package web_test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/web"
)

// sendSlowly sends the beginning of a request and nothing more.
func sendSlowly(t *testing.T, p *pizzeria, beginning string) *bufio.Reader {
	t.Helper()
	p.start(t)
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", p.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	fmt.Fprint(conn, beginning)
	return bufio.NewReader(conn)
}

func TestABodyThatDoesNotComeInTimeIsATimeout(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, func(c *web.Config) { c.ReadTimeout = 100 * time.Millisecond })
	answer := sendSlowly(t, p, "POST /api/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
	response, err := http.ReadResponse(answer, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	got := parseProblem(t, response.StatusCode, response.Header, string(text))
	if got.Status != http.StatusRequestTimeout || got.Kind != "timeout" || !response.Close {
		t.Errorf("got %s", text)
	}
}

func TestAHeaderThatDoesNotComeInTimeEndsTheConnection(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, func(c *web.Config) { c.ReadTimeout = 100 * time.Millisecond })
	text, err := io.ReadAll(sendSlowly(t, p, "GET /api/orders HTTP/1.1\r\nHost:"))
	if err != nil || strings.Contains(string(text), " 200 ") {
		t.Errorf("got %s %v", text, err)
	}
}

func TestAClientThatDoesNotReadItsAnswerKeepsNobodyOut(t *testing.T) {
	t.Parallel()
	for name, send := range map[string]func(http.ResponseWriter) error{
		"write": func(w http.ResponseWriter) error {
			_, err := w.Write(make([]byte, 1<<20))
			return err
		},
		"flush": func(w http.ResponseWriter) error {
			_, err := w.Write(make([]byte, 1<<10))
			w.(http.Flusher).Flush()
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPizzeria(t, func(c *web.Config) { c.MaxInFlight, c.MaxWait = 1, -1 })
			began, ended := make(chan struct{}), make(chan struct{})
			p.Handle("GET /large", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				defer close(ended)
				close(began)
				for send(w) == nil {
					continue
				}
			}))
			answer := sendSlowly(t, p, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
			<-began
			ask := func() string {
				status, _, _ := p.ask(t, "GET", "/api/orders", "")
				return strconv.Itoa(status)
			}
			observabilitytest.Eventually(t, ask, "200")
			if _, err := io.CopyN(io.Discard, answer, 1<<10); err != nil { // it is still waited for
				t.Error(err)
			}
			select {
			case <-ended:
				t.Error("the answer ended")
			default:
			}
		})
	}
}

func TestWhatTheServerSaysIsLogged(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, nil)
	p.Handle("GET /twice", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		w.WriteHeader(http.StatusAccepted)
	}))
	url, _ := p.start(t)
	if status, err := send(t.Context(), newClient(t), "GET", url+"/twice", ""); err != nil || status != http.StatusOK {
		t.Errorf("got %d %v", status, err)
	}
	observabilitytest.Eventually(t, func() string {
		for _, record := range p.recorder.LogRecords() {
			if strings.HasPrefix(record.Message, "http: superfluous response.WriteHeader call") && record.Level == slog.LevelWarn {
				return "logged"
			}
		}
		return p.recorder.Logs()
	}, "logged")
}
