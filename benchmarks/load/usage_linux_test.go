package main

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestTheServiceGetsTheFirstProcessorThatThereIs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ all, rest []int }{{[]int{0, 1}, []int{1}}, {[]int{3, 70, 71}, []int{70, 71}}} {
		p := divided(set(test.all...))
		if p == nil || p.service != set(test.all[0]) || p.rest != set(test.rest...) {
			t.Errorf("%v: got %+v", test.all, p)
		}
	}
	if p := divided(set(5)); p != nil {
		t.Errorf("got %+v of a single processor, want none", p)
	}
}

func set(cpus ...int) unix.CPUSet {
	var s unix.CPUSet
	for _, cpu := range cpus {
		s.Set(cpu)
	}
	return s
}
