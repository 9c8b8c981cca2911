//go:build unix

package stack

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lock takes a folder for this process alone, until the file is closed or the process ends.
func lock(name string) (*os.File, error) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // in the stack's own folder
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		err = fmt.Errorf("another stack uses the folder %s: stop it with Ctrl-C where it runs, or choose another folder",
			filepath.Dir(name))
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}
