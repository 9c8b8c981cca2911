// Command mario-pizzeria is the sample service of Neuroglia for Go: a pizzeria that takes orders over HTTP, cooks and
// delivers them.
package main

import (
	"fmt"
	"os"

	"github.com/neuroglia-go/neuroglia/app"
	"github.com/neuroglia-go/neuroglia/observability"
)

func main() {
	switch args := os.Args[1:]; {
	case len(args) == 0:
		app.Main("mario-pizzeria", observability.Setup, setup)
	case len(args) == 1 && (args[0] == "--help" || args[0] == "-h"):
		usage(os.Stdout)
	default:
		fmt.Fprintf(os.Stderr, "mario-pizzeria: unknown argument %q\n\n", args[0])
		usage(os.Stderr)
		os.Exit(2)
	}
}
