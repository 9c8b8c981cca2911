package lines_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write lines.txt")

func TestTableIsThatOfTheFiles(t *testing.T) {
	t.Parallel()
	got := table(t)
	if *update {
		if err := os.WriteFile("lines.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("lines.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// concerns say which files are about what. Every file that has instrumentation is in one.
var concerns = []struct {
	name  string
	files []string
}{
	{"one command", []string{"place_order.go", "order.go"}},
	{"one query", []string{"get_order.go"}},
	{"handlers of events", []string{"events.go"}},
	{"repository", []string{"orders.go"}},
	{"message bus", []string{"bus.go"}},
	{"HTTP", []string{"routes.go"}},
	{"instruments, outcomes, panics, logs", []string{"instruments.go", "conclude.go"}},
	{"start, export, flush", []string{"telemetry.go", "main.go", "service.go"}},
}

func table(t *testing.T) string {
	t.Helper()
	plain, byhand := count(t, "plain", everything), count(t, "byhand", everything)
	framework, instrumented := count(t, "framework", everything), count(t, "framework", instrumentation)
	var text strings.Builder
	fmt.Fprintf(&text, "%-38s %8s %10s %6s\n", "lines of instrumentation", "by hand", "framework", "less")
	row := func(name string, before, after int) {
		fmt.Fprintf(&text, "%-38s %8d %10d %5.1f%%\n", name, before, after, 100-100*float64(after)/float64(before))
	}
	var handTotal, frameworkTotal int
	for _, c := range concerns {
		hand, own := 0, 0
		for _, file := range c.files {
			hand, own = hand+byhand[file]-plain[file], own+instrumented[file]
		}
		handTotal, frameworkTotal = handTotal+hand, frameworkTotal+own
		row(c.name, hand, own)
	}
	row("all", handTotal, frameworkTotal)
	if want := sum(byhand) - sum(plain); handTotal != want || frameworkTotal != sum(instrumented) {
		t.Errorf("the concerns have %d and %d lines, the files %d and %d", handTotal, frameworkTotal, want, sum(instrumented))
	}
	fmt.Fprintf(&text, "\nlines of the service: plain %d, by hand %d, framework %d\n", sum(plain), sum(byhand), sum(framework))
	return text.String()
}

var (
	everything      = regexp.MustCompile(`^\s*[^\s/]|^\s*/[^/]`)
	instrumentation = regexp.MustCompile(`observability|opentelemetry|otel:"`)
)

// count returns the lines of code that match, by file.
func count(t *testing.T, folder string, match *regexp.Regexp) map[string]int {
	t.Helper()
	files, err := filepath.Glob(folder + "/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", folder, len(files), err)
	}
	lines := map[string]int{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(source)) {
			if everything.MatchString(line) && match.MatchString(line) {
				lines[filepath.Base(file)]++
			}
		}
	}
	return lines
}

func sum(lines map[string]int) int {
	total := 0
	for n := range maps.Values(lines) {
		total += n
	}
	return total
}
