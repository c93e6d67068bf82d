// Package text has small helpers for messages that people read.
//
//	text.Suggest("memry", []string{"cpu", "memory"}) // did you mean "memory"?
package text
