// Package message reads the files that hold what is said to people, and tells which of them is for
// whom. A file has one language: JSON, one message a line, in texts with placeholders such as {n}. The
// viewer and the command each have files of their own: those of the viewer weigh in every copy of it.
package message

import (
	"fmt"
	"strconv"
	"strings"
)

// Parse reads a file of messages: JSON, one message a line, with no more escapes than strings of Go
// have. The decoder of encoding/json, which the viewer needs for nothing else, would make it 20 kB
// larger as WebAssembly.
func Parse(file string) (map[string]string, error) {
	text := map[string]string{}
	for line := range strings.Lines(file) {
		line = strings.TrimSuffix(strings.TrimSpace(line), ",")
		if line == "" || line == "{" || line == "}" {
			continue
		}
		quoted, err := strconv.QuotedPrefix(line)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", line, err)
		}
		key, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", line, err)
		}
		_, value, _ := strings.Cut(line[len(quoted):], ": ")
		if text[key], err = strconv.Unquote(value); err != nil {
			return nil, fmt.Errorf("%s: %w", line, err)
		}
	}
	return text, nil
}

// Primary returns the language of a tag without script and region.
func Primary(tag string) string {
	tag, _, _ = strings.Cut(strings.ReplaceAll(tag, "_", "-"), "-")
	return strings.ToLower(tag)
}

// Written returns the language of a tag as far as it makes a difference in writing: without script and
// region, but for Chinese with the characters it is written in, which a tag names or its region says.
func Written(tag string) string {
	p := Primary(tag)
	if p != "zh" && p != "yue" {
		return p
	}
	traditional := p == "yue"
	for _, part := range strings.Split(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")[1:] {
		switch part {
		case "hant":
			return "zh-hant"
		case "hans":
			return "zh-hans"
		case "tw", "hk", "mo":
			traditional = true
		case "cn", "sg", "my":
			traditional = false
		}
	}
	if traditional {
		return "zh-hant"
	}
	return "zh-hans"
}
