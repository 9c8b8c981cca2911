package observability

// Measuring has the parts of the SDK that are made until its end measure themselves.
func Measuring() (end func()) { return measuring() }
