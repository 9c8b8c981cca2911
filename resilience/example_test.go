package resilience_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/neuroglia-go/neuroglia/resilience"
	"github.com/neuroglia-go/neuroglia/retry"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

func Example() {
	pay := resilience.New(
		resilience.Retry(retry.Policy{Attempts: 3, First: time.Millisecond}),
		resilience.Timeout(2*time.Second),
		resilience.Breaker(resilience.Break{}),
		resilience.WithTelemetry(telemetry.Providers{Logger: slog.New(slog.DiscardHandler)}),
	)
	payments := pay.Guard("payments")
	attempt := 0
	err := payments.Do(context.Background(), func(context.Context) error {
		attempt++
		fmt.Println("attempt", attempt)
		if attempt == 1 {
			return errors.New("the line was cut")
		}
		return nil
	})
	fmt.Println(err)
	// Output:
	// attempt 1
	// attempt 2
	// <nil>
}
