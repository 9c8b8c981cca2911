package sqlrepo

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

const (
	forms      = "write sqlite: and a path, such as sqlite:data/mario.db, or sqlite::memory:, or " + serverForm
	serverForm = "postgres://user:password@host:5432/database" //nolint:gosec // no password, but where one belongs
)

// place is where a database is.
type place struct {
	path   string // of an SQLite file, absolute; empty in memory
	server string // the URL of a PostgreSQL database; empty for SQLite
	text   string // what it is called in errors: without passwords
}

// String returns what error messages call the place.
func (p place) String() string { return p.text }

func (p place) memory() bool { return p.path == "" }

// parseURL never repeats a URL that it does not know: it may hold a password.
func parseURL(text string) (place, error) {
	scheme, path, ok := strings.Cut(text, ":")
	switch {
	case !ok:
		return place{}, fmt.Errorf("the URL has no scheme: %s", forms)
	case scheme == "postgres" || scheme == "postgresql":
		return serverPlace(text)
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

func serverPlace(text string) (place, error) {
	const form = "write " + serverForm + ", with %-codes for what is special in URLs"
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return place{}, fmt.Errorf("the URL cannot be read: %s", form) // url's error has all of it
	case u.Opaque != "" || u.Fragment != "" || u.Host == "" && u.Query().Get("host") == "":
		return place{}, fmt.Errorf("the URL names no server: %s", form)
	case u.Path == "" || u.Path == "/":
		return place{}, fmt.Errorf("the URL names no database: %s", form)
	}
	known := url.URL{Scheme: "postgres", Host: u.Host, Path: u.Path}
	return place{server: text, text: known.String()}, nil
}
