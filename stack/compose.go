package stack

import (
	"context"
	"fmt"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
)

// service is what the stack takes of a service in docker-compose.mario.yml.
type service struct {
	command     []string
	environment map[string]string
}

// readCompose returns the services of compose files as compose itself reads them: merged, with their variables replaced.
func readCompose(ctx context.Context, files ...string) (map[string]service, error) {
	options, err := cli.NewProjectOptions(files, cli.WithOsEnv, cli.WithProfiles([]string{"*"}))
	if err != nil {
		return nil, fmt.Errorf("read the stack's services: %w", err)
	}
	project, err := options.LoadProject(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the stack's services: %w", err)
	}
	services := map[string]service{}
	for name, read := range project.Services {
		environment := map[string]string{}
		for key, value := range read.Environment {
			if value != nil {
				environment[key] = *value
			}
		}
		services[name] = service{read.Command, environment}
	}
	return services, nil
}

// edit makes edits of the command and the environment, all of which must be found.
func (s service) edit(name string, changes edits) (service, error) {
	const separator = "\x00"
	lines := append([]string{}, s.command...)
	keys := make([]string, 0, len(s.environment))
	for key, value := range s.environment {
		keys, lines = append(keys, key), append(lines, value)
	}
	text, err := changes.apply("the command of "+name, strings.Join(lines, separator))
	if err != nil {
		return service{}, err
	}
	lines = strings.Split(text, separator)
	edited := service{command: lines[:len(s.command)], environment: map[string]string{}}
	for i, key := range keys {
		edited.environment[key] = lines[len(s.command)+i]
	}
	return edited, nil
}
