package observability

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// detectionTimeout bounds the detectors: those of clouds wait for a network that may not be there.
const detectionTimeout = 3 * time.Second

// describe returns the resource of this process, and logs what is wrong with it.
func describe(ctx context.Context, c *config, stdout *slog.Logger) *resource.Resource {
	res, err := newResource(ctx, c)
	if err != nil {
		stdout.WarnContext(ctx, "telemetry resource is incomplete", "error", err)
	}
	return validResource(res)
}

// newResource describes this process. What the environment says wins over the code, which wins over what is detected.
// The command line is left out because it may hold secrets. A detector that fails or takes too long costs only what it
// would have found: the error then says so, and the resource is usable.
func newResource(ctx context.Context, c *config) (*resource.Resource, error) {
	ctx, cancel := context.WithTimeout(ctx, detectionTimeout)
	defer cancel()
	code := resource.WithAttributes(append(buildAttributes(c), c.attributes...)...)
	type answer struct {
		res *resource.Resource
		err error
	}
	detected := make(chan answer, 1)
	go func() {
		res, err := resource.New(ctx,
			resource.WithTelemetrySDK(),
			resource.WithService(),
			resource.WithHost(),
			resource.WithOS(),
			resource.WithProcessPID(),
			resource.WithProcessExecutableName(),
			resource.WithProcessRuntimeName(),
			resource.WithProcessRuntimeVersion(),
			resource.WithProcessRuntimeDescription(),
			resource.WithContainer(),
			resource.WithDetectors(c.detectors...),
			code,
			resource.WithFromEnv(),
		)
		detected <- answer{res, err}
	}()
	select {
	case a := <-detected:
		return a.res, tolerated(a.res, a.err)
	case <-ctx.Done():
		res, err := resource.New(context.WithoutCancel(ctx),
			resource.WithTelemetrySDK(), resource.WithService(), code, resource.WithFromEnv())
		return res, errors.Join(errors.New("some of the resource was not detected in time"), tolerated(res, err))
	}
}

// tolerated keeps only errors that are worth a line: with two schema URLs the resource is complete and has none.
func tolerated(res *resource.Resource, err error) error {
	if res != nil && errors.Is(err, resource.ErrSchemaURLConflict) && !errors.Is(err, resource.ErrPartialResource) {
		return nil
	}
	return err
}

// buildAttributes returns the service's name and what the Go toolchain stamped into the binary.
func buildAttributes(c *config) []attribute.KeyValue {
	attrs := []attribute.KeyValue{semconv.ServiceName(c.name)}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	version, revision := buildVersion(info)
	if version = cmp.Or(c.version, version); version != "" {
		attrs = append(attrs, semconv.ServiceVersion(version))
	}
	if revision != "" {
		attrs = append(attrs, semconv.VCSRefHeadRevision(revision))
	}
	return attrs
}

// buildVersion returns the version of the main module, or a short form of the revision if it has none.
func buildVersion(info *debug.BuildInfo) (version, revision string) {
	modified := false
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value
		case "vcs.modified":
			modified = s.Value == "true"
		}
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v, revision
	}
	const short = 12
	version = revision[:min(short, len(revision))]
	if modified && version != "" {
		version += "+dirty"
	}
	return version, revision
}
