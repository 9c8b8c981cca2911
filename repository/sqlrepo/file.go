package sqlrepo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

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
