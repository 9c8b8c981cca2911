package linestest

import _ "embed"

// wantSpans are the traces of three requests: an order is placed, it is read, and one is asked for that is not there.
//
//go:embed spans.txt
var wantSpans string

// wantMetrics are the metrics that both services have. The framework has more, such as neuroglia.event.lag.
//
//go:embed metrics.txt
var wantMetrics string
