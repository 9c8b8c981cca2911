// Package contract holds no code. Its tests compare, whole, the spans, metrics and logs that the framework's core emits
// with those that it promises: names, kinds, attributes, units and status.
package contract
