package instrument

import (
	"sync"
	"sync/atomic"
)

// cached is how many values a Cache keeps at most. What telemetry is named after are types of messages, of which programs
// have dozens; if a program makes names up, the others are made anew each time, and memory stays bounded.
const cached = 1000

// Cache keeps what is made of a key. It is safe for concurrent use.
type Cache[K comparable, V any] struct {
	made func(K) V
	kept sync.Map
	size atomic.Int64
}

// NewCache returns a cache of what a function makes. The function may be called several times for one key.
func NewCache[K comparable, V any](made func(K) V) *Cache[K, V] { return &Cache[K, V]{made: made} }

// Get returns what is made of a key.
func (c *Cache[K, V]) Get(key K) V {
	if kept, ok := c.kept.Load(key); ok {
		return kept.(V) //nolint:forcetypeassert // only values are stored
	}
	v := c.made(key)
	if c.size.Load() < cached {
		if _, there := c.kept.LoadOrStore(key, v); !there {
			c.size.Add(1)
		}
	}
	return v
}
