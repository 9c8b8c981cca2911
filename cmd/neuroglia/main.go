// Command neuroglia is the tool of Neuroglia for Go. Its doctor checks the signal path of an observability stack, its outbox
// looks after the dead letters of a service.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr))
}

// The exit codes of all subcommands.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// run is the program, given its surroundings.
func run(
	ctx context.Context, args []string, env func(string) (string, bool), stdout, stderr io.Writer,
) int {
	command := ""
	if len(args) > 0 {
		command = args[0]
	}
	switch command {
	case "doctor":
		return runDoctor(ctx, args[1:], env, stdout, stderr)
	case "outbox":
		return runOutbox(ctx, args[1:], env, os.Stdin, stdout, stderr)
	case "version":
		fmt.Fprintln(stdout, "neuroglia", version())
		return exitOK
	case "help", "-h", "--help":
		if len(args) > 1 && args[1] == "doctor" {
			return runDoctor(ctx, []string{"--help"}, env, stdout, stderr)
		}
		if len(args) > 1 && args[1] == "outbox" {
			return runOutbox(ctx, []string{"--help"}, env, os.Stdin, stdout, stderr)
		}
		usage(stdout)
		return exitOK
	case "":
		usage(stderr)
		return exitUsage
	default:
		fmt.Fprintf(stderr, "neuroglia: there is no command %q\n\n", command)
		usage(stderr)
		return exitUsage
	}
}

func usage(w io.Writer) {
	fmt.Fprint(w, `Usage: neuroglia COMMAND

  doctor   check the signal path of an observability stack, from an app to its dashboards
  outbox   look after the dead letters of a service
  version  show the version
  help     show this, or with "help doctor" or "help outbox" what these take
`)
}

func version() string {
	build, ok := debug.ReadBuildInfo()
	if !ok || build.Main.Version == "" {
		return "(devel)"
	}
	return build.Main.Version
}
