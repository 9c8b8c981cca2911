package sqlrepo

import "io/fs"

// dialect is what differs between databases. Everything else is SQL that SQLite and PostgreSQL share, with parameters
// written as ?1, ?2.
type dialect struct {
	system      string             // the value of db.system.name
	migrations  fs.FS              // files 0001_name.sql and on
	greatest    string             // the function that returns the larger of two numbers
	columns     string             // selects the names of a table's columns
	unavailable func(error) bool   // whether a database that answered so may answer otherwise later
	status      func(error) string // the value of db.response.status_code; empty for an error of another origin
}
