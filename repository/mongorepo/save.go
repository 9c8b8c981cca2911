package mongorepo

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/repository"
)

// Save implements repository.Store. It tries the one update that makes the change if the document is as expected; if that
// finds none, it looks at the document to say why, or to try again.
func (s *Store[A]) Save(ctx context.Context, c repository.Change[A]) error {
	content, err := s.content(c)
	if err != nil {
		return err
	}
	const most = 50 // what the document is may change between looks, by events that come and go
	is := &glance{fresh: true, Version: c.Expected}
	for range most {
		b := &box{ID: c.ID, Version: c.Expected + 1, Rev: revision(), collection: s.schema.Name}
		b.Outbox = s.db.entries(c.Events, !is.pending())
		done, err := s.try(ctx, c, content, b, is)
		if err != nil {
			return s.db.classify(ctx, err)
		}
		if done {
			s.saved(c, b, is)
			return nil
		}
		if is, err = s.look(ctx, c.ID); err != nil {
			return err
		}
		known, err := s.recorded(ctx, c.ID, c.Once, is)
		if err != nil {
			return err
		}
		if known {
			return repository.ErrDuplicate
		}
		if err := refusal(c, is); err != nil {
			return err
		}
	}
	return fault.New(fault.Unavailable, "the outbox of %s %q changes too often: try again", s.schema.Name, c.ID)
}

// refusal returns why a change is not possible, or nil.
func refusal[A any](c repository.Change[A], is *glance) error {
	switch {
	case c.Op == repository.Add && is.Version > 0:
		return repository.ErrExists
	case c.Op == repository.Remove && c.Expected == 0 && is.Version == 0:
		return repository.ErrNotFound
	case c.Op != repository.Add && (c.Op == repository.Update || c.Expected != 0) && (is.Version != c.Expected || is.Version == 0):
		return repository.ErrVersion
	}
	return nil
}

// content returns what a document has of the state to save.
func (s *Store[A]) content(c repository.Change[A]) (bson.M, error) {
	switch c.Op {
	case repository.Remove:
		return bson.M{}, nil
	case repository.Add, repository.Update:
	default:
		return nil, fmt.Errorf("change %d is not known", c.Op)
	}
	text, err := json.Marshal(c.State)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	document, err := fromJSON(text)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return bson.M{
		"version": c.Expected + 1, "updated": time.Now().UnixNano(), "document": document, "fields": s.values(c.State),
	}, nil
}

func (s *Store[A]) values(state *A) bson.M {
	values := bson.M{}
	for _, field := range s.fields {
		values[field] = s.schema.Fields[field](state)
	}
	return values
}

// try makes the change if the document still is as it was seen. It reports whether it was.
func (s *Store[A]) try(ctx context.Context, c repository.Change[A], content bson.M, b *box, is *glance) (bool, error) {
	if c.Op == repository.Add {
		content["created"] = s.db.created().UnixNano()
		if !is.there {
			return s.insert(ctx, c, content, b)
		}
	}
	filter := bson.M{"_id": c.ID, "version": c.Expected}
	switch {
	case c.Op == repository.Add:
		filter["version"] = exists(false)
	case c.Op == repository.Remove && c.Expected == 0:
		filter["version"] = exists(true)
	}
	if c.Op == repository.Remove && len(b.Outbox) == 0 && c.Once == "" && (is.fresh || !is.pending() && len(is.Inbox) == 0) {
		filter["next"], filter["inbox"] = exists(false), exists(false)
		result, err := s.collection.DeleteOne(ctx, filter)
		return err == nil && result.DeletedCount == 1, err //nolint:wrapcheck // the portable type says what was attempted
	}
	if c.Once != "" {
		// Not by $ne, which FerretDB takes for "one of them is another".
		filter["$nor"] = bson.A{bson.M{"inbox.key": c.Once}}
		filter["moved"] = exists(false)
		if is.Moved > 0 {
			filter["moved"] = is.Moved
		}
	}
	switch {
	case len(b.Outbox) > 0 || c.Op == repository.Remove && is.pending():
		filter["next"] = exists(is.pending())
	case c.Op == repository.Remove && c.Once == "":
		filter["inbox"] = exists(true) // else nothing would be left, and nobody to clear it away
	}
	result, err := s.collection.UpdateOne(ctx, filter, change(c, content, b, is.pending()))
	return err == nil && result.MatchedCount == 1, err //nolint:wrapcheck // as above
}

// change returns the update that makes a change.
func change[A any](c repository.Change[A], content bson.M, b *box, pending bool) bson.M {
	update, push, set := bson.M{}, bson.M{}, maps.Clone(content)
	if c.Op == repository.Remove {
		// What is left is found by nobody but the outbox and inbox.
		update["$unset"] = bson.M{"version": "", "created": "", "updated": "", "document": "", "fields": ""}
	}
	if len(b.Outbox) > 0 || c.Op != repository.Update {
		set["rev"] = b.Rev
	}
	switch {
	case len(b.Outbox) == 0:
	case pending:
		update["$inc"] = bson.M{"next.pending": int64(len(b.Outbox))}
	default:
		set["next"] = nextOf(b.Outbox)
	}
	if len(b.Outbox) > 0 {
		push["outbox"] = bson.M{"$each": b.Outbox}
	}
	if c.Once != "" {
		push["inbox"] = seen{Key: c.Once, At: time.Now().UnixNano()}
	}
	if len(push) > 0 {
		update["$push"] = push
	}
	if len(set) > 0 {
		update["$set"] = set
	}
	return update
}

func (s *Store[A]) insert(ctx context.Context, c repository.Change[A], content bson.M, b *box) (bool, error) {
	document := maps.Clone(content)
	document["_id"] = c.ID
	if len(b.Outbox) > 0 {
		document["outbox"], document["next"], document["rev"] = b.Outbox, nextOf(b.Outbox), b.Rev
	}
	if c.Once != "" {
		document["inbox"] = []seen{{Key: c.Once, At: time.Now().UnixNano()}}
	}
	_, err := s.collection.InsertOne(ctx, document)
	if mongo.IsDuplicateKeyError(err) {
		return false, nil
	}
	return err == nil, err //nolint:wrapcheck // as above
}

// saved notes what this process has leased.
func (s *Store[A]) saved(c repository.Change[A], b *box, is *glance) {
	for i := range c.Events {
		if c.Events[i].Held = !is.pending(); c.Events[i].Held {
			c.Events[i].Attempts = 1
		}
	}
	if !is.pending() && len(b.Outbox) > 0 {
		if c.Op == repository.Remove {
			b.Version = 0
		}
		s.db.lease.note(b, b.Outbox)
	}
}
