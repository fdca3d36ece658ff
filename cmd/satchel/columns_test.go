package main

import (
	"bytes"
	"slices"
	"testing"
)

func TestColumns(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int{"": 0, "abc…": 4, "물 a": 4, "가각힣": 6, "é": 1, "e\u0301": 1, "中（": 4, "ｱ": 1} {
		if got := columnsOf(s); got != want {
			t.Errorf("columnsOf(%q) = %d, want %d", s, got, want)
		}
	}
	if got, want := pad("발행자", 10)+"|", "발행자    |"; got != want {
		t.Errorf("pad: %q, want %q", got, want)
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	tests := []struct {
		s    string
		want []string
	}{
		{"", []string{""}},
		{"one two  three", []string{"one two", "three"}},
		{"모음을 열기 전", []string{"모음을", "열기 전"}},
		{"longer-than-the-line x", []string{"longer-than-the-line", "x"}},
	}
	for _, tt := range tests {
		if got := wrap(tt.s, 8); !slices.Equal(got, tt.want) {
			t.Errorf("wrap(%q) = %q, want %q", tt.s, got, tt.want)
		}
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	printTable(&b, [][2]string{{"명령", "하나"}, {"c", "둘"}, {"a line without a remark", ""}})
	if want := "    명령  하나\n    c     둘\n    a line without a remark\n"; b.String() != want {
		t.Errorf("the table is\n%s, want\n%s", b.String(), want)
	}
}
