//go:build race

package benchmarks_test

// grown is what slices.Grow, with which the SDK makes room for the attributes of a recorded span, allocates more under
// the race detector: the compiler then does not take append(s, make(...)...) for one step.
const grown = 1

// pooled is what a pool, of which slog has its buffers, allocates more under the race detector, which has pools forget things
// at random.
const pooled = 1
