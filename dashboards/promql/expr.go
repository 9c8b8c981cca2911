package promql

// Expr is a query.
type Expr string

// Or is e, or what of other has labels that e has not.
func (e Expr) Or(other Expr) Expr { return e + " or " + other }

// And is what of e has labels that other has too.
func (e Expr) And(other Expr) Expr { return e + " and " + other }

// Per divides e by other.
func (e Expr) Per(other Expr) Expr { return e + " / " + other }

// Minus subtracts other from e.
func (e Expr) Minus(other Expr) Expr { return e + " - " + other }

// Plus adds other to e.
func (e Expr) Plus(other Expr) Expr { return e + " + " + other }

// Above is what of e is greater than the limit.
func (e Expr) Above(limit Expr) Expr { return (e + " > " + limit).In() }

// In puts e in parentheses.
func (e Expr) In() Expr { return "(" + e + ")" }

// Call wraps e in a function: "round".
func (e Expr) Call(function string) Expr { return Expr(function) + "(" + e + ")" }
