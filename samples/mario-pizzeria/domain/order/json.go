package order

import "encoding/json"

// MarshalJSON returns the stored form.
func (o *Order) MarshalJSON() ([]byte, error) { return json.Marshal(o.state) } //nolint:wrapcheck // by the store

// UnmarshalJSON reads the stored form.
func (o *Order) UnmarshalJSON(raw []byte) error { return json.Unmarshal(raw, &o.state) } //nolint:wrapcheck // by the store
