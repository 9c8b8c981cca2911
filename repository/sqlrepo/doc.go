// Package sqlrepo keeps aggregates in an SQL database, as documents with indexed fields.
//
// A [DB] is one open database. Each [Store] is one table in it: a row has an aggregate's identity and version, its JSON
// document, and a column for each declared field of its repository.Schema. Tables, columns and indexes are made when a
// store is; rows that are older than a declared field are filled in then. Events are kept, in the same transaction, in the
// [Outbox] of the database, and the keys of messages in its inbox.
package sqlrepo
