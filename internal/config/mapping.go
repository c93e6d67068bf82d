package config

import (
	"github.com/storeship/storeship/internal/text"
	"go.yaml.in/yaml/v3"
)

// position is where a value stands in the file, counted from 1.
type position struct{ line, column int }

// positions maps the path of every setting of the file to where it stands.
type positions map[string]position

// pair is a key of a mapping with its value.
type pair struct {
	name       string
	key, value *yaml.Node
}

// mapping lists the pairs of n in the order of the file, merge keys (<<) resolved: keys of the mapping itself win over
// merged ones, and earlier merged ones over later. A key that stands twice is a problem.
func (d *decoder) mapping(path string, n *yaml.Node, want string) ([]pair, bool) {
	if n.Kind != yaml.MappingNode {
		d.fail(path, n, "must be %s, got %s", want, describe(n))
		return nil, false
	}
	var pairs []pair
	first := map[string]*yaml.Node{}
	var merges []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.ShortTag() == "!!merge" {
			merges = append(merges, value)
			continue
		}
		key = resolve(key)
		if key.Kind != yaml.ScalarNode {
			d.fail(path, key, "a key must be a text, got %s", describe(key))
			continue
		}
		if before := first[key.Value]; before != nil {
			d.fail(text.Under(path, key.Value), key, "the key stands twice; the first is in line %d", before.Line)
			continue
		}
		first[key.Value] = key
		pairs = append(pairs, pair{key.Value, key, value})
	}
	for _, m := range merges {
		for _, p := range d.merged(path, m, map[*yaml.Node]bool{n: true}) {
			if first[p.name] == nil {
				first[p.name] = p.key
				pairs = append(pairs, p)
			}
		}
	}
	return pairs, true
}

// merged lists the pairs of the value of a merge key: a mapping, or a list of mappings.
func (d *decoder) merged(path string, n *yaml.Node, open map[*yaml.Node]bool) []pair {
	if d.values++; d.values > maxValues {
		return nil
	}
	n = resolve(n)
	if open[n] {
		d.fail(path, n, "an anchor merges itself")
		return nil
	}
	open[n] = true
	defer delete(open, n)
	switch n.Kind {
	case yaml.SequenceNode:
		var pairs []pair
		for _, item := range n.Content {
			pairs = append(pairs, d.merged(path, item, open)...)
		}
		return pairs
	case yaml.MappingNode:
		var own, inner []pair
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			d.values++
			if key.ShortTag() == "!!merge" {
				inner = append(inner, d.merged(path, value, open)...)
			} else if key = resolve(key); key.Kind == yaml.ScalarNode {
				own = append(own, pair{key.Value, key, value})
			}
		}
		return append(own, inner...)
	}
	d.fail(path, n, "a merge key (<<) takes a mapping or a list of mappings, got %s", describe(n))
	return nil
}
