package synth

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// object is a JSON object whose keys keep their order.
type object []pair

type pair struct {
	key   string
	value json.RawMessage
}

// member is one document, with the way it is written.
type member struct {
	object
	indented bool
}

// decode reads a document that is an object.
func decode(text []byte) (member, error) {
	o, err := decodeObject(text)
	return member{o, bytes.HasPrefix(text, []byte("{\n"))}, err
}

func decodeObject(text []byte) (object, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil {
		return nil, fmt.Errorf("is not a JSON object: %w", err)
	} else if t != json.Delim('{') {
		return nil, fmt.Errorf("is not a JSON object, but begins with %v", t)
	}
	var o object
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		o = append(o, pair{key.(string), value})
	}
	return o, nil
}

// field is the object at a key.
func (m member) field(key string) (object, error) {
	for _, p := range m.object {
		if p.key == key {
			o, err := decodeObject(p.value)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			return o, nil
		}
	}
	return nil, fmt.Errorf("has no %s", key)
}

func (o object) has(key string) bool {
	for _, p := range o {
		if p.key == key {
			return true
		}
	}
	return false
}

// with is o with another value at key, in the same place.
func (o object) with(key string, value json.RawMessage) object {
	c := make(object, len(o))
	copy(c, o)
	for i := range c {
		if c[i].key == key {
			c[i].value = value
		}
	}
	return c
}

// encode writes o without spaces.
func (o object) encode() json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, p := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		// A key that JavaScript wrote needs no escape that HTML would.
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		_ = e.Encode(p.key) // a text cannot fail
		b.Truncate(b.Len() - 1)
		b.WriteByte(':')
		b.Write(p.value)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// text is the document as its parts were written.
func (m member) text() []byte {
	var b bytes.Buffer
	var err error
	if m.indented {
		err = json.Indent(&b, m.encode(), "", "  ")
	} else {
		err = json.Compact(&b, m.encode())
	}
	if err != nil {
		panic(err) // what was just decoded can be encoded
	}
	return b.Bytes()
}
