// Command report runs the benchmarks, keeps what they print in benchmarks/results, prints what telemetry costs and writes
// that to docs/performance.md and the README. Run it in the folder of the benchmarks, as make bench does.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/neuroglia-go/neuroglia/benchmarks/report/marked"
	"github.com/neuroglia-go/neuroglia/benchmarks/report/results"
)

// Where results are kept and shown, seen from the folder of the benchmarks.
const (
	raw      = "results/micro.txt"
	document = "../docs/performance.md"
	readme   = "../README.md"
)

// options are what the command line says.
type options struct {
	runs                                 int
	benchtime, results, document, readme string
}

func main() {
	var o options
	flag.IntVar(&o.runs, "runs", 6, "how often all benchmarks run, one after the other; 0 takes what -results says")
	flag.StringVar(&o.benchtime, "benchtime", "100ms", "how long each of them runs")
	flag.StringVar(&o.results, "results", raw, "file for what they print")
	flag.StringVar(&o.document, "document", document, "document with all generated parts; none if empty")
	flag.StringVar(&o.readme, "readme", readme, "document with the part that says what a command costs; none if empty")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, o); err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, o options) error {
	if o.runs > 0 {
		if err := measure(ctx, out, o); err != nil {
			return err
		}
	}
	set, err := load(o.results)
	if err != nil {
		return err
	}
	for _, part := range parts(set) {
		fmt.Fprintln(out, part.text)
		if err := show(o.document, part); err != nil {
			return err
		}
	}
	return show(o.readme, cost(set))
}

func show(path string, p part) error {
	if path == "" {
		return nil
	}
	return marked.ReplaceFile(path, p.name, p.text)
}

func load(path string) (*results.Set, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the results of the last run: %w", err)
	}
	defer file.Close()
	return results.Read(file, path)
}

// measure runs all benchmarks so often, so that what disturbs the machine for a while disturbs all of them alike.
func measure(ctx context.Context, out io.Writer, o options) error {
	folder, err := os.MkdirTemp("", "benchmarks")
	if err != nil {
		return fmt.Errorf("build the benchmarks: %w", err)
	}
	defer os.RemoveAll(folder)
	binary := filepath.Join(folder, "bench.test")
	if built, err := exec.CommandContext(ctx, "go", "test", "-c", "-o", binary, ".").CombinedOutput(); err != nil {
		return fmt.Errorf("build the benchmarks: %w\n%s", err, built)
	}
	version, err := otel(ctx)
	if err != nil {
		return err
	}
	file, err := os.Create(o.results)
	if err != nil {
		return fmt.Errorf("keep the results: %w", err)
	}
	defer file.Close()
	fmt.Fprintf(file, "go: %s\notel: %s\nbenchtime: %s\n", runtime.Version(), version, o.benchtime)
	for i := range o.runs {
		fmt.Fprintf(out, "run %d of %d\n", i+1, o.runs)
		for _, environment := range [][]string{nil, {"OTEL_SDK_DISABLED=true"}} {
			bench := "."
			if environment != nil {
				bench = "/^neuroglia$/^disabled$"
			}
			cmd := exec.CommandContext(ctx, binary,
				"-test.run", "^$", "-test.bench", bench, "-test.benchtime", o.benchtime, "-test.cpu", "1")
			cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), environment...), file, os.Stderr
			if err := cmd.Run(); err != nil {
				return fmt.Errorf("run the benchmarks: %w", err)
			}
		}
	}
	return nil
}

// otel is the version of OpenTelemetry that is measured.
func otel(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Version}}", "go.opentelemetry.io/otel").Output()
	if err != nil {
		return "", fmt.Errorf("the version of OpenTelemetry: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}
