package stack_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"

	"github.com/neuroglia-go/neuroglia/stack"
)

// letsIn reports whether Grafana shows its datasources to a user, to anybody if the user has no name.
func letsIn(t *testing.T, s *stack.Stack, user, password string) bool {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL("grafana")+"/api/datasources", nil)
	if err != nil {
		t.Fatal(err)
	}
	if user != "" {
		request.SetBasicAuth(user, password)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if code := response.StatusCode; code != http.StatusOK && code != http.StatusUnauthorized {
		t.Errorf("Grafana answers %s to %s", response.Status, user)
	}
	return response.StatusCode == http.StatusOK
}

func TestProductionsGrafanaAsksForItsPasswordAlsoAfterDevelopment(t *testing.T) {
	t.Parallel()
	onPath(t, "grafana")
	data := t.TempDir()
	s := start(t, func(c *stack.Config) { c.Data, c.Without = data, []string{"tempo"} })
	if s.PasswordFile() != "" || !letsIn(t, s, "", "") {
		t.Errorf("development asks for a password, %q", s.PasswordFile())
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	s = start(t, func(c *stack.Config) { c.Data, c.Without, c.Profile = data, []string{"tempo"}, "prod" })
	password, err := os.ReadFile(s.PasswordFile())
	if err != nil || len(password) < 20 {
		t.Fatalf("the password is %q: %v", password, err)
	}
	if !letsIn(t, s, "admin", strings.TrimSpace(string(password))) {
		t.Error("it refuses its password")
	}
	if letsIn(t, s, "admin", "admin") || letsIn(t, s, "", "") {
		t.Error("it lets in who has no password")
	}
}

func TestProductionsGrafanaHasAVolumeOfItsOwn(t *testing.T) {
	t.Parallel()
	files := []string{"../docker-compose.mario.yml", "../docker-compose.mario.prod.yml"}
	var stored []string
	for i := range files {
		options, err := cli.NewProjectOptions(files[:i+1])
		if err != nil {
			t.Fatal(err)
		}
		project, err := options.LoadProject(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, mount := range project.Services["grafana"].Volumes {
			if _, named := project.Volumes[mount.Source]; named && mount.Target == "/var/lib/grafana" {
				stored = append(stored, mount.Source)
			}
		}
	}
	if len(stored) != 2 || stored[0] == stored[1] {
		t.Errorf("Grafana's data are in %v", stored)
	}
}
