//go:build !race

package search

// slowed: without the race detector, queries take the time that they take.
const slowed = 1
