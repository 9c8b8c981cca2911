package badday_test

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

const megabyte = 1 << 20

// TestGarbageIsRefusedAndHurtsNobody sends the collector what is no OTLP, or too much of it, over HTTP and gRPC: each gets a
// clear answer, it is an alert, memory stays bounded, and what others send is taken.
func TestGarbageIsRefusedAndHurtsNobody(t *testing.T) {
	t.Parallel()
	ports := freePorts(t)
	s := start(t, root(t), ports, "tempo", "grafana")
	noise := make([]byte, 100*1024)
	_, _ = rand.Read(noise) // it cannot fail
	packed := bomb(t)
	const json, protobuf = "application/json", "application/x-protobuf"

	for _, path := range []string{"/v1/traces", "/v1/metrics", "/v1/logs"} {
		for name, c := range map[string]struct {
			kind, encoding string
			body           io.Reader
			code           int
			answer         string
		}{
			"noise as protobuf":  {protobuf, "", bytes.NewReader(noise), http.StatusBadRequest, "proto"},
			"half of a JSON":     {json, "", strings.NewReader(`{"resourceSpans":[{"resource`), http.StatusBadRequest, "unexpected end of input"},
			"text":               {"text/plain", "", strings.NewReader("hello"), http.StatusUnsupportedMediaType, "unsupported media type"},
			"noise as gzip":      {protobuf, "gzip", bytes.NewReader(noise), http.StatusBadRequest, "gzip"},
			"more than it takes": {protobuf, "", io.LimitReader(zeros{}, 50*megabyte), http.StatusBadRequest, "too large"},
			"a bomb":             {protobuf, "gzip", bytes.NewReader(packed), http.StatusBadRequest, "too large"},
		} {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL("collector")+path, c.body)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Content-Type", c.kind)
			if c.encoding != "" {
				request.Header.Set("Content-Encoding", c.encoding)
			}
			if code, answer := do(t, request); code != c.code || !strings.Contains(answer, c.answer) {
				t.Errorf("%s for %s: the collector answers %d: %.300s", name, path, code, answer)
			}
		}
	}

	address := fmt.Sprintf("127.0.0.1:%d", ports.OTLPGRPC)
	for name, c := range map[string]struct {
		body   []byte
		code   codes.Code
		answer string
	}{
		"noise":              {noise, codes.Internal, "unmarshal"},
		"more than it takes": {make([]byte, 10*megabyte), codes.ResourceExhausted, "larger than max"},
	} {
		if err := export(t, address, c.body); status.Code(err) != c.code || !strings.Contains(err.Error(), c.answer) {
			t.Errorf("%s by gRPC: the collector answers %v", name, err)
		}
	}
	hangUp(t, address, noise)

	for path, body := range items(10, time.Now(), "good") {
		if code, answer := post(t, s, path, body); code != http.StatusOK {
			t.Errorf("of good telemetry for %s, the collector says %d: %s", path, code, answer)
		}
	}
	eventually(t, "good telemetry arrives", time.Minute, func() bool {
		return greatest(t, s, "badday_level") == 1 && len(lines(t, s, `{service_name="badday"}`, time.Now().Add(-time.Minute), time.Now())) == 10
	})
	eventually(t, "garbage is an alert, and on telemetry health", time.Minute, func() bool {
		return len(alarms(t, s, "CollectorMisunderstands")) > 0 && greatest(t, s, queries(t, "Answers to services")[0]) >= 0
	})
	const limit = 512 // MiB, of its container
	if most := greatest(t, s, "max_over_time(otelcol_process_memory_rss_bytes[5m])") / megabyte; most > limit {
		t.Errorf("the collector needed %.0f MiB, more than %d", most, limit)
	} else {
		t.Logf("the collector needed at most %.0f MiB", most)
	}
	if !s.Process("collector").Running() {
		t.Error("the collector does not run any more")
	}
}

// zeros has no end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// bomb is small, and large when it is unpacked.
func bomb(t *testing.T) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := io.CopyN(w, zeros{}, 200*megabyte)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// raw sends bytes as they are.
type raw struct{}

func (raw) Marshal(v any) ([]byte, error)   { return *v.(*[]byte), nil }
func (raw) Unmarshal(d []byte, v any) error { *v.(*[]byte) = d; return nil }
func (raw) Name() string                    { return "proto" }

// export calls the collector by gRPC.
func export(t *testing.T, address string, body []byte) error {
	t.Helper()
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	var answer []byte
	const method = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
	return connection.Invoke(t.Context(), method, &body, &answer, grpc.ForceCodec(raw{}))
}

// hangUp fails the test if the collector listens for long to what is no gRPC.
func hangUp(t *testing.T, address string, noise []byte) {
	t.Helper()
	connection, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	_, _ = connection.Write(noise) // it may be closed before all is written
	var timeout net.Error
	if _, err := io.Copy(io.Discard, connection); errors.As(err, &timeout) && timeout.Timeout() {
		t.Error("the collector still listens to noise")
	}
}
