package sqlrepo

import (
	"io/fs"

	"github.com/neuroglia-go/neuroglia/fault"
)

// dialect is what differs between databases. Everything else is SQL that SQLite and PostgreSQL share, with parameters
// written as $1, $2.
type dialect struct {
	system     string                 // the value of db.system.name
	migrations fs.FS                  // files 0001_name.sql and on
	kind       func(error) fault.Kind // Unavailable if the database may answer otherwise later, Invalid if never, Unexpected
	again      func(error) bool       // whether a transaction that failed so may succeed when it is made again at once
	status     func(error) string     // the value of db.response.status_code; empty for an error of another origin

	text     string // the type of columns that are compared byte by byte
	document string // the type of JSON documents
	columns  string // selects the names of a table's columns
	alone    string // makes a transaction that changes tables wait for others that do; empty if all that write wait
	created  string // the time of creation of a row that is added to %[1]s, at the time $3
	settled  string // selects the time before which all rows that will ever be in table $1 are; empty if that is always

	now    string // nanoseconds since 1970, the same in all of a statement
	rows   string // a table named e, of the elements of the JSON array in a parameter, in its column value
	among  string // whether a column is one of the texts of the JSON array in a parameter
	find   string // the function that returns where a text has another in it, or 0
	pick   string // whether the column id is one that a query selects; rows that others have locked are left out
	busy   string // whether the outbox has something of the stream $2, $3, which stays so until the transaction ends
	hold   string // keeps the stream of a row as it is until the transaction ends
	notify string // wakes those that watch; empty if there is no way
}
