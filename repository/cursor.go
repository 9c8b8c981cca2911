package repository

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
)

// Cursor is the text form of a [Position], opaque to callers.

func encodeCursor(p Position) string {
	raw, err := json.Marshal([]string{p.Created.UTC().Format(time.RFC3339Nano), p.ID})
	if err != nil {
		return "" // two strings always marshal
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// decodeCursor returns an error of kind fault.Invalid, at "cursor", for anything that [encodeCursor] did not make.
func decodeCursor(cursor string) (Position, error) {
	if cursor == "" {
		return Position{}, nil
	}
	invalid := fault.New(fault.Invalid, "is not one that a list returned").At("cursor")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil {
		return Position{}, invalid
	}
	var parts []string
	if err := json.Unmarshal(raw, &parts); err != nil || len(parts) != 2 || parts[1] == "" {
		return Position{}, invalid
	}
	created, err := time.Parse(time.RFC3339Nano, parts[0])
	if err != nil {
		return Position{}, invalid
	}
	return Position{Created: created, ID: parts[1]}, nil
}
