package stack

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// service is what the stack takes of a service in docker-compose.mario.yml.
type service struct {
	Command     []string          `yaml:"command"`
	Environment map[string]string `yaml:"environment"`
}

// readCompose returns the services of a compose file, with its variables replaced by their values or defaults.
func readCompose(name string) (map[string]service, error) {
	text, err := os.ReadFile(name) //nolint:gosec // a file of the repository
	if err != nil {
		return nil, fmt.Errorf("read the stack's services: %w", err)
	}
	var compose struct {
		Services map[string]service `yaml:"services"`
	}
	if err := yaml.Unmarshal([]byte(interpolate(string(text))), &compose); err != nil {
		return nil, fmt.Errorf("read the stack's services from %s: %w", name, err)
	}
	return compose.Services, nil
}

// interpolate replaces ${NAME} and ${NAME:-default} as compose does.
func interpolate(text string) string {
	variable := regexp.MustCompile(`\$\{(\w+)(?::-([^}]*))?\}`)
	return variable.ReplaceAllStringFunc(text, func(match string) string {
		parts := variable.FindStringSubmatch(match)
		if value := os.Getenv(parts[1]); value != "" {
			return value
		}
		return parts[2]
	})
}

// edit makes edits of the command and the environment, all of which must be found.
func (s service) edit(name string, changes edits) (service, error) {
	const separator = "\x00"
	lines := append([]string{}, s.Command...)
	keys := make([]string, 0, len(s.Environment))
	for key, value := range s.Environment {
		keys, lines = append(keys, key), append(lines, value)
	}
	text, err := changes.apply("the command of "+name, strings.Join(lines, separator))
	if err != nil {
		return service{}, err
	}
	lines = strings.Split(text, separator)
	edited := service{Command: lines[:len(s.Command)], Environment: map[string]string{}}
	for i, key := range keys {
		edited.Environment[key] = lines[len(s.Command)+i]
	}
	return edited, nil
}
