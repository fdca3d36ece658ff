package main

import (
	"cmp"
	"math"
	"slices"
)

// none stands for a figure that there is not.
var none = math.NaN()

// median returns the middle of the values, or none when there are none.
func median[T ~int64 | ~float64](values []T) float64 {
	return percentile(values, 50)
}

// percentile returns the value that p percent of the values do not exceed, by the
// nearest rank; between the two in the middle for the median of an even number.
func percentile[T ~int64 | ~float64](values []T, p float64) float64 {
	n := len(values)
	if n == 0 {
		return none
	}
	sorted := slices.SortedFunc(slices.Values(values), cmp.Compare[T])
	if p == 50 && n%2 == 0 {
		return (float64(sorted[n/2-1]) + float64(sorted[n/2])) / 2
	}
	rank := int(math.Ceil(p / 100 * float64(n)))
	return float64(sorted[min(max(rank, 1), n)-1])
}

// A series is the runs of one figure, under a name.
type series map[string][]float64

func (s series) add(name string, value float64) { s[name] = append(s[name], value) }

func (s series) median(name string) float64 { return median(s[name]) }

// spread returns by how much the largest of the values exceeds the smallest, as a
// part of it.
func spread(values []float64) float64 {
	if len(values) == 0 {
		return none
	}
	return slices.Max(values)/slices.Min(values) - 1
}
