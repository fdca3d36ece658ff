package bundle

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"satchel/bundle/internal/tree"
	"satchel/bundle/sign"
)

const magic = "# satchel bundle v1"

// A digest names bytes as MANIFEST does: how many, and two hashes. The CRC-32 is
// there because a ZIP header needs it, not because it proves anything.
type digest struct {
	size int64
	crc  uint32
	sum  [32]byte
}

// A manifest is the signed text, taken apart.
type manifest struct {
	series  string
	issue   uint32 // 0: none
	keys    []sign.PublicKey
	root    tree.Root
	index   digest
	members digest
	extra   []string // optional header lines of later versions
}

// format returns the one spelling of m.
func (m *manifest) format() []byte {
	var b bytes.Buffer
	fmt.Fprintln(&b, magic)
	if m.series != "" {
		fmt.Fprintf(&b, "# series %s\n", m.series)
	}
	if m.issue != 0 {
		fmt.Fprintf(&b, "# issue %d\n", m.issue)
	}
	for _, k := range m.keys {
		fmt.Fprintf(&b, "# key %s\n", k)
	}
	fmt.Fprintf(&b, "# root %d %x\n", m.root.Length, m.root.Hash)
	fmt.Fprintf(&b, "# index %d %08x\n", m.index.size, m.index.crc)
	fmt.Fprintf(&b, "# MEMBERS %d %08x\n", m.members.size, m.members.crc)
	for _, line := range m.extra {
		fmt.Fprintf(&b, "# x-%s\n", line)
	}
	fmt.Fprintf(&b, "%x  %s\n", m.index.sum, indexName)
	fmt.Fprintf(&b, "%x  %s\n", m.members.sum, membersName)
	return b.Bytes()
}

// parseManifest accepts exactly what format writes. Errors wrap ErrNotBundle,
// ErrNewer or ErrFormat.
func parseManifest(text []byte) (*manifest, error) {
	if len(text) > MaxManifest {
		return nil, fmt.Errorf("%w: MANIFEST is longer than %d bytes", ErrFormat, MaxManifest)
	}
	first, rest, _ := strings.Cut(string(text), "\n")
	if first != magic {
		if strings.HasPrefix(first, "# satchel bundle v") {
			return nil, fmt.Errorf("%w (%q)", ErrNewer, clip(first))
		}
		return nil, fmt.Errorf("%w: MANIFEST does not begin with %q", ErrNotBundle, magic)
	}
	m := &manifest{}
	for line := range strings.Lines(rest) {
		if err := m.parseLine(strings.TrimSuffix(line, "\n")); err != nil {
			return nil, err
		}
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	if !bytes.Equal(m.format(), text) {
		return nil, fmt.Errorf("%w: MANIFEST is not in its one spelling", ErrFormat)
	}
	return m, nil
}

func (m *manifest) parseLine(line string) error {
	header, isHeader := strings.CutPrefix(line, "# ")
	if !isHeader {
		return m.parseSum(line)
	}
	if extra, ok := strings.CutPrefix(header, "x-"); ok {
		m.extra = append(m.extra, extra)
		return nil
	}
	name, value, _ := strings.Cut(header, " ")
	switch name {
	case "series":
		m.series = value
	case "issue":
		n, err := strconv.ParseUint(value, 10, 32)
		if err != nil || n == 0 {
			return fmt.Errorf("%w: issue number %q", ErrFormat, clip(value))
		}
		m.issue = uint32(n)
	case "key":
		k, err := sign.ParsePublicKey(value)
		if err != nil {
			return fmt.Errorf("%w: key %q: %w", ErrFormat, clip(value), err)
		}
		m.keys = append(m.keys, k)
	case "root":
		return m.parseRoot(value)
	case "index":
		return parseDigest(value, &m.index)
	case "MEMBERS":
		return parseDigest(value, &m.members)
	default:
		// A line that is not understood and not marked optional may change what
		// the others mean.
		return fmt.Errorf("%w: MANIFEST has a line %q", ErrNewer, clip(line))
	}
	return nil
}

// namedKeys returns the keys that a MANIFEST of any version names, as far as they can
// be read.
func namedKeys(text []byte) (keys []sign.PublicKey) {
	for line := range strings.Lines(string(text)) {
		value, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "# key ")
		if k, err := sign.ParsePublicKey(value); ok && err == nil && len(keys) < MaxKeys {
			keys = append(keys, k)
		}
	}
	return keys
}

func (m *manifest) parseRoot(value string) error {
	length, sum, _ := strings.Cut(value, " ")
	n, err := strconv.ParseUint(length, 10, 31)
	if err != nil || !parseHex(sum, m.root.Hash[:]) {
		return fmt.Errorf("%w: root %q", ErrFormat, clip(value))
	}
	m.root.Length = int(n)
	return nil
}

func parseDigest(value string, d *digest) error {
	size, crc, _ := strings.Cut(value, " ")
	n, err := strconv.ParseUint(size, 10, 62)
	c, err2 := strconv.ParseUint(crc, 16, 32)
	if err != nil || err2 != nil {
		return fmt.Errorf("%w: size and CRC-32 %q", ErrFormat, clip(value))
	}
	d.size, d.crc = int64(n), uint32(c)
	return nil
}

// parseSum reads a line in the form of sha256sum.
func (m *manifest) parseSum(line string) error {
	sum, name, _ := strings.Cut(line, "  ")
	to := &m.index
	if name == membersName {
		to = &m.members
	}
	if !parseHex(sum, to.sum[:]) {
		return fmt.Errorf("%w: MANIFEST has a line %q", ErrFormat, clip(line))
	}
	return nil
}

func parseHex(s string, to []byte) bool {
	if len(s) != 2*len(to) {
		return false
	}
	_, err := hex.Decode(to, []byte(s))
	return err == nil
}

// check holds what the spelling alone does not say.
func (m *manifest) check() error {
	m.root.Size = m.index.size
	switch {
	case m.series != "" && !isSeries(m.series):
		return fmt.Errorf("%w: series %q", ErrFormat, clip(m.series))
	case m.issue != 0 && m.series == "":
		return fmt.Errorf("%w: an issue without a series", ErrFormat)
	case len(m.keys) > MaxKeys:
		return fmt.Errorf("%w: more than %d keys", ErrFormat, MaxKeys)
	case !ascending(m.keys):
		return fmt.Errorf("%w: keys out of order or named twice", ErrFormat)
	case m.members.size > maxMembers*128:
		return fmt.Errorf("%w: MEMBERS of %d bytes", ErrFormat, m.members.size)
	}
	return nil
}

// ascending says whether keys are in order and none is named twice.
func ascending(keys []sign.PublicKey) bool {
	for i := 1; i < len(keys); i++ {
		if keys[i-1].String() >= keys[i].String() {
			return false
		}
	}
	return true
}

// isSeries says whether s is a series id: lower-case letters, digits and hyphens,
// at most 32, not beginning with a hyphen.
func isSeries(s string) bool {
	if s == "" || len(s) > 32 || s[0] == '-' {
		return false
	}
	for _, c := range []byte(s) {
		if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// clip keeps a message readable when what it quotes is absurd.
func clip(s string) string {
	if len(s) <= 80 {
		return s
	}
	return strings.ToValidUTF8(s[:80], "") + "…"
}
