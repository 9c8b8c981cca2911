package sqlrepo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const forms = "write sqlite: and a path, such as sqlite:data/mario.db, or sqlite::memory:"

// place is where a database is.
type place struct {
	path string // absolute; empty in memory
	text string // as the user wrote it
}

// String returns what error messages call the place.
func (p place) String() string { return p.text }

func (p place) memory() bool { return p.path == "" }

// parseURL never repeats a URL that it does not know: it may hold a password.
func parseURL(url string) (place, error) {
	scheme, path, ok := strings.Cut(url, ":")
	switch {
	case !ok:
		return place{}, fmt.Errorf("the URL has no scheme: %s", forms)
	case scheme != "sqlite":
		return place{}, fmt.Errorf("scheme %q is not supported: %s", scheme, forms)
	case path == ":memory:":
		return place{text: path}, nil
	case path == "":
		return place{}, fmt.Errorf("the URL has no path: %s", forms)
	case strings.HasPrefix(path, "//"):
		return place{}, errors.New("leave out the slashes behind sqlite: write sqlite:data/mario.db for a path in " +
			"the working directory, sqlite:/data/mario.db for an absolute one")
	case strings.ContainsAny(path, "?#\x00"):
		return place{}, errors.New("a path has no ?, # or NUL, and the URL takes no parameters")
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return place{}, fmt.Errorf("%s: %w", path, err)
	}
	return place{path: abs, text: path}, nil
}

// prepare makes the folder and an empty file, for the owner only, and finds out early what SQLite would only call
// "unable to open database file".
func (p place) prepare() error {
	folder := filepath.Dir(p.path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("make its folder: %w", err)
	}
	if info, err := os.Stat(p.path); err == nil && !info.Mode().IsRegular() {
		return errors.New("is not a file: give the path of a file in it")
	}
	file, err := os.OpenFile(p.path, os.O_RDWR|os.O_CREATE, 0o600)
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w: let this user write to the file and its folder", err)
	}
	if err != nil {
		return err //nolint:wrapcheck // it names the operation and the path
	}
	if err := file.Close(); err != nil {
		return err //nolint:wrapcheck // it names the operation and the path
	}
	// SQLite keeps the newest changes in files beside the database.
	probe, err := os.CreateTemp(folder, filepath.Base(p.path)+"-probe-*")
	if err != nil {
		return fmt.Errorf("%w: let this user write to the folder %s", err, folder)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}
