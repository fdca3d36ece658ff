//go:build race

package search

// slowed is how many times longer a query may take under the race detector, which makes programs
// 2 to 20 times slower (https://go.dev/doc/articles/race_detector).
const slowed = 10
