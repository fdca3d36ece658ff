package main

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// formatSize writes a number of bytes as people say it, in powers of 1000.
func formatSize(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	f := float64(n)
	for _, unit := range []string{"kB", "MB", "GB"} {
		f /= 1000
		if f < 9.95 {
			return fmt.Sprintf("%.1f %s", f, unit)
		}
		if f < 999.5 {
			return fmt.Sprintf("%.0f %s", f, unit)
		}
	}
	return fmt.Sprintf("%.1f TB", f/1000)
}

// formatTime writes a duration as a clock does.
func formatTime(d time.Duration) string {
	s := int64(min(d.Seconds(), 99*3600) + 0.5)
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// grouped writes n with a comma before every third digit.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

var sizePattern = regexp.MustCompile(`^([0-9]{1,18})(?:([KMGT])(IB|B)?|B)?$`)

// parseSize reads a size as split(1) takes it: bytes, or with K, M, G, T for powers
// of 1024, or with KB, MB, GB, TB for powers of 1000.
func parseSize(s string) (int64, error) {
	m := sizePattern.FindStringSubmatch(strings.ToUpper(s))
	if m == nil {
		return 0, failure("{value} is not a size: write 700M, 2G or a number of bytes", quote(s))
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return 0, failure("{value} is not a size: {reason}", quote(s), err)
	}
	base := int64(1024)
	if m[3] == "B" {
		base = 1000
	}
	for range strings.Index("KMGT", m[2]) + len(m[2]) {
		if n > math.MaxInt64/base {
			return 0, failure("{value} is more than any disk holds", quote(s))
		}
		n *= base
	}
	if n == 0 {
		return 0, failure("a size of 0 is of no use")
	}
	return n, nil
}

// spent says how long something took, coarsely.
func spent(d time.Duration) saying {
	s := int64(d.Seconds())
	switch {
	case d < time.Minute:
		return says("{s} s", fmt.Sprintf("%.1f", d.Seconds()))
	case d < time.Hour:
		return says("{min} min {s} s", s/60, s%60)
	}
	return says("{h} h {min} min", s/3600, s/60%60)
}
