// Package report holds the review and its report against the synthesized retail store: seeded changes, speed, and the page in a
// browser.
package report
