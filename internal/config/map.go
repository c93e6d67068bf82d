package config

import (
	"time"

	"github.com/storeship/storeship/internal/text"
)

// Map is a mapping that keeps the order of the file.
type Map[T any] []Entry[T]

// Entry is one key of a [Map] with its value.
type Entry[T any] struct {
	// Name is the key.
	Name string
	// Value of the key.
	Value *T
}

// Get returns the value of that name, or nil.
func (m Map[T]) Get(name string) *T {
	for _, e := range m {
		if e.Name == name {
			return e.Value
		}
	}
	return nil
}

// Names lists the keys in the order of the file.
func (m Map[T]) Names() []string {
	names := make([]string, len(m))
	for i, e := range m {
		names[i] = e.Name
	}
	return names
}

// add lets the decoder fill a map without knowing what it holds.
func (m *Map[T]) add(name string) any {
	v := new(T)
	*m = append(*m, Entry[T]{Name: name, Value: v})
	return v
}

// ordered is a pointer to a [Map] of anything.
type ordered interface{ add(name string) any }

// Duration is written as Go writes it: 30m, 48h, 1h30m.
type Duration time.Duration

// String is the duration as a person writes it: "30m", not "30m0s".
func (d Duration) String() string { return text.Duration(time.Duration(d)) }
