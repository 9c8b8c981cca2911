package marked_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/benchmarks/report/marked"
)

const document = `# Fast

<!-- generated: load -->
<!-- end -->

By hand.

<!-- generated: order -->
| old |
<!-- end -->
`

func TestOnlyThePartOfTheNameIsReplaced(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "performance.md")
	if err := os.WriteFile(path, []byte(document), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time changes nothing
		if err := marked.ReplaceFile(path, "order", "\n| new |\n"); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if want := strings.Replace(document, "old", "new", 1); string(got) != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

func TestAPartIsReadAsItIs(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"load": "", "order": "| old |\n"} {
		if got, err := marked.Part(document, name); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
		}
	}
}

func TestMarksThatAreMissingAreNamed(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"no mark": "text", "no end": "<!-- generated: load -->\n",
		"no end before the next": strings.Replace(document, "<!-- end -->", "", 1),
	} {
		_, err := marked.Replace(text, "load", "x")
		if err == nil || !strings.Contains(err.Error(), `"<!-- generated: load -->" with "<!-- end -->" after it`) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
