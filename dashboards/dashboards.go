// Package dashboards writes the dashboards of Grafana and the rules of Prometheus that the repository ships. They are made
// of declarations: names of metrics and labels come from what the code declares, and are never typed.
package dashboards

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/neuroglia-go/neuroglia/dashboards/boards"
	"github.com/neuroglia-go/neuroglia/dashboards/rules"
)

// Files are the generated files, by their path below the folder of the deployment.
func Files() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, board := range boards.All() {
		text, err := board.JSON()
		if err != nil {
			return nil, fmt.Errorf("write dashboard: %w", err)
		}
		files[filepath.Join("grafana", "dashboards", "json", board.UID+".json")] = text
	}
	for _, file := range rules.All() {
		text, err := file.YAML()
		if err != nil {
			return nil, fmt.Errorf("write rules: %w", err)
		}
		files[filepath.Join("prometheus", "rules", file.Name+".yml")] = text
	}
	return files, nil
}

// Write writes the generated files below the folder.
func Write(folder string) error {
	files, err := Files()
	if err != nil {
		return err
	}
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // configuration that containers read
			return fmt.Errorf("write %s: %w", name, err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil { //nolint:gosec // configuration that containers read
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}
