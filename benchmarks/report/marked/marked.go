// Package marked keeps the generated parts of a document, each between the marks <!-- generated: name --> and
// <!-- end -->. What is outside of the marks is written by hand.
package marked

import (
	"fmt"
	"os"
	"strings"
)

const end = "<!-- end -->"

// Replace returns the text with the part of that name replaced.
func Replace(text, name, part string) (string, error) {
	before, _, after, err := split(text, name)
	if err != nil {
		return "", err
	}
	return before + strings.Trim(part, "\n") + "\n" + after, nil
}

// Part returns the part of that name, with the line break at its end.
func Part(text, name string) (string, error) {
	_, part, _, err := split(text, name)
	return part, err
}

// ReplaceFile replaces the part of that name in a file.
func ReplaceFile(path, name, part string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the document of %q: %w", name, err)
	}
	text, err := Replace(string(raw), name, part)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		return fmt.Errorf("write %q: %w", name, err)
	}
	return nil
}

func split(text, name string) (before, part, after string, err error) {
	mark := "<!-- generated: " + name + " -->\n"
	before, rest, found := strings.Cut(text, mark)
	part, after, ended := strings.Cut(rest, end)
	if !found || !ended || strings.Contains(part, "<!-- generated: ") {
		return "", "", "", fmt.Errorf("there is no %q with %q after it: write both where the part belongs",
			strings.TrimSpace(mark), end)
	}
	return before + mark, part, end + after, nil
}
