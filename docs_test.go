package neuroglia_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// markdown returns the documents of the repository by their path.
func markdown(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".md") {
			return err
		}
		raw, err := os.ReadFile(name)
		found[name] = string(raw)
		return err
	})
	if err != nil || found["README.md"] == "" {
		t.Fatalf("read %d documents: %v", len(found), err)
	}
	return found
}

func TestDocumentsQuoteCompiledCode(t *testing.T) {
	t.Parallel()
	var code strings.Builder
	for _, files := range packages(t) {
		for _, f := range files {
			raw, err := os.ReadFile(f.name)
			if err != nil {
				t.Fatal(err)
			}
			code.WriteString(flat(string(raw)))
		}
	}
	fence := regexp.MustCompile("(?ms)^ *```go\n(.*?)^ *```")
	for name, text := range markdown(t) {
		for _, block := range fence.FindAllStringSubmatch(text, -1) {
			for part := range strings.SplitSeq(block[1], "\n\n") {
				if !strings.Contains(code.String(), flat(part)) {
					t.Errorf("%s shows code that no file has:\n%s", name, part)
				}
			}
		}
	}
}

// flat is text without indentation and blank lines.
func flat(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

func TestTheReadmeShowsWhatWasMeasured(t *testing.T) {
	t.Parallel()
	readme := markdown(t)["README.md"]
	for _, name := range []string{"samples/mario-pizzeria/e2e/testdata/order_trace.txt", "benchmarks/lines/lines.txt"} {
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(readme, string(want)) {
			t.Errorf("the README does not show what is in %s", name)
		}
	}
}

func TestLinksInDocumentsLeadSomewhere(t *testing.T) {
	t.Parallel()
	code := regexp.MustCompile("(?ms)^ *```.*?^ *```")
	link := regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	for name, text := range markdown(t) {
		for _, to := range link.FindAllStringSubmatch(code.ReplaceAllString(text, ""), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), to[1])); err != nil {
				t.Errorf("%s links to %s: %v", name, to[1], err)
			}
		}
	}
}

func TestDocumentsNameFilesThatAreThere(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	folders := map[string]bool{}
	for _, entry := range entries {
		folders[entry.Name()] = entry.IsDir() && !strings.HasPrefix(entry.Name(), ".")
	}
	path := regexp.MustCompile("`(?:\\./)?(\\w+)(/[\\w./-]+)`")
	for name, text := range markdown(t) {
		for _, found := range path.FindAllStringSubmatch(text, -1) {
			file := strings.TrimSuffix(found[1]+found[2], "/...")
			if _, err := os.Stat(file); folders[found[1]] && err != nil {
				t.Errorf("%s names %s: %v", name, file, err)
			}
		}
	}
}

func TestDocumentsNameTargetsOfMakeThatAreThere(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	targets := map[string]bool{}
	for _, target := range regexp.MustCompile(`(?m)^([\w-]+):`).FindAllStringSubmatch(string(raw), -1) {
		targets[target[1]] = true
	}
	command := regexp.MustCompile("(?m)(?:`|\\$ )make ([\\w./-]+)")
	for name, text := range markdown(t) {
		for _, found := range command.FindAllStringSubmatch(text, -1) {
			if !targets[found[1]] {
				t.Errorf("%s says make %s, which the Makefile does not know", name, found[1])
			}
		}
	}
}
