// Package document parses a file of one YAML document, and says of a broken one in which line and why.
//
//	root, err := document.Parse("storeship.yaml", data)
package document
