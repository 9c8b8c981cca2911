package stack_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestWhatIsMountedIsThere(t *testing.T) {
	t.Parallel()
	volumes := at(read(t, "docker-compose.mario.yml"), "volumes").(tree)
	used := map[string]bool{}
	for _, service := range at(read(t, "docker-compose.mario.yml"), "services").(tree) {
		list, _ := service.(tree)["volumes"].([]any)
		for _, mount := range list {
			source, _, _ := strings.Cut(mount.(string), ":")
			if !strings.HasPrefix(source, ".") {
				used[source] = true
				continue
			}
			if _, err := os.Stat(filepath.Join("..", source)); err != nil || !strings.HasSuffix(mount.(string), ":ro") {
				t.Errorf("%s: not there, or can be written: %v", mount, err)
			}
		}
		command, _ := service.(tree)["command"].([]any)
		for _, argument := range command {
			if _, file, ok := strings.Cut(argument.(string), "=/etc/"); ok && strings.HasSuffix(file, "ml") {
				folder := strings.NewReplacer("otelcol/", "otel/").Replace(file)
				if _, err := os.Stat(filepath.Join("..", "deployment", folder)); err != nil {
					t.Error(err)
				}
			}
		}
	}
	for name := range volumes {
		if !used[name] {
			t.Errorf("nothing uses the volume %s", name)
		}
	}
	for name := range used {
		if _, ok := volumes[name]; !ok {
			t.Errorf("there is no volume %s", name)
		}
	}
}

func TestEveryAddressIsOneThatAServiceListensAt(t *testing.T) {
	t.Parallel()
	listens := map[string][]string{
		"prometheus": {"9090"}, "loki": {"3100"}, "tempo": {"3200", "4317"}, "grafana": {"3000"},
		"otel-collector": {"4317", "4318"}, "mario-pizzeria-app": {"8080"},
	}
	address := regexp.MustCompile(`\b([a-z][a-z-]+):(\d{4,5})\b`)
	files, err := filepath.Glob("../deployment/*/*.y*ml")
	if err != nil || len(files) < 6 {
		t.Fatal(files, err)
	}
	files = append(files, "../deployment/grafana/datasources/datasources.yaml", "../docker-compose.mario.yml")
	found := 0
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			code, _, _ := strings.Cut(line, "# ")
			for _, match := range address.FindAllStringSubmatch(code, -1) {
				if match[1] == "localhost" {
					continue
				}
				found++
				if !slices.Contains(listens[match[1]], match[2]) {
					t.Errorf("%s: nothing listens at %s", name, match[0])
				}
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d addresses were looked at", found)
	}
}

func TestGrafanaFindsItsDatasourcesByTheNamesThatPanelsUse(t *testing.T) {
	t.Parallel()
	config := read(t, "deployment/grafana/datasources/datasources.yaml")
	var found []string
	for _, source := range config["datasources"].([]any) {
		found = append(found, fmt.Sprint(at(source, "uid"), at(source, "type"), at(source, "editable")))
	}
	want := []string{"prometheusprometheusfalse", "tempotempofalse", "lokilokifalse"}
	if !slices.Equal(found, want) {
		t.Errorf("datasources are %v, not %v", found, want)
	}
	provider := read(t, "deployment/grafana/dashboards/dashboards.yaml")["providers"].([]any)[0]
	if at(provider, "folder") == nil || at(provider, "foldersFromFilesStructure") != nil || at(provider, "allowUiUpdates") != false {
		t.Error(provider)
	}
}
