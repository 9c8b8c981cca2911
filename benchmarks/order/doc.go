// Command order measures where the CPU time of one order goes, with telemetry and without.
//
// It builds the pizzeria as it is, with one more file that profiles it on demand, starts it once with and once without
// telemetry, on SQLite in a file each, and lets customers place orders in both by turns. Each sample of the profiles
// belongs to one layer: the innermost function that is of one, with what the standard library did for it. So the
// layers add up.
//
//	go run ./order        # from the folder benchmarks: measures, and writes results/order.txt
package main
