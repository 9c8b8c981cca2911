package benchmarks_test

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// counted are the hot paths whose instructions are counted, and how often they are gone along: as many times as make the
// start of the program, which differs a little each time, too small to matter.
func counted() map[string]int {
	return map[string]int{
		"Command/neuroglia/bare":       50_000,
		"Command/neuroglia/off":        50_000,
		"Command/neuroglia/unsampled":  5_000,
		"Command/neuroglia/sampled":    2_500,
		"Event10/neuroglia/sampled":    1_000,
		"Repository/neuroglia/sampled": 1_000,
		"Route/neuroglia/sampled":      1_000,
		"Publish/neuroglia/sampled":    1_000,
		"Consume/neuroglia/sampled":    1_000,
	}
}

// checkInstructions compares how many instructions the hot paths take. Unlike times they are the same on a busy machine, so
// that a few percent more show.
func checkInstructions(t *testing.T, binary string) {
	t.Helper()
	const tolerance = 0.04
	if _, err := exec.LookPath("valgrind"); err != nil {
		t.Fatal("valgrind is needed to count instructions: apt-get install valgrind")
	}
	got := count(t, binary)
	const version = "with "
	compiler := version + runtime.Version()
	want := budget(t, "instructions.txt", "Instructions per operation, "+compiler+".", got)
	allowed := tolerance
	if raw, err := os.ReadFile(filepath.Join("testdata", "instructions.txt")); err != nil || !strings.Contains(string(raw), compiler+".") {
		allowed = 0.25
		t.Logf("the budget of instructions is not that of %s, so that %v more are allowed: if what changed is the compiler, "+
			"run go test -run Budget -update", runtime.Version(), allowed)
	}
	for name, want := range want {
		switch {
		case got[name] == nil:
			t.Errorf("%s was not counted", name)
		case got[name][0] > want[0]*(1+allowed):
			t.Errorf("%s takes %v instructions, %.1f%% more than its budget of %v. To see where: valgrind --tool=callgrind, "+
				"or run go test -run Budget -update if it must be", name, got[name][0], 100*(got[name][0]/want[0]-1), want[0])
		case got[name][0] < want[0]*(1-tolerance):
			t.Logf("%s takes %v instructions, less than its budget of %v: run go test -run Budget -update",
				name, got[name][0], want[0])
		}
	}
}

func count(t *testing.T, binary string) map[string][]float64 {
	t.Helper()
	var mu sync.Mutex
	var counting sync.WaitGroup
	got, free := map[string][]float64{}, make(chan struct{}, runtime.NumCPU())
	for name, times := range counted() {
		counting.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			few, err := instructions(t, binary, name, times/10)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				return
			}
			many, err := instructions(t, binary, name, times/10+times)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			got[name] = []float64{math.Round((many - few) / float64(times))}
		})
	}
	counting.Wait()
	return got
}

// instructions returns how many a program takes that does some work so often. Neither the collector of garbage, nor other
// processors, nor preemption, whose signals callgrind does not always survive, disturb it.
func instructions(t *testing.T, binary, name string, times int) (float64, error) {
	t.Helper()
	bench := "^Benchmark" + strings.ReplaceAll(name, "/", "$/^") + "$"
	cmd := exec.CommandContext(t.Context(), "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", binary,
		"-test.run", "^$", "-test.bench", bench, "-test.benchtime", strconv.Itoa(times)+"x")
	cmd.Env = append(os.Environ(), "GOGC=off", "GOMAXPROCS=1", "GODEBUG=asyncpreemptoff=1")
	out, err := cmd.CombinedOutput()
	found := regexp.MustCompile(`Collected : (\d+)`).FindSubmatch(out)
	if err != nil || found == nil {
		return 0, fmt.Errorf("valgrind: %w\n%s", err, out)
	}
	return strconv.ParseFloat(string(found[1]), 64)
}
