package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// readRole reads the flags of a pizzeria.
func readRole(args []string) (string, error) {
	flags := flag.NewFlagSet("mario-pizzeria", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	role := flags.String("role", all, "")
	switch err := flags.Parse(args); {
	case err != nil:
		return "", err //nolint:wrapcheck // it names the flag and says what is wrong
	case flags.NArg() > 0:
		return "", fmt.Errorf("unknown argument %q", flags.Arg(0))
	case !slices.Contains(roles(), *role):
		return "", errors.New("--role is one of " + strings.Join(roles(), ", "))
	}
	return *role, nil
}

// usage explains the program.
func usage(w io.Writer) {
	fmt.Fprint(w, "Usage: mario-pizzeria [--role all|api|kitchen|delivery] [subcommand]\n\n"+
		"Without a subcommand it serves the pizzeria: all of it, or the part that --role says, beside processes with the\n"+
		"other parts that have the same DATABASE_URL and BUS_URL. api answers HTTP, and tells customers how their orders\n"+
		"fare; kitchen cooks and delivery delivers, with nothing but /healthz and /readyz on HTTP. The subcommands are\n\n"+
		"  simulate     sends customers, cooks and drivers to a pizzeria; simulate --help says more\n"+
		"  healthcheck  ends with 0 if the pizzeria is ready, else with 1 and the reason\n\n"+
		"The pizzeria is configured by environment variables:\n\n")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, s := range settings() {
		fallback := s.fallback
		if fallback == "" {
			fallback = "-"
		}
		fmt.Fprintf(table, "  %s\t%s\t%s\n", s.name, fallback, s.meaning)
	}
	_ = table.Flush() // nobody to tell if standard output is gone
}
