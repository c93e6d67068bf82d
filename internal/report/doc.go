// Package report writes what a review found: as text for a terminal, as Markdown for a comment, as JSON for programs, and as
// one page of HTML.
//
//	r := review.New(before, after)
//	err := report.Write(os.Stdout, r, report.Markdown)
//
// Whoever writes a template chooses its names and descriptions: no format lets them be anything but text.
package report
