package book

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"strings"

	"satchel/bundle/internal/markup"
)

// A scheme is how a font is obfuscated: mixed with the book's identifier, which everybody can read.
type scheme uint8

const (
	plain scheme = iota
	idpf         // EPUB Open Container Format 3.3, section 4.4
	adobe        // the older one of Adobe's programs
)

var schemes = map[string]scheme{
	"http://www.idpf.org/2008/embedding": idpf,
	"http://ns.adobe.com/pdf/enc#RC":     adobe,
}

// maxFont is the largest obfuscated font: fonts of Chinese come to 20 MB.
const maxFont = 64 << 20

// readEncryption finds out which fonts are obfuscated, and refuses what is encrypted in earnest.
func (b *Book) readEncryption() error {
	if b.zip.File("META-INF/sinf.xml") != nil { // Apple's
		return ErrProtected
	}
	if b.zip.File("META-INF/encryption.xml") == nil {
		return nil
	}
	method := ""
	err := b.elements("META-INF/encryption.xml", func(_ *markup.Scanner, t *markup.Token) error {
		if t.Space != encryptionSpace {
			return nil
		}
		switch t.Local {
		case "EncryptedData":
			method = ""
		case "EncryptionMethod":
			method = t.Attr("", "Algorithm")
		case "CipherReference":
			return b.encrypted(method, t.Attr("", "URI"))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i := range b.Files {
		b.Files[i].obfuscated = b.byPath[b.Files[i].Path].obfuscated
	}
	return nil
}

func (b *Book) encrypted(method, ref string) error {
	s, ok := schemes[method]
	if !ok {
		return fmt.Errorf("%w: %q", ErrProtected, ref)
	}
	name, _ := Resolve("mimetype", ref) // from the top of the book
	if f := b.byPath[name]; f != nil {
		f.obfuscated = s
	}
	return nil
}

// reveal undoes what was done to a font.
func (s scheme) reveal(data []byte, identifier string) {
	switch s {
	case idpf:
		clean := strings.Map(func(r rune) rune {
			if strings.ContainsRune(" \t\r\n", r) {
				return -1
			}
			return r
		}, identifier)
		key := sha1.Sum([]byte(clean))
		mix(data, key[:], 1040)
	case adobe:
		id := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(identifier)), "urn:uuid:")
		key, err := hex.DecodeString(strings.ReplaceAll(id, "-", ""))
		if err == nil && len(key) == 16 {
			mix(data, key, 1024)
		}
	}
}

func mix(data, key []byte, n int) {
	for i := range min(n, len(data)) {
		data[i] ^= key[i%len(key)]
	}
}
