// Command load puts the real pizzeria under load, with telemetry on, off and in trouble, and writes what it measured.
//
// The service gets a processor of its own; the load, the collector and PostgreSQL share another, so that what telemetry costs
// the service is seen and what the collector does is not. Configurations take turns, and are compared within a round.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/neuroglia-go/neuroglia/benchmarks/load/measured"
	"github.com/neuroglia-go/neuroglia/benchmarks/report/marked"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	o, err := parse(args, out)
	if err != nil {
		return err
	}
	root, err := repository()
	if err != nil {
		return err
	}
	o.out, o.document = under(root, o.out), under(root, o.document)
	before, err := measured.Read(o.out)
	if err != nil {
		return err
	}
	if o.show {
		fmt.Fprint(out, before.Markdown())
		return keep(before, o)
	}
	b, err := newBench(ctx, o, root, out)
	if err != nil {
		return err
	}
	defer b.close()
	r := measured.Report{Soak: before.Soak}
	if o.soak {
		r = before
		r.Soak, err = b.soak(ctx)
	} else {
		r.Cells, err = b.measure(ctx)
	}
	if err != nil {
		return err
	}
	if !o.soak {
		r.Command, r.Machine, r.Versions, r.Pinned = "make load", machine(), b.versions(ctx), b.processors != nil
		r.Rounds, r.Duration, r.Callers = o.rounds, o.duration.String(), o.workers
	}
	fmt.Fprintf(out, "\n%s", r.Markdown())
	return keep(r, o)
}

// keep writes the report where the options say.
func keep(r measured.Report, o options) error {
	if o.out != "" {
		if err := os.MkdirAll(filepath.Dir(o.out), 0o755); err != nil {
			return err
		}
		if err := r.Write(o.out); err != nil {
			return err
		}
	}
	if o.document != "" {
		return errors.Join(
			marked.ReplaceFile(o.document, "load", r.Tables()), marked.ReplaceFile(o.document, "load goals", r.Goals()))
	}
	return nil
}

// repository returns the folder of the repository around the current one.
func repository() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "samples/mario-pizzeria/go.mod")); err == nil {
			return folder, nil
		}
		if folder == filepath.Dir(folder) {
			return "", errors.New("there is no samples/mario-pizzeria here or above: run it in the repository")
		}
	}
}

func under(root, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(root, path)
}
