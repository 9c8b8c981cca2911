// Package prove proves that what is shipped shows what is emitted: its tests run the real stack, the pizzeria and its
// customers, and then evaluate each query of each dashboard, alert and recording rule, follow samples of metrics to their
// traces and logs, and compare with the declarations of telemetry both ways.
package prove
