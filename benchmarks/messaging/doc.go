// Package messaging measures the outbox and the bus on NATS beside what Watermill has for the same: its SQL publisher and
// subscriber with the forwarder, and its NATS JetStream publisher and subscriber. It holds no code, only benchmarks.
//
// Both get the same events, of 1 KB of JSON, the same servers, on files, and no telemetry, and decode an event into its
// type. What they promise differs:
//
//   - The outbox keeps the order of each aggregate and delivers those of others meanwhile; what fails is tried again by
//     itself and becomes a dead letter; what is delivered is deleted. Watermill's SQL subscriber keeps the order of the
//     whole topic, one message at a time; one that fails holds up all; messages stay in their table.
//   - The bus keeps the order of each subject, however often an event is tried: one event at a time for each of 16 lanes.
//     Watermill on JetStream with 16 subscribers, as it is by default, keeps no order and is handed a thousand messages
//     before it has acknowledged any. "watermill-ordered" has 16 topics with a subscriber each that is handed one message
//     at a time, which is as near to the bus as it comes.
//   - Both ask the broker to drop duplicates by their identity, and both wait until it has heard of an acknowledgement.
//
// A machine is never idle, so compare within one run, in which the two alternate:
//
//	for i in $(seq 6); do go test -run '^$' -bench . -benchtime 1000x; done | tee bench.txt
//	benchstat -col /by bench.txt
//
// Cpu-us is what an event costs the process, which other programs hardly change.
package messaging
