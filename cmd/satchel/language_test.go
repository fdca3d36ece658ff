package main

import (
	"slices"
	"strings"
	"testing"
)

func TestWishes(t *testing.T) {
	t.Parallel()
	tests := []struct{ env, want string }{
		{"", "fr-CA"}, // what the system itself says
		{"SATCHEL_LANG=ko LANG=ru_RU.UTF-8", "ko"},
		{"LANG=ko_KR.UTF-8", "ko_KR"},
		{"LANG=ko_KR.utf8@x", "ko_KR"},
		{"LANG=ko_KR", "ko_KR"},
		{"LANG=ko_KR.EUC-KR", "en"},
		{"LANG=ko_KR.UTF-8 TERM=linux", "en"},
		{"LANG=ko_KR.UTF-8 LC_MESSAGES=ru_RU.UTF-8", "ru_RU"},
		{"LANG=ko_KR.UTF-8 LC_MESSAGES=ru_RU.UTF-8 LC_ALL=C.UTF-8", "en"},
		{"LC_ALL=POSIX LANGUAGE=ko", "en"},
		{"LANG=ru_RU.UTF-8 LANGUAGE=my:ko", "my ko ru_RU"},
	}
	for _, tt := range tests {
		env := map[string]string{}
		for pair := range strings.FieldsSeq(tt.env) {
			name, value, _ := strings.Cut(pair, "=")
			env[name] = value
		}
		get := func(name string) string { return env[name] }
		got := wishes(get, func() []string { return []string{"fr-CA"} })
		if !slices.Equal(got, strings.Fields(tt.want)) {
			t.Errorf("with %q: %q, want %q", tt.env, got, tt.want)
		}
	}
}

func TestFindTongue(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{"ko": "오류", "ko_KR": "오류", "ko-KP": "오류", "en_GB": "error", "xx": "", "": "", "_tag": ""} {
		tongue, ok := findTongue(tag)
		if ok != (want != "") || ok && !strings.Contains(tongue.text("satchel: error: {what}", ""), want) {
			t.Errorf("findTongue(%q) finds %v, want one with %q", tag, ok, want)
		}
	}
}
