// Command generate writes what is made of the registry: the tables of docs/telemetry.md, and the registry in the format of
// OpenTelemetry Weaver in docs/registry. Run it in the root of the repository, as make generate does.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	files, err := generate(root)
	if err != nil {
		return err
	}
	for name, text := range files {
		path := filepath.Join(root, name)
		//nolint:gosec // documents that all may read
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}

// generate returns the text of each file by its path in the repository.
func generate(root string) (map[string]string, error) {
	const catalogue = "docs/telemetry.md"
	raw, err := os.ReadFile(filepath.Join(root, catalogue)) //nolint:gosec // a file of this repository
	if err != nil {
		return nil, fmt.Errorf("run it in the root of the repository: %w", err)
	}
	text, err := fill(string(raw), map[string]string{
		"spans": spanTable(), "attributes": attributeTable(), "metrics": metricTable(), "buckets": bucketTable(), "logs": logTable(),
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", catalogue, err)
	}
	return map[string]string{
		catalogue:                              text,
		"docs/registry/registry_manifest.yaml": manifest(),
		"docs/registry/attributes.yaml":        attributes(),
		"docs/registry/metrics.yaml":           metrics(),
		"docs/registry/spans.yaml":             spans(),
	}, nil
}
