//go:build !race

package benchmarks_test

// grown is explained beside its other value.
const grown = 0
