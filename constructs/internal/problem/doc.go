// Package problem collects everything that is wrong with a value, so that its user hears of all of it at once.
package problem
