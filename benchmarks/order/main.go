package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/neuroglia-go/neuroglia/benchmarks/report/marked"
)

// Where the result is kept, seen from the folder benchmarks, and the document that shows it under the name of its part.
const (
	kept     = "results/order.txt"
	document = "../docs/performance.md"
	part     = "order"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	var p plan
	flag.IntVar(&p.rounds, "rounds", 5, "how often each of the two pizzerias gets orders, by turns")
	flag.IntVar(&p.orders, "orders", 2000, "how many orders in a round")
	flag.IntVar(&p.customers, "customers", 4, "how many orders at a time")
	profiles := flag.String("profiles", "", "folder to keep the profiles in, for go tool pprof; none if empty")
	flag.Parse()
	err := run(ctx, p, *profiles)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "order:", err)
		os.Exit(1)
	}
}

// run measures, and writes down what was measured.
func run(ctx context.Context, p plan, folder string) error {
	profiles, err := p.measure(ctx, os.Stderr)
	if err != nil {
		return err
	}
	for i, name := range []string{"off.pprof", "on.pprof"} {
		if folder == "" {
			break
		}
		file, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			return fmt.Errorf("keep a profile: %w", err)
		}
		if err := profiles[i].Write(file); err != nil {
			return fmt.Errorf("keep a profile: %w", err)
		}
		if err := file.Close(); err != nil {
			return fmt.Errorf("keep a profile: %w", err)
		}
	}
	r := attribute(p.String(), profiles, p.rounds*p.orders)
	fmt.Print(r.markdown())
	if err := os.WriteFile(kept, []byte(r.String()), 0o644); err != nil {
		return fmt.Errorf("keep the result: %w", err)
	}
	return marked.ReplaceFile(document, part, r.markdown())
}
