package ingest

import (
	"bytes"

	"satchel/bundle/sign"
)

// minKeyBody is how much base64 must follow the first line of a secret key for it
// to be one. An article on keys has an ellipsis or prose there.
const minKeyBody = 16

// secretKey names the secret key that a text holds, or returns "". It looks at any
// place in the head, so a key inside a configuration file, a mail or a JSON string
// is found as well as one in a file of its own. Pages are not searched: they are
// where people publish how keys look.
func secretKey(h *head) string {
	if sign.IsPrivateKey(h.raw) || sign.IsPrivateKey(h.text) {
		return "a secret key for signing"
	}
	switch {
	case h.text == nil:
		return ""
	case hasPEMKey(h.text):
		return "a secret key (PEM, SSH or PGP)"
	case hasAgeKey(h.text):
		return "a secret key (age)"
	case bytes.HasPrefix(h.text, []byte("PuTTY-User-Key-File-")):
		return "a secret key (PuTTY)"
	case bytes.HasPrefix(h.text, []byte("untrusted comment: signify secret key")):
		return "a secret key (signify)"
	}
	return ""
}

// hasPEMKey finds -----BEGIN … PRIVATE KEY…----- with base64 after it.
func hasPEMKey(text []byte) bool {
	begin, dashes := []byte("-----BEGIN "), []byte("-----")
	for {
		_, rest, ok := bytes.Cut(text, begin)
		if !ok {
			return false
		}
		text = rest
		label, body, ok := bytes.Cut(rest[:min(len(rest), 8<<10)], dashes)
		if ok && len(label) < 64 && bytes.Contains(label, []byte("PRIVATE KEY")) && hasKeyBody(body) {
			return true
		}
	}
}

// hasKeyBody steps over the headers that old PEM and PGP keys have. A line ends in a
// line feed, or in the \n of a string in JSON or YAML.
func hasKeyBody(body []byte) bool {
	const mostLines = 12
	body = bytes.ReplaceAll(body, []byte(`\r`), nil)
	body = bytes.ReplaceAll(body, []byte(`\n`), []byte("\n"))
	lines := 0
	for line := range bytes.SplitSeq(body, []byte("\n")) {
		if lines++; lines > mostLines {
			return false
		}
		line = bytes.Trim(line, " \t\r\"'>|+")
		if len(line) >= minKeyBody && isBase64(line) || isKeyLine(line) {
			return true
		}
		if len(line) > 0 && !bytes.Contains(line, []byte(":")) {
			return false
		}
	}
	return false
}

// isKeyLine finds a key whose line ends have become spaces. No word is that long.
func isKeyLine(line []byte) bool {
	first, _, _ := bytes.Cut(line, []byte(" "))
	return len(first) >= 40 && isBase64(first)
}

func isBase64(line []byte) bool {
	for _, b := range line {
		letter := b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
		if !letter && (b < '0' || b > '9') && b != '+' && b != '/' && b != '=' {
			return false
		}
	}
	return true
}

// hasAgeKey finds an age identity: its prefix and 58 characters of bech32.
func hasAgeKey(text []byte) bool {
	const prefix, body = "AGE-SECRET-KEY-", 40
	for {
		_, rest, ok := bytes.Cut(text, []byte(prefix))
		if !ok {
			return false
		}
		text = rest
		n := 0
		for n < len(rest) && isBech32(rest[n]) {
			n++
		}
		if n >= body {
			return true
		}
	}
}

func isBech32(b byte) bool {
	return b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '-'
}
