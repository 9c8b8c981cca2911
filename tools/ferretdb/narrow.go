package main

import (
	"fmt"

	"github.com/FerretDB/wire"
	"github.com/FerretDB/wire/wirebson"
)

// filters are where commands that change one document have what it must be like.
func filters() map[string]string { return map[string]string{"update": "updates", "delete": "deletes"} }

// narrow makes a change of one document fast. FerretDB finds a document that only has to have an identity without reading
// the whole collection, but not one that has to have a version too. So whether it is there is asked before, which is safe
// while nobody else writes, and then the change is made by identity, or to a document that is not there.
func narrow(command *wirebson.Document, ask func(*wirebson.Document) (*wirebson.Document, error)) (*wirebson.Document, error) {
	holder, filter := command, "query" // of findAndModify
	if list, ok := filters()[command.Command()]; ok {
		changes, _ := command.Get(list).(*wirebson.Array)
		if changes == nil || changes.Len() != 1 {
			return command, nil
		}
		holder, _ = changes.Get(0).(*wirebson.Document)
		filter = "q"
	} else if command.Command() != "findAndModify" {
		return command, nil
	}
	if holder == nil {
		return command, nil // FerretDB says what is wrong with it
	}
	query, ok := holder.Get(filter).(*wirebson.Document)
	if upsert, _ := holder.Get("upsert").(bool); !ok || upsert {
		return command, nil
	}
	id, ok := query.Get("_id").(string)
	if !ok || query.Len() == 1 {
		return command, nil
	}
	query.Remove("_id")
	collection := command.Get(command.Command())
	answer, err := ask(wirebson.MustDocument(
		"aggregate", collection, "cursor", wirebson.MustDocument(), "$db", command.Get("$db"),
		"pipeline", wirebson.MustArray(
			wirebson.MustDocument("$match", wirebson.MustDocument("_id", id)), wirebson.MustDocument("$match", query),
			wirebson.MustDocument("$project", wirebson.MustDocument("_id", int32(1))))))
	if err != nil {
		return nil, err
	}
	cursor, _ := answer.Get("cursor").(*wirebson.Document)
	if cursor == nil {
		return nil, fmt.Errorf("ask for %s %q: %v", collection, id, answer.Get("errmsg"))
	}
	if found, _ := cursor.Get("firstBatch").(*wirebson.Array); found == nil || found.Len() == 0 {
		id += "\x00none"
	}
	if err := holder.Replace(filter, wirebson.MustDocument("_id", id)); err != nil {
		return nil, fmt.Errorf("encode a message: %w", err)
	}
	return command, nil
}

// document returns what a message says, all its parts in one.
func document(message *wire.OpMsg) (*wirebson.Document, error) {
	whole, err := message.RawSection0().DecodeDeep()
	if err != nil {
		return nil, fmt.Errorf("decode a message: %w", err)
	}
	for _, section := range message.Sections() {
		if section.Kind == 0 {
			continue
		}
		list := wirebson.MakeArray(len(section.Documents()))
		for _, raw := range section.Documents() {
			one, err := raw.DecodeDeep()
			if err == nil {
				err = list.Add(one)
			}
			if err != nil {
				return nil, fmt.Errorf("decode a message: %w", err)
			}
		}
		if err := whole.Add(section.Identifier, list); err != nil {
			return nil, fmt.Errorf("decode a message: %w", err)
		}
	}
	return whole, nil
}
