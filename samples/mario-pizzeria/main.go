// Command mario-pizzeria is the sample service of Neuroglia for Go: a pizzeria that takes orders over HTTP, cooks and
// delivers them.
package main

import (
	"errors"
	"flag"
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
	name := ""
	if len(args) > 0 {
		name = args[0]
	}
	switch name {
	case "simulate":
		os.Exit(simulate.Main(args[1:], os.Stdout, os.Stderr))
	case "healthcheck":
		os.Exit(healthcheck(args[1:], os.Stderr))
	}
	role, err := readRole(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		usage(os.Stdout)
	case err != nil:
		fmt.Fprintf(os.Stderr, "mario-pizzeria: %v\n\n", err)
		usage(os.Stderr)
		os.Exit(2)
	default:
		app.Main(serviceName(role), observability.SetupWith(observability.Version(version)), pizzeria(role))
	}
}

// serviceName is the name of a process in telemetry. What answers HTTP is the pizzeria, alone or not.
func serviceName(role string) string {
	if role == kitchen || role == delivery {
		return "mario-" + role
	}
	return "mario-pizzeria"
}
