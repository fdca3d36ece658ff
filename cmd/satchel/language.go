package main

import (
	"cmp"
	"embed"
	"os"
	"path"
	"strings"

	"satchel/viewer/message"
)

// messageFiles are the languages that the command speaks beside English.
//
//go:embed messages/*.json
var messageFiles embed.FS

// systemTongue is the language of whoever has started the process.
func systemTongue() tongue {
	for _, tag := range wishes(os.Getenv, uiLanguages) {
		if t, ok := findTongue(tag); ok {
			return t
		}
	}
	return english
}

// findTongue returns the language of a tag, where the command speaks it.
func findTongue(tag string) (tongue, bool) {
	if message.Written(tag) == "en" {
		return english, true
	}
	files, err := messageFiles.ReadDir("messages")
	if err != nil {
		panic("satchel: internal error: " + err.Error())
	}
	for _, f := range files {
		name := f.Name()
		if message.Written(strings.TrimSuffix(name, ".json")) == message.Written(tag) {
			return newTongue(readMessages(name)), true
		}
	}
	return nil, false
}

// readMessages reads a file that was built in, and so is right.
func readMessages(name string) map[string]string {
	data, err := messageFiles.ReadFile(path.Join("messages", name))
	if err != nil {
		panic("satchel: internal error: " + err.Error())
	}
	texts, err := message.Parse(string(data))
	if err != nil {
		panic("satchel: internal error: " + name + ": " + err.Error())
	}
	return texts
}

// newTongue speaks English where a text is missing.
func newTongue(texts map[string]string) tongue {
	return func(p phrase) string { return cmp.Or(texts[string(p)], string(p)) }
}

// wishes are the languages that the environment asks for, the most wanted first: SATCHEL_LANG alone where
// it is set, then as programs of GNU do it, and the system's own where the environment is silent. "C" is
// English, and so is what shows no other script than the Latin one.
func wishes(getenv func(string) string, ui func() []string) []string {
	if wish := getenv("SATCHEL_LANG"); wish != "" {
		return []string{wish}
	}
	name := locale(getenv)
	if name == "" {
		return ui()
	}
	tag, charset, _ := strings.Cut(name, ".")
	charset, _, _ = strings.Cut(strings.ToLower(charset), "@")
	plain := tag == "C" || tag == "POSIX" || charset != "" && charset != "utf-8" && charset != "utf8"
	if plain || getenv("TERM") == "linux" { // the console of Linux has no such letters
		return []string{"en"}
	}
	tag, _, _ = strings.Cut(tag, "@")
	return append(strings.FieldsFunc(getenv("LANGUAGE"), func(r rune) bool { return r == ':' }), tag)
}

// locale is the one that messages are to be in, such as ko_KR.UTF-8.
func locale(getenv func(string) string) string {
	return cmp.Or(getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG"))
}
