package observability_test

import (
	"context"
	"errors"
	"runtime/debug"
	"strings"
	"testing"
	"testing/synctest"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"

	"github.com/neuroglia-go/neuroglia/observability"
)

type detector func(context.Context) (*resource.Resource, error)

func (d detector) Detect(ctx context.Context) (*resource.Resource, error) { return d(ctx) }

func TestTheResourceDescribesTheProcess(t *testing.T) {
	t.Parallel()
	res, err := observability.NewResource(t.Context(), "pizzeria",
		observability.Version("1.2.3"), observability.Attributes(attribute.String("deployment.environment.name", "test")))
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[attribute.Key]string{
		"service.name": "pizzeria", "service.version": "1.2.3", "deployment.environment.name": "test",
		"telemetry.sdk.language": "go", "process.runtime.name": "go",
	} {
		if got, _ := res.Set().Value(key); got.AsString() != want {
			t.Errorf("%s: got %q, want %q", key, got.AsString(), want)
		}
	}
	for _, key := range []attribute.Key{"service.instance.id", "host.name", "os.type", "process.pid", "process.runtime.version"} {
		if !res.Set().HasValue(key) {
			t.Errorf("no %s", key)
		}
	}
	for _, a := range res.Attributes() {
		if strings.HasPrefix(string(a.Key), "process.command") {
			t.Errorf("%s may hold secrets", a.Key)
		}
	}
}

func TestADetectorThatFailsCostsOnlyWhatItWouldFind(t *testing.T) {
	t.Parallel()
	broken := detector(func(context.Context) (*resource.Resource, error) { return nil, errors.New("no metadata server") })
	res, err := observability.NewResource(t.Context(), "pizzeria", observability.Detectors(broken))
	if err == nil || !strings.Contains(err.Error(), "no metadata server") {
		t.Errorf("got error %v", err)
	}
	if got, _ := res.Set().Value("service.name"); got.AsString() != "pizzeria" || !res.Set().HasValue("host.name") {
		t.Errorf("got %v", res)
	}
}

func TestTwoSchemasAreNoTrouble(t *testing.T) {
	t.Parallel()
	other := detector(func(context.Context) (*resource.Resource, error) {
		return resource.NewWithAttributes("https://opentelemetry.io/schemas/1.4.0", attribute.String("cloud.region", "x")), nil
	})
	res, err := observability.NewResource(t.Context(), "pizzeria", observability.Detectors(other))
	if err != nil {
		t.Error(err)
	}
	if !res.Set().HasValue("cloud.region") || !res.Set().HasValue("host.name") {
		t.Errorf("got %v", res)
	}
}

func TestADetectorThatHangsIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{})
		hangs := detector(func(context.Context) (*resource.Resource, error) { <-free; return resource.Empty(), nil })
		res, err := observability.NewResource(t.Context(), "pizzeria", observability.Detectors(hangs))
		if err == nil || !strings.Contains(err.Error(), "in time") {
			t.Errorf("got error %v", err)
		}
		if got, _ := res.Set().Value("service.name"); got.AsString() != "pizzeria" {
			t.Errorf("got %v", res)
		}
		close(free)
	})
}

func TestTheVersionComesFromTheBuild(t *testing.T) {
	t.Parallel()
	const revision = "0123456789abcdef0123456789abcdef01234567"
	for name, test := range map[string]struct {
		main, modified, version string
	}{
		"released":    {"v1.2.3", "false", "v1.2.3"},
		"development": {"(devel)", "false", "0123456789ab"},
		"changed":     {"", "true", "0123456789ab+dirty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			info := &debug.BuildInfo{Main: debug.Module{Version: test.main}, Settings: []debug.BuildSetting{
				{Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: test.modified}}}
			version, got := observability.BuildVersion(info)
			if version != test.version || got != revision {
				t.Errorf("got %s at %s, want %s", version, got, test.version)
			}
		})
	}
	if version, revision := observability.BuildVersion(&debug.BuildInfo{}); version != "" || revision != "" {
		t.Errorf("got %q at %q of nothing", version, revision)
	}
}
