package sqlrepo_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
)

func TestAWrongURLIsExplained(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	write(t, file, "")
	for name, tt := range map[string]struct{ url, want string }{
		"empty":                {"", "the URL has no scheme: write sqlite: and a path, such as sqlite:data/mario.db, or sqlite::memory:"},
		"no scheme":            {"mario.db", "the URL has no scheme"},
		"other scheme":         {"mysql://root:secret@db/mario", `scheme "mysql" is not supported: write sqlite:`},
		"no database":          {"postgres://root:secret@db", "the URL names no database: write postgres://user:password@host:5432/database"},
		"no server":            {"postgres:mario", "the URL names no server: write postgres://"},
		"not a URL":            {"postgres://root:secret%@db/mario", "the URL cannot be read: write postgres://"},
		"a port that is none":  {"postgres://root:secret@db:x/mario", "the URL cannot be read"},
		"unknown mode":         {"postgres://root:secret@db/mario?sslmode=none", "sslmode is invalid"},
		"no certificate":       {"postgres://root:secret@db/mario?sslmode=verify-full&sslrootcert=/nowhere", "unable to read CA file"},
		"no path":              {"sqlite:", "the URL has no path"},
		"slashes":              {"sqlite://data/mario.db", "leave out the slashes behind sqlite"},
		"parameters":           {"sqlite:mario.db?mode=ro", "the URL takes no parameters"},
		"a folder":             {"sqlite:" + folder, "is not a file"},
		"a file as the folder": {"sqlite:" + file + "/mario.db", "make its folder: mkdir " + file + ": not a directory"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantRefused(t, tt.url, tt.want)
		})
	}
}

func TestAFileThatIsNoDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "notes.txt")
	content := strings.Repeat("these are notes and no database\n", 100)
	write(t, path, content)
	wantRefused(t, "sqlite:"+path, "file is not a database")
	if got, err := os.ReadFile(path); err != nil || string(got) != content {
		t.Errorf("the file was changed (%v)", err)
	}
}

func TestADatabaseThatIsDamagedIsRefusedOrReported(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	db, err := sqlrepo.Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	newStore(t, db, repositorytest.Schema())
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, string(content[:4096])+strings.Repeat("x", len(content)-4096))
	wantRefused(t, "sqlite:"+path, "malformed")
}

func TestAFileThatCannotBeWrittenIsRefused(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("permissions do not stop root")
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "test.db")
	write(t, path, "")
	chmod(t, path, 0o400)
	wantRefused(t, "sqlite:"+path, "let this user write to the file and its folder")
	chmod(t, path, 0o600)
	chmod(t, folder, 0o500)
	wantRefused(t, "sqlite:"+path, "let this user write to the folder "+folder)
	wantRefused(t, "sqlite:"+folder+"/deeper/test.db", "make its folder")
	chmod(t, folder, 0o700)
}

func TestADatabaseIsForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new", "folder", "test.db")
	store := newStore(t, open(t, "sqlite:"+path), repositorytest.Schema())
	if err := store.Save(t.Context(), addition("a")); err != nil {
		t.Fatalf("Save: %v", err)
	}
	for path, want := range map[string]os.FileMode{
		filepath.Dir(path): 0o700 | os.ModeDir, path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600,
	} {
		info, err := os.Stat(path)
		if err != nil {
			t.Errorf("Stat: %v", err)
		} else if got := info.Mode(); got != want {
			t.Errorf("mode of %s = %v, want %v", filepath.Base(path), got, want)
		}
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 3 {
		t.Errorf("files = %v, %v, want the database and its two companions", entries, err)
	}
}

func TestPathsMayHoldAnyCharacterOfAFileName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b.db", "100%.db", "%41.db", "\u00e4\u4e16.db", "a'b\"c.db", "a;b&c=d.db", "file:x.db", "+.db"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), name)
			newStore(t, open(t, "sqlite:"+path), repositorytest.Schema())
			if info, err := os.Stat(path); err != nil || info.Size() == 0 {
				t.Errorf("the database is not at %s: %v", path, err)
			}
		})
	}
}

func TestDatabasesInMemoryAreApart(t *testing.T) {
	t.Parallel()
	first := newStore(t, open(t, "sqlite::memory:"), repositorytest.Schema())
	second := newStore(t, open(t, "sqlite::memory:"), repositorytest.Schema())
	if err := first.Save(t.Context(), addition("a")); err != nil {
		t.Fatalf("Save: %v", err)
	}
	if found, err := second.Contains(t.Context(), "a"); err != nil || found {
		t.Errorf("Contains in the other database = %v, %v, want false", found, err)
	}
}

func TestDataIsThereAfterReopening(t *testing.T) {
	t.Parallel()
	for name, url := range shared() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reopen(t, url(t))
		})
	}
}

func reopen(t *testing.T, url string) {
	t.Helper()
	for i, id := range []string{"a", "b", "c"} {
		db, err := sqlrepo.Open(t.Context(), url)
		if err != nil {
			t.Fatalf("Open: %v", err)
		}
		store := newStore(t, db, repositorytest.Schema())
		if err := store.Save(t.Context(), addition(id)); err != nil {
			t.Fatalf("Save: %v", err)
		}
		counts, err := store.Count(t.Context(), "owner")
		if err != nil || counts["ann"] != int64(i+1) {
			t.Errorf("Count = %v, %v, want ann: %d", counts, err, i+1)
		}
		if err := db.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
	}
}

func TestAClosedDatabaseIsUnavailable(t *testing.T) {
	t.Parallel()
	for name, url := range databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			useClosed(t, url(t))
		})
	}
}

func useClosed(t *testing.T, url string) {
	t.Helper()
	db, err := sqlrepo.Open(t.Context(), url)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	store := newStore(t, db, repositorytest.Schema())
	if err := db.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	_, getErr := store.Get(t.Context(), "a")
	_, _, claimErr := db.Outbox().Claim(t.Context(), nil, 1)
	for what, err := range map[string]error{
		"Check": db.Check(t.Context()), "Get": getErr, "Save": store.Save(t.Context(), addition("a")), "Claim": claimErr,
	} {
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s after Close = %v, want kind unavailable", what, err)
		}
	}
}

func TestOpenObeysItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, url := range shared() {
		if _, err := sqlrepo.Open(ctx, url(t)); fault.KindOf(err) != fault.Canceled {
			t.Errorf("Open of %s = %v, want kind canceled", name, err)
		}
	}
}

func wantRefused(t *testing.T, url, want string) {
	t.Helper()
	db, err := sqlrepo.Open(t.Context(), url)
	if err == nil {
		_ = db.Close()
		t.Fatalf("Open succeeded, want %q", want)
	}
	if got := err.Error(); !strings.HasPrefix(got, "open database") || !strings.Contains(got, want) ||
		strings.Contains(got, "secret") || strings.Contains(got, "\n") {
		t.Errorf("Open = %q, want one line with %q and without passwords", got, want)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func TestCheckSeesThatTheFileIsGone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "mario.db")
	db := open(t, "sqlite:"+file)
	if err := db.Check(t.Context()); err != nil {
		t.Fatalf("Check: %v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := db.Check(t.Context()); fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "its file is gone") {
		t.Errorf("Check = %v, want that its file is gone", err)
	}
}
