package app_test

import (
	"context"
	"fmt"

	"github.com/neuroglia-go/neuroglia/app"
)

// A part says how it starts and stops; the service runs until its context ends.
func ExampleRun() {
	ctx, cancel := context.WithCancel(context.Background())
	oven := func(_ context.Context, h *app.Host) error {
		h.Add(app.Part{
			Name:  "oven",
			Start: func(context.Context) error { fmt.Println("heat the oven"); return nil },
			Stop:  func(context.Context) error { fmt.Println("let it cool"); return nil },
		})
		return nil
	}
	closing := func(_ context.Context, h *app.Host) error {
		h.Add(app.Part{Name: "closing time", Start: func(context.Context) error { cancel(); return nil }})
		return nil
	}
	fmt.Println(app.Run(ctx, "pizzeria", oven, closing))
	// Output:
	// heat the oven
	// let it cool
	// <nil>
}
