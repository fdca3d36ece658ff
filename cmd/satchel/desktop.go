package main

import (
	"strings"
)

// Desktops of the Unix kind keep in text files which program opens what: mimeapps.list names desktop
// entries, and these have a command line. Both are of freedesktop.org.

// desktopValue returns the value of a key in a section of such a file.
func desktopValue(file, section, key string) string {
	inside := false
	for line := range strings.Lines(file) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			inside = line == "["+section+"]"
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if inside && ok && strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// handlersIn lists the desktop entries that a mimeapps.list or a mimeinfo.cache names for web addresses.
func handlersIn(file string) []string {
	const kind = "x-scheme-handler/http"
	list := desktopValue(file, "Default Applications", kind)
	if list == "" {
		list = desktopValue(file, "MIME Cache", kind)
	}
	return strings.FieldsFunc(list, func(r rune) bool { return r == ';' || r == ' ' })
}

// entryWords takes the command line of a desktop entry apart, without the places for what is to be
// opened: %u, and what flatpak puts around it.
func entryWords(file string) []string {
	command := desktopValue(file, "Desktop Entry", "Exec")
	command = strings.NewReplacer(`\\`, `\`, `\s`, " ", `\t`, "\t", `\n`, "\n").Replace(command)
	var words []string
	for _, w := range splitWords(command) {
		switch {
		case strings.HasPrefix(w, "%") && w != "%%", strings.HasPrefix(w, "@@"):
		default:
			words = append(words, strings.ReplaceAll(w, "%%", "%"))
		}
	}
	return words
}

// splitWords splits at spaces that are not between quotation marks.
func splitWords(s string) []string {
	var words []string
	var word strings.Builder
	quoted, begun := false, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '"':
			quoted, begun = !quoted, true
		case quoted && c == '\\' && i+1 < len(s):
			i++
			word.WriteByte(s[i])
		case !quoted && (c == ' ' || c == '\t' || c == '\n'):
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteByte(c)
			begun = true
		}
	}
	if begun {
		words = append(words, word.String())
	}
	return words
}

// browserName finds in a command the browser that it starts: behind env, as snaps have it, and inside
// flatpak.
func browserName(words []string) string {
	for len(words) > 0 && (programName(words[0]) == "env" || strings.Contains(words[0], "=")) {
		words = words[1:]
	}
	if len(words) == 0 {
		return ""
	}
	name := programName(words[0])
	if name != "flatpak" {
		return name
	}
	app := ""
	for _, w := range words[1:] {
		if command, ok := strings.CutPrefix(w, "--command="); ok {
			return programName(command)
		}
		if app == "" && w != "run" && !strings.HasPrefix(w, "-") {
			app = strings.ToLower(w[strings.LastIndexByte(w, '.')+1:])
		}
	}
	return app
}
