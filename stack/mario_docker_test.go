package stack_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// docker is a folder with a copy of mario-docker.sh, and a docker that notes what it is told.
type docker struct {
	t      *testing.T
	folder string
}

func newDocker(t *testing.T, script string) docker {
	t.Helper()
	d := docker{t, t.TempDir()}
	text, err := os.ReadFile("../mario-docker.sh")
	if err != nil {
		t.Fatal(err)
	}
	d.write("mario-docker.sh", string(text))
	for _, tool := range []string{"bash", "dirname", "cat", "grep", "sed", "head", "base64", "tr", "mkdir", "chmod", "ss", "sleep"} {
		if found, err := exec.LookPath(tool); err == nil {
			if err := os.Symlink(found, d.path("bin", tool)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if script != "" {
		d.write("bin/docker", "#!/bin/bash\necho \"$@\" >>\""+d.path("told")+"\"\n"+script)
	}
	return d
}

func (d docker) path(names ...string) string {
	path := filepath.Join(append([]string{d.folder}, names...)...)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		d.t.Fatal(err)
	}
	return path
}

func (d docker) write(name, text string) {
	d.t.Helper()
	if err := os.WriteFile(d.path(name), []byte(text), 0o700); err != nil {
		d.t.Fatal(err)
	}
}

// run runs mario-docker.sh and returns what it prints, and its exit code.
func (d docker) run(arguments ...string) (string, int) {
	d.t.Helper()
	command := exec.Command("bash", append([]string{d.path("mario-docker.sh")}, arguments...)...)
	command.Env = []string{"PATH=" + d.path("bin")}
	text, err := command.CombinedOutput()
	if err != nil && command.ProcessState == nil {
		d.t.Fatal(err)
	}
	return string(text), command.ProcessState.ExitCode()
}

func (d docker) told() string {
	text, _ := os.ReadFile(d.path("told"))
	return string(text)
}

// running answers as if all services ran and were well.
const running = `case "$*" in
*--services*) printf '%s\n' mario-pizzeria-app grafana tempo prometheus loki otel-collector ;;
*.Health*) echo healthy ;;
esac
`

func TestMarioDockerSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]string{
		"":                           "there is no docker",
		`[ "$1" != compose ]` + "\n": "docker has no compose",
		`[ "$1" != info ]` + "\n":    "the Docker engine does not answer",
		`[ "$1 $2" != "compose version" ] || exit 1` + "\n": "docker has no compose",
	} {
		for _, command := range []string{"start", "stop", "restart", "status", "logs", "clean"} {
			if text, code := newDocker(t, script).run(command); code != 1 || !strings.Contains(text, want) {
				t.Errorf("%s ends with %d: %s", command, code, text)
			}
		}
	}
}

func TestMarioDockerNamesAPortThatIsTakenAndByWhom(t *testing.T) {
	t.Parallel()
	if listener, err := net.Listen("tcp", "127.0.0.1:13133"); err == nil { // else another has it, which is as good
		defer listener.Close()
	}
	text, code := newDocker(t, "exit 0\n").run("start")
	if code != 1 || !strings.Contains(text, "port 13133, for otel-collector, is taken by ") {
		t.Errorf("it ends with %d: %s", code, text)
	}
	if _, err := exec.LookPath("ss"); err == nil && !strings.Contains(text, "(process ") {
		t.Errorf("it does not say by whom: %s", text)
	}
}

func TestMarioDockerStartsDevelopmentWithoutAPasswordAndProductionWithOne(t *testing.T) {
	t.Parallel()
	d := newDocker(t, running)
	if text, code := d.run("start"); code != 0 || !strings.Contains(text, "http://127.0.0.1:3001") {
		t.Errorf("it ends with %d: %s", code, text)
	}
	if !strings.Contains(d.told(), "compose -f docker-compose.mario.yml up --build --detach") {
		t.Errorf("docker is told %s", d.told())
	}
	if _, err := os.Stat(d.path(".secrets", "grafana_admin_password")); err == nil {
		t.Error("there is a password")
	}
	text, code := d.run("start", "--prod", "--traffic")
	if code != 0 || !strings.Contains(text, "the user is admin") {
		t.Errorf("it ends with %d: %s", code, text)
	}
	if !strings.Contains(d.told(), "-f docker-compose.mario.yml -f docker-compose.mario.prod.yml --profile traffic up") {
		t.Errorf("docker is told %s", d.told())
	}
	first, err := os.ReadFile(d.path(".secrets", "grafana_admin_password"))
	if err != nil || len(first) != 32 || strings.Contains(text, string(first)) {
		t.Errorf("the password is %q, %v, or printed", first, err)
	}
	d.run("restart", "--prod")
	if again, _ := os.ReadFile(d.path(".secrets", "grafana_admin_password")); string(again) != string(first) {
		t.Error("a second start makes another password")
	}
}

func TestMarioDockerMakesPasswordsForSeveralProcesses(t *testing.T) {
	t.Parallel()
	d := newDocker(t, running)
	text, code := d.run("start", "--processes")
	if code != 0 || !strings.Contains(d.told(), "compose --env-file .secrets/processes.env -f docker-compose.mario.yml "+
		"-f docker-compose.mario.processes.yml up") {
		t.Errorf("it ends with %d, and docker is told %s: %s", code, d.told(), text)
	}
	first, err := os.ReadFile(d.path(".secrets", "processes.env"))
	if err != nil {
		t.Fatal(err)
	}
	passwords := map[string]bool{}
	for line := range strings.Lines(string(first)) {
		name, password, _ := strings.Cut(strings.TrimSpace(line), "=")
		passwords[password] = true
		if !strings.HasSuffix(name, "_PASSWORD") || len(password) != 33 || strings.Contains(text, password) {
			t.Errorf("%q is no password, or printed", line)
		}
	}
	if len(passwords) != 3 {
		t.Errorf("there are %d passwords, not 3", len(passwords))
	}
	d.run("restart")
	if again, _ := os.ReadFile(d.path(".secrets", "processes.env")); string(again) != string(first) {
		t.Error("a second start makes other passwords")
	}
}

func TestMarioDockerRestartsWhatWasStarted(t *testing.T) {
	t.Parallel()
	const prod, traffic = " -f docker-compose.mario.prod.yml", " --profile traffic"
	d := newDocker(t, running)
	for _, step := range []struct{ command, want string }{
		{"restart", ""},
		{"start --prod --traffic", prod + traffic},
		{"restart", prod + traffic},
		{"restart --traffic", traffic},
		{"restart", traffic},
		{"start", ""},
		{"restart", ""},
	} {
		_ = os.Remove(d.path("told"))
		text, code := d.run(strings.Fields(step.command)...)
		if want := "compose -f docker-compose.mario.yml" + step.want + " up "; code != 0 || !strings.Contains(d.told(), want) {
			t.Errorf("%s ends with %d: %s; docker is told %s, not %s", step.command, code, text, d.told(), want)
		}
	}
}

func TestMarioDockerDeletesOnlyWhenItIsToldTwice(t *testing.T) {
	t.Parallel()
	d := newDocker(t, running)
	if text, code := d.run("clean"); code != 1 || !strings.Contains(text, "--yes") || strings.Contains(d.told(), "down") {
		t.Errorf("it ends with %d: %s; docker is told %s", code, text, d.told())
	}
	if text, code := d.run("clean", "--yes"); code != 0 || !strings.Contains(d.told(), "--profile traffic down --volumes") {
		t.Errorf("it ends with %d: %s; docker is told %s", code, text, d.told())
	}
	if !strings.Contains(d.told(), "-f docker-compose.mario.prod.yml --profile traffic down --volumes") {
		t.Errorf("production's own volume stays: docker is told %s", d.told())
	}
}

func TestMarioDockerKeepsWhatIsStoredWhenItStops(t *testing.T) {
	t.Parallel()
	d := newDocker(t, running)
	if text, code := d.run("stop"); code != 0 || !strings.Contains(d.told(), "down") || strings.Contains(d.told(), "volumes") {
		t.Errorf("it ends with %d: %s; docker is told %s", code, text, d.told())
	}
}

func TestMarioDockerExplainsHowItIsUsed(t *testing.T) {
	t.Parallel()
	for _, arguments := range [][]string{{}, {"begin"}, {"start", "--fast"}, {"restart", "--fast"}, {"clean", "all"}, {"stop", "now"}} {
		d := newDocker(t, running)
		if text, code := d.run(arguments...); code != 2 || !strings.Contains(text, "Usage: ./mario-docker.sh COMMAND") || d.told() != "" {
			t.Errorf("%v ends with %d: %s; docker is told %s", arguments, code, text, d.told())
		}
	}
	if text, code := newDocker(t, running).run("--help"); code != 0 || !strings.Contains(text, "clean [--yes]") {
		t.Errorf("help ends with %d: %s", code, text)
	}
}
