// Package sample has plans for tests: the retail store in three sizes.
package sample
