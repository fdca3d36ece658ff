package message

import (
	"maps"
	"testing"
)

func TestParse(t *testing.T) {
	t.Parallel()
	got, err := Parse("{\n  \"a: \\\"b\\\"\": \"1\",\n\n  \"c\": \"물: {n}\\n\"\n}\n")
	if want := map[string]string{`a: "b"`: "1", "c": "물: {n}\n"}; err != nil || !maps.Equal(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	for _, bad := range []string{`"a" "b"`, `"a": b`, `a: "b"`, `"a"`, `"a": "b" "c"`, `"a""b"`} {
		if got, err := Parse(bad); err == nil {
			t.Errorf("Parse(%q) = %q", bad, got)
		}
	}
}

func TestWritten(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{
		"ko": "ko", "ko_KR": "ko", "KO-kp": "ko", "zh": "zh-hans", "zh-TW": "zh-hant", "zh-Hans-TW": "zh-hans",
		"zh_HK": "zh-hant", "yue": "zh-hant", "pt-BR": "pt", "": "",
	} {
		if got := Written(tag); got != want {
			t.Errorf("Written(%q) = %q, want %q", tag, got, want)
		}
	}
}
