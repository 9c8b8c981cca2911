// Package mongorepo keeps aggregates in MongoDB, as documents with indexed fields, and their outbox within them.
//
// A [DB] is one database. Each [Store] is one collection in it. What a change does is one update of one document, which
// MongoDB makes atomic on any kind of server: a document has an aggregate's identity and version, its JSON form as BSON,
// the values of the declared fields of its repository.Schema, its events that are not delivered yet, and the inbox keys of
// its changes. No transaction is needed, and so no replica set.
package mongorepo
