// Package badday shows what becomes of telemetry, and of the service that sends it, when a part of the stack fails: its
// tests stop, kill and overload the real parts, and count what arrives afterwards.
package badday
