package observability

import (
	"context"
	"log/slog"
	"time"

	"github.com/neuroglia-go/neuroglia/app"
)

// Setup starts telemetry for the host, under its name and with all defaults. It must be the first setup, so that
// telemetry stops last:
//
//	app.Main("mario-pizzeria", observability.Setup, setup)
//
// Telemetry that cannot be sent at the end is a line in the log and not a failure of the service.
func Setup(ctx context.Context, h *app.Host) error { return SetupWith()(ctx, h) }

// SetupWith is [Setup] with options.
func SetupWith(opts ...Option) app.Setup {
	return func(ctx context.Context, h *app.Host) error {
		t, err := Start(ctx, h.Name(), opts...)
		if err != nil {
			return err
		}
		h.Add(app.Part{
			Name: "telemetry",
			Stop: func(ctx context.Context) error {
				if err := t.Shutdown(ctx); err != nil {
					slog.WarnContext(ctx, "telemetry was lost at the end", "error", err)
				}
				return nil
			},
			StopTimeout: flushTimeout + time.Second,
		})
		return nil
	}
}
