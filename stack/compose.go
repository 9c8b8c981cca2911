package stack

import (
	"fmt"
	"maps"
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

// readCompose returns the services of compose files, each of which adds to those before it, with their variables replaced
// by values or defaults.
func readCompose(names ...string) (map[string]service, error) {
	services := map[string]service{}
	for _, name := range names {
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
		for key, added := range compose.Services {
			services[key] = services[key].with(added)
		}
	}
	return services, nil
}

// with returns the service with another's command, if it has one, and environment.
func (s service) with(added service) service {
	environment := maps.Clone(s.Environment)
	if environment == nil {
		environment = map[string]string{}
	}
	maps.Copy(environment, added.Environment)
	if added.Command != nil {
		s.Command = added.Command
	}
	return service{Command: s.Command, Environment: environment}
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
