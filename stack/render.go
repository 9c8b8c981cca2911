package stack

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// edits are exact replacements, old and new in turn. Each must be found: a file that changed must not silently keep an
// address of another machine.
type edits []string

// apply makes all edits of a text at once.
func (e edits) apply(name, text string) (string, error) {
	var missing []error
	for i := 0; i < len(e); i += 2 {
		if !strings.Contains(text, e[i]) {
			missing = append(missing, fmt.Errorf("%s has no %q, which was to be replaced by %q", name, e[i], e[i+1]))
		}
	}
	if len(missing) > 0 {
		return "", errors.Join(missing...)
	}
	return strings.NewReplacer(e...).Replace(text), nil
}

// render writes a shipped file with its edits made to another file.
func render(from, to string, changes edits) error {
	text, err := os.ReadFile(from) //nolint:gosec // a file of the repository
	if err != nil {
		return fmt.Errorf("read a configuration file of the stack: %w", err)
	}
	rendered, err := changes.apply(from, string(text))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return fmt.Errorf("make a folder of the stack: %w", err)
	}
	if err := os.WriteFile(to, []byte(rendered), 0o600); err != nil { //nolint:gosec // in the data folder
		return fmt.Errorf("write a configuration file of the stack: %w", err)
	}
	return nil
}

// quoted returns a path as YAML can hold it anywhere.
func quoted(elements ...string) string { return strconv.Quote(filepath.Join(elements...)) }
