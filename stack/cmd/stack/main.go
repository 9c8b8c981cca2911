// Command stack runs the observability stack on this machine until it is told to stop.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/neuroglia-go/neuroglia/stack"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // a second interrupt ends the process at once
	err := run(ctx, os.Args[1:], os.Stdout)
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errInterrupted):
		fmt.Fprintln(os.Stderr, "stack:", err)
		os.Exit(130) // as shells count an interrupt
	default:
		fmt.Fprintln(os.Stderr, "stack:", err)
		os.Exit(1)
	}
}

var errInterrupted = errors.New("interrupted before it was ready; everything is stopped")

func run(ctx context.Context, args []string, output io.Writer) error {
	config := stack.Config{Output: output}
	flags := flag.NewFlagSet("stack", flag.ContinueOnError)
	flags.StringVar(&config.Root, "root", ".", "folder of the repository")
	flags.StringVar(&config.Data, "data", "", "folder for what the stack stores (default .stack in the repository)")
	flags.StringVar(&config.Profile, "profile", "dev", "dev, or prod for sampling and redaction")
	flags.DurationVar(&config.Interval, "interval", 15*time.Second, "how often metrics are collected and rules evaluated")
	flags.Func("without", "tempo or grafana, to leave it out; may be repeated", func(part string) error {
		config.Without = append(config.Without, part)
		return nil
	})
	flags.BoolVar(&config.Demo, "demo", false, "also run Mario's Pizzeria and traffic, as $RATE and $CHAOS say")
	free := flags.Bool("free-ports", false, "listen on any free ports instead of the usual ones")
	if err := flags.Parse(args); err != nil {
		return err //nolint:wrapcheck // flag has said it already
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unknown argument %q: --help lists the flags", flags.Arg(0))
	}
	if *free {
		ports, err := stack.FreePorts()
		if err != nil {
			return err
		}
		config.Ports = ports
	}
	fmt.Fprintln(output, "Starting the stack:")
	starting, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	running, err := stack.Start(starting, config)
	if ctx.Err() != nil && err != nil {
		return errInterrupted
	}
	if err != nil {
		return err
	}
	fmt.Fprint(output, links(running))
	select {
	case <-ctx.Done():
	case err = <-running.Failed():
	}
	fmt.Fprintln(output, "\nStopping the stack")
	return errors.Join(err, running.Stop(context.WithoutCancel(ctx)))
}
