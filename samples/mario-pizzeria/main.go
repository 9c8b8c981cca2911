// Command mario-pizzeria is the sample service of Neuroglia for Go: a pizzeria that takes orders over HTTP, cooks and
// delivers them.
package main

import (
	"fmt"
	"os"

	"github.com/neuroglia-go/neuroglia/app"
	"github.com/neuroglia-go/neuroglia/observability"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/simulate"
)

// version is that of the API and of the telemetry, unless OTEL_RESOURCE_ATTRIBUTES has another service.version. The image in
// docker-compose.mario.yml is named after it.
const version = "1.0.0"

func main() {
	args := os.Args[1:]
	if len(args) == 0 {
		app.Main("mario-pizzeria", observability.SetupWith(observability.Version(version)), setup)
		return
	}
	switch name := args[0]; {
	case name == "simulate":
		os.Exit(simulate.Main(args[1:], os.Stdout, os.Stderr))
	case name == "healthcheck":
		os.Exit(healthcheck(args[1:], os.Stderr))
	case len(args) == 1 && (name == "--help" || name == "-h"):
		usage(os.Stdout)
	default:
		fmt.Fprintf(os.Stderr, "mario-pizzeria: unknown argument %q\n\n", name)
		usage(os.Stderr)
		os.Exit(2)
	}
}
