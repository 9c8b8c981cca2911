package doctor

import "errors"

// kind is what the doctor itself makes of a problem.
type kind int

const (
	broken      kind = iota // it will not pass by itself
	notYet                  // asking again may help
	unreachable             // nobody listens
	idle                    // there was nothing to find
)

// problem is why a check did not pass.
type problem struct {
	kind   kind
	status int // of an HTTP answer
	hop    string
	text   string
	advice string
}

func (p *problem) Error() string { return p.text }

// asProblem returns the problem in err, or makes one of it.
func asProblem(err error) *problem {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	return &problem{text: err.Error()}
}
