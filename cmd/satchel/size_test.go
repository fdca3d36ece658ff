package main

import (
	"testing"
	"time"
)

func TestParseSize(t *testing.T) {
	t.Parallel()
	good := []struct {
		s    string
		want int64
	}{
		{"1", 1}, {"4294967295", 1<<32 - 1}, {"700M", 700 << 20}, {"2G", 2 << 30}, {"2g", 2 << 30},
		{"1k", 1024}, {"1KB", 1000}, {"1KiB", 1024}, {"3GB", 3e9}, {"1T", 1 << 40}, {"512B", 512},
	}
	for _, tt := range good {
		if got, err := parseSize(tt.s); err != nil || got != tt.want {
			t.Errorf("parseSize(%q) = %d, %v; want %d", tt.s, got, err, tt.want)
		}
	}
	for _, s := range []string{
		"", "0", "0G", "-1", "+1", "1.5G", "G", "1 G", "1Q", "1iB", "1GG", "0x10", "1e9",
		"٣", "9999999T", "99999999999999999999", "999999999999999999T",
	} {
		if got, err := parseSize(s); err == nil {
			t.Errorf("parseSize(%q) = %d, want an error", s, got)
		}
	}
}

func TestFormatSize(t *testing.T) {
	t.Parallel()
	tests := []struct {
		n    int64
		want string
	}{
		{0, "0 B"}, {999, "999 B"}, {1000, "1.0 kB"}, {9949, "9.9 kB"}, {9950, "10 kB"},
		{999_499, "999 kB"}, {999_500, "1.0 MB"}, {1_500_000, "1.5 MB"}, {38_000_000, "38 MB"},
		{4 << 30, "4.3 GB"}, {2_500_000_000_000, "2.5 TB"},
	}
	for _, tt := range tests {
		if got := formatSize(tt.n); got != tt.want {
			t.Errorf("formatSize(%d) = %q, want %q", tt.n, got, tt.want)
		}
	}
}

func TestFormatTime(t *testing.T) {
	t.Parallel()
	tests := []struct {
		d           time.Duration
		left, spent string
	}{
		{0, "0:00", "0.0 s"},
		{9*time.Second + 600*time.Millisecond, "0:10", "9.6 s"},
		{75 * time.Second, "1:15", "1 min 15 s"},
		{3725 * time.Second, "1:02:05", "1 h 2 min"},
		{1 << 62, "99:00:00", "1,281,023 h 53 min"},
	}
	for _, tt := range tests {
		if got := formatTime(tt.d); got != tt.left {
			t.Errorf("formatTime(%v) = %q, want %q", tt.d, got, tt.left)
		}
		if got := english.value(spent(tt.d)); got != tt.spent {
			t.Errorf("spent(%v) = %q, want %q", tt.d, got, tt.spent)
		}
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	tests := []struct {
		n    int64
		want string
	}{{0, "0 items"}, {1, "1 item"}, {999, "999 items"}, {1000, "1,000 items"}, {1234567, "1,234,567 items"}}
	for _, tt := range tests {
		if got := english.value(countItems(tt.n)); got != tt.want {
			t.Errorf("countItems(%d) = %q, want %q", tt.n, got, tt.want)
		}
	}
}
