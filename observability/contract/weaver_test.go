package contract_test

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// weaver is a file of a registry of OpenTelemetry Weaver.
type weaver struct {
	Groups []struct {
		ID         string            `yaml:"id"`
		Type       string            `yaml:"type"`
		Brief      string            `yaml:"brief"`
		Display    string            `yaml:"display_name"`
		Stability  string            `yaml:"stability"`
		Metric     string            `yaml:"metric_name"`
		Instrument string            `yaml:"instrument"`
		Unit       string            `yaml:"unit"`
		SpanKind   string            `yaml:"span_kind"`
		Attributes []weaverAttribute `yaml:"attributes"`
		Notes      struct {
			Scope   string    `yaml:"scope"`
			Name    string    `yaml:"name"`
			Buckets []float64 `yaml:"buckets"`
		} `yaml:"annotations"`
	} `yaml:"groups"`
	Imports struct {
		Metrics []string `yaml:"metrics"`
	} `yaml:"imports"`
}

type weaverAttribute struct {
	ID          string    `yaml:"id"`
	Ref         string    `yaml:"ref"`
	Type        yaml.Node `yaml:"type"`
	Brief       string    `yaml:"brief"`
	Stability   string    `yaml:"stability"`
	Examples    []any     `yaml:"examples"`
	Requirement any       `yaml:"requirement_level"`
}

// read reads a file of docs/registry, in which nothing may be that weaver does not know.
func read(t *testing.T, name string, into any) {
	t.Helper()
	file, err := os.Open(filepath.Join("../../docs/registry", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

func TestTheWeaverRegistryIsWhole(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, key := range conventions(t) {
		known[key] = true
	}
	seen, described := map[string]bool{}, map[string]bool{}
	once := func(id string) {
		if id == "" || seen[id] {
			t.Errorf("the id %q is there twice, or empty", id)
		}
		seen[id] = true
	}
	var refs []string
	for _, name := range []string{"attributes.yaml", "metrics.yaml", "spans.yaml"} {
		var file weaver
		read(t, name, &file)
		for _, g := range file.Groups {
			once(g.ID)
			if g.Brief == "" || g.Type != "attribute_group" && g.Stability == "" {
				t.Errorf("%s has no brief or no stability: %+v", g.ID, g)
			}
			described[g.Metric+g.Notes.Name] = true
			for _, a := range g.Attributes {
				if refs = append(refs, a.Ref); a.Ref != "" {
					continue
				}
				once(a.ID)
				known[a.ID] = true
				if a.Type.IsZero() || a.Brief == "" || a.Stability == "" || a.Type.Value == "string" && len(a.Examples) == 0 {
					t.Errorf("%s lacks what an attribute needs: %+v", a.ID, a)
				}
			}
		}
		for _, metric := range file.Imports.Metrics {
			described[metric] = true
		}
	}
	for _, ref := range refs {
		if ref != "" && !known[ref] {
			t.Errorf("the attribute %s is declared neither here nor in the semantic conventions", ref)
		}
	}
	for _, m := range registry.Metrics() {
		if !described[m.Name] {
			t.Errorf("metric %s is not in the registry", m.Name)
		}
	}
	for _, s := range registry.Spans() {
		if !described[s.Name] {
			t.Errorf("span %s is not in the registry", s.Name)
		}
	}
}

func TestTheManifestNamesTheConventionsThatAreUsed(t *testing.T) {
	t.Parallel()
	var manifest struct {
		Name         string `yaml:"name"`
		Description  string `yaml:"description"`
		Version      string `yaml:"semconv_version"`
		Base         string `yaml:"schema_base_url"`
		Dependencies []struct {
			Name string `yaml:"name"`
			Path string `yaml:"registry_path"`
		} `yaml:"dependencies"`
	}
	read(t, "registry_manifest.yaml", &manifest)
	if len(manifest.Dependencies) != 1 || !strings.HasSuffix(manifest.Dependencies[0].Path, "@v1.43.0[model]") || manifest.Name == "" {
		t.Errorf("got %+v", manifest)
	}
}

func TestOnlyTheConventionsDeclareWhatIsNotOurs(t *testing.T) {
	t.Parallel()
	known := conventions(t)
	for _, a := range registry.Attributes() {
		switch ours := strings.HasPrefix(string(a.Key), "neuroglia."); {
		case ours && a.Convention():
			t.Errorf("%s is ours and not declared: add it to the attributes of its area", a.Key)
		case !ours && !slices.Contains(known, string(a.Key)):
			t.Errorf("%s is neither ours nor of the conventions", a.Key)
		}
	}
	seen := map[string]bool{}
	for _, m := range registry.Metrics() {
		if seen[m.Name+m.Scope] || seen[m.Name] && !m.Convention() || m.Kind == "" || m.Unit == "" || m.Description == "" || m.Scope == "" {
			t.Errorf("metric %s is declared twice or not wholly: %+v", m.Name, m)
		}
		seen[m.Name], seen[m.Name+m.Scope] = true, true
		if strings.HasPrefix(m.Name, "neuroglia.") == m.Convention() {
			t.Errorf("metric %s has stability %q", m.Name, m.Stability)
		}
		if m.Kind == telemetry.KindHistogram && !m.Convention() && len(m.Bounds) == 0 {
			t.Errorf("metric %s has no buckets", m.Name)
		}
	}
}

// conventions returns the keys of all attributes of the semantic conventions, as their Go package has them.
func conventions(t *testing.T) []string {
	t.Helper()
	pkg, err := build.Import("go.opentelemetry.io/otel/semconv/v1.43.0", ".", build.FindOnly)
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(pkg.Dir, "attribute_group.go"), nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && strings.HasSuffix(spec.Names[0].Name, "Key") && len(spec.Values) == 1 {
			if call, ok := spec.Values[0].(*ast.CallExpr); ok && len(call.Args) == 1 {
				if text, ok := call.Args[0].(*ast.BasicLit); ok {
					key, _ := strconv.Unquote(text.Value)
					keys = append(keys, key)
				}
			}
		}
		return true
	})
	if len(keys) < 500 {
		t.Fatalf("found %d attributes of the conventions", len(keys))
	}
	return keys
}
