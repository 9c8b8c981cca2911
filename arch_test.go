package neuroglia_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/neuroglia-go/neuroglia"

// layers says which of our packages a package may import. Packages that are not named here, those below a named one
// among them, may import what the closest named package above them may; a trailing slash stands for all below.
func layers() map[string][]string {
	core := []string{"telemetry", "telemetry/registry", "internal/instrument"}
	sample := "samples/mario-pizzeria/"
	domain := []string{"aggregate", "fault", sample + "domain/"}
	application := append([]string{"mediator", "repository", sample + "application"}, domain...)
	stores := []string{"repository", "outbox", "aggregate", "fault", "telemetry", "telemetry/registry", "internal/instrument"}
	transports := append([]string{"eventbus", "cloudevent", "fault", "retry"}, core...)
	return map[string][]string{
		".":                    {},
		"fault":                {},
		"retry":                {"fault"},
		"aggregate":            {},
		"app":                  {},
		"telemetry":            {"fault"},
		"telemetry/registry":   {"telemetry", "telemetry/registry"},
		"internal/instrument":  {"fault", "telemetry", "telemetry/registry"},
		"mediator":             append([]string{"aggregate", "fault"}, core...),
		"cloudevent":           {"aggregate"},
		"outbox":               append([]string{"aggregate", "fault", "retry"}, core...),
		"repository":           append([]string{"aggregate", "fault", "outbox"}, core...),
		"repository/memrepo":   stores,
		"repository/sqlrepo":   append([]string{"repository/sqlrepo/"}, stores...),
		"repository/mongorepo": append([]string{"repository/mongorepo/"}, stores...),
		"eventbus":             append([]string{"aggregate", "cloudevent", "fault", "retry"}, core...),
		// The suites are what drivers are tested with, the drivers themselves know the port and its types.
		"repository/repositorytest": {"repository", "outbox", "aggregate", "fault"},
		"outbox/outboxtest": {
			"outbox", "repository", "repository/repositorytest", "mediator", "telemetry", "retry", "aggregate", "fault",
		},
		"eventbus/membus":       transports,
		"eventbus/natsbus":      transports,
		"eventbus/httpbus":      transports,
		"eventbus/watermillbus": transports,
		"resilience":            append([]string{"mediator", "fault", "retry"}, core...),
		"eventbus/eventbustest": {"eventbus", "cloudevent", "fault"},
		"web":                   append([]string{"mediator", "fault", "app", "cloudevent"}, core...),
		"observability":         {"app", "fault", "telemetry", "telemetry/registry", "observability/"},
		// Tests of the core's telemetry: they need all of it, and the SDK.
		"observability/contract": {""},
		"benchmarks":             {""},
		"benchmarks/load":        {"benchmarks/load/", "benchmarks/report/", "repository/sqlrepo/"},
		// What is shown and what alarms names only what is declared.
		"dashboards":      {"dashboards/", "dashboards", "telemetry", "telemetry/registry", sample + "observability"},
		"cmd/neuroglia":   {"cmd/neuroglia/", "telemetry", "telemetry/registry", "outbox", "repository/sqlrepo", "repository/mongorepo"},
		"stack":           {"stack"},
		"tools/collector": {},

		// In the sample, the domain knows nothing of who uses it.
		sample + "domain":      domain,
		sample + "application": application,
		sample + "api":         append([]string{"web", "eventbus", sample + "application/"}, application...),
		sample + "payment":     {"fault", "web", sample + "application/ordering", sample + "domain/money"},
		sample + "storage": append([]string{
			"repository", "outbox", "repository/memrepo", "repository/sqlrepo", "repository/mongorepo",
		}, domain...),
		sample + "observability": append([]string{"app", "observability", "telemetry"}, application...),
		sample + "e2e":           {sample + "e2e/"},
		// main puts everything together.
		strings.TrimSuffix(sample, "/"): {""},
	}
}

// foreign says which packages of others a package may import, where few are promised: the core needs the standard
// library and OpenTelemetry's API, the sample's domain and application not even that. Tests count too. Packages below a
// named one are bound alike, unless they belong to another module.
func foreign() map[string][]string {
	none, api := []string{}, []string{"go.opentelemetry.io/otel"}
	for _, name := range []string{
		"attribute", "baggage", "codes", "metric", "metric/noop", "propagation", "trace", "trace/embedded", "trace/noop",
		"semconv/v1.43.0", "semconv/v1.43.0/dbconv", "semconv/v1.43.0/goconv", "semconv/v1.43.0/httpconv",
		"semconv/v1.43.0/messagingconv", "semconv/v1.43.0/otelconv", "semconv/v1.43.0/processconv",
	} {
		api = append(api, "go.opentelemetry.io/otel/"+name)
	}
	return map[string][]string{
		".": api, "aggregate": none, "app": none, "fault": none, "retry": none,
		"samples/mario-pizzeria/domain": none, "samples/mario-pizzeria/application": none,
	}
}

func TestPackagesImportOnlyWhatTheirLayerMay(t *testing.T) {
	t.Parallel()
	rules := layers()
	for folder, files := range packages(t) {
		allowed := rules[closest(folder, rules)]
		for _, file := range files {
			for _, imported := range file.imports {
				if ours, ok := strings.CutPrefix(imported, module+"/"); ok && !file.test && !permits(allowed, ours) {
					t.Errorf("%s imports %s, which its layer may not", file.name, ours)
				}
			}
		}
	}
}

func TestPackagesThatPromiseToNeedLittleDo(t *testing.T) {
	t.Parallel()
	promises, modules := foreign(), moduleFolders(t)
	for folder, files := range packages(t) {
		promise := closest(folder, promises)
		if topModule(folder, modules) != topModule(promise, modules) {
			continue
		}
		for _, file := range files {
			for _, imported := range file.imports {
				host, _, _ := strings.Cut(imported, "/")
				if strings.Contains(host, ".") && !strings.HasPrefix(imported, module+"/") && !slices.Contains(promises[promise], imported) {
					t.Errorf("%s imports %s: %s promises to need only %q of others", file.name, imported, promise, promises[promise])
				}
			}
		}
	}
}

func TestOneVersionOfTheSemanticConventionsIsUsed(t *testing.T) {
	t.Parallel()
	const conventions = "go.opentelemetry.io/otel/semconv/"
	for _, files := range packages(t) {
		for _, file := range files {
			for _, imported := range file.imports {
				if version, ok := strings.CutPrefix(imported, conventions); ok && !strings.HasPrefix(version+"/", "v1.43.0/") {
					t.Errorf("%s imports %s, the pinned version is v1.43.0", file.name, imported)
				}
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	t.Parallel()
	for folder, files := range packages(t) {
		documented := slices.ContainsFunc(files, func(f source) bool { return !f.test && f.documented })
		production := slices.ContainsFunc(files, func(f source) bool { return !f.test })
		if production && !documented {
			t.Errorf("package %s has no comment that says what it is", folder)
		}
	}
}

func TestFilesAreAboutOneThing(t *testing.T) {
	t.Parallel()
	const most = 400
	for _, files := range packages(t) {
		for _, f := range files {
			if !f.test && f.lines > most {
				t.Errorf("%s has %d lines, more than %d: is it about one thing?", f.name, f.lines, most)
			}
		}
	}
}

// source is what these tests know of one file.
type source struct {
	name             string
	test, documented bool
	lines            int
	imports          []string
}

// packages returns the Go files of the repository by their folder.
func packages(t *testing.T) map[string][]source {
	t.Helper()
	found := map[string][]source{}
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") && name != "." || entry.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		file, err := parse(name)
		folder := filepath.ToSlash(filepath.Dir(name))
		found[folder] = append(found[folder], file)
		return err
	})
	if err != nil || len(found) < 10 {
		t.Fatalf("read %d packages: %v", len(found), err)
	}
	return found
}

func parse(name string) (source, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, nil, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return source{}, err
	}
	raw, err := os.ReadFile(name)
	s := source{
		name: name, test: strings.HasSuffix(name, "_test.go"), lines: strings.Count(string(raw), "\n"),
		documented: file.Doc != nil && documents(file),
	}
	for _, spec := range file.Imports {
		imported, unquoteErr := strconv.Unquote(spec.Path.Value)
		if unquoteErr != nil {
			return source{}, unquoteErr
		}
		s.imports = append(s.imports, imported)
	}
	return s, err
}

func documents(file *ast.File) bool {
	text := file.Doc.Text()
	return strings.HasPrefix(text, "Package "+file.Name.Name+" ") || file.Name.Name == "main" && strings.HasPrefix(text, "Command ")
}

// moduleFolders returns the folders that have a go.mod.
func moduleFolders(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, pattern := range []string{"go.mod", "*/go.mod", "*/*/go.mod"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			found = append(found, filepath.ToSlash(filepath.Dir(file)))
		}
	}
	return found
}

// topModule returns the folder of the module that a folder belongs to.
func topModule(folder string, modules []string) string {
	for !slices.Contains(modules, folder) {
		folder = path.Dir(folder)
	}
	return folder
}

// closest returns the key that names the folder or the closest one above it.
func closest[V any](folder string, named map[string]V) string {
	for {
		if _, ok := named[folder]; ok {
			return folder
		}
		folder = path.Dir(folder)
	}
}

// permits reports whether one of the allowed names is the package, or ends in a slash and is above it.
func permits(allowed []string, name string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool {
		return a == "" || a == name || strings.HasSuffix(a, "/") && strings.HasPrefix(name, a)
	})
}
