//go:build !race

package benchmarks_test

// grown and pooled are explained beside their other values.
const (
	grown  = 0
	pooled = 0
)
