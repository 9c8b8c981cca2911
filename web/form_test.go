package web_test

import (
	"context"
	"errors"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// sendForm sends a form with a file, and returns the request and the file.
func sendForm(t *testing.T, answer func(http.ResponseWriter)) (r *http.Request, file *multipart.FileHeader) {
	t.Helper()
	p := newPizzeria(t, nil)
	p.Handle("POST /form", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(0); err != nil { // none of it in memory
			t.Error(err)
			return
		}
		file = r.MultipartForm.File["f"][0]
		if !exists(t, file) {
			t.Error("there is no file")
		}
		answer(w)
	}))
	r = httptest.NewRequestWithContext(context.Background(), "POST", "/form", strings.NewReader(
		"--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\ntext\r\n--b--\r\n"))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	defer func() {
		if v := recover(); v != nil && v != any(http.ErrAbortHandler) {
			t.Errorf("got panic %v", v)
		}
	}()
	p.ServeHTTP(httptest.NewRecorder(), r)
	return r, file
}

func exists(t *testing.T, file *multipart.FileHeader) bool {
	t.Helper()
	opened, err := file.Open()
	if err == nil {
		_ = opened.Close()
	} else if !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	return err == nil
}

func TestTheServerRemovesTheFilesOfAForm(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(http.ResponseWriter){
		"answered": func(http.ResponseWriter) {},
		"panicked": func(http.ResponseWriter) { panic("no oven") },
	} {
		r, file := sendForm(t, answer)
		if r.MultipartForm == nil {
			t.Errorf("%s: the server does not know of the form and leaves its file", name)
			continue
		}
		if err := r.MultipartForm.RemoveAll(); err != nil || exists(t, file) {
			t.Errorf("%s: the file is left: %v", name, err)
		}
	}
}

func TestTheFilesOfAFormAreRemovedThoughTheAnswerCannotBeFinished(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(http.ResponseWriter){
		"aborted": func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
		"late":    func(w http.ResponseWriter) { w.WriteHeader(http.StatusOK); panic("no oven") },
	} {
		if _, file := sendForm(t, answer); exists(t, file) {
			t.Errorf("%s: the file is left", name)
		}
	}
}
