package document

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"io"
	"strings"
	"testing"
	"unicode/utf16"
)

// An entry is a file in an archive; a name that begins with = is stored as it is.
type entry struct{ name, content string }

type entries []entry

func (e entries) zip(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range e {
		h := &zip.FileHeader{Name: strings.TrimPrefix(f.name, "="), Method: zip.Deflate, Comment: canary}
		if strings.HasPrefix(f.name, "=") {
			h.Method = zip.Store
		}
		w, err := z.CreateHeader(h)
		must(t, err)
		_, err = io.WriteString(w, f.content)
		must(t, err)
	}
	must(t, z.SetComment(canary))
	must(t, z.Close())
	return b.Bytes()
}

// with returns the entries with one replaced or added, or left out where the content is "".
func (e entries) with(name, content string) entries {
	var out entries
	found := false
	for _, f := range e {
		if f.name == name {
			found = true
			f.content = content
		}
		if f.content != "" {
			out = append(out, f)
		}
	}
	if !found {
		out = append(out, entry{name, content})
	}
	return out
}

func (e entries) get(name string) string {
	for _, f := range e {
		if f.name == name {
			return f.content
		}
	}
	return ""
}

func (e entries) names() string {
	var names []string
	for _, f := range e {
		names = append(names, f.name)
	}
	return strings.Join(names, " ")
}

func (e entries) all() string {
	var b strings.Builder
	for _, f := range e {
		b.WriteString(f.name + "\n" + f.content + "\n")
	}
	return b.String()
}

// unzip reads an archive with the standard library, as a second opinion on ours.
func unzip(t testing.TB, data []byte) entries {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	must(t, err)
	var out entries
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		content, err := io.ReadAll(r)
		must(t, err)
		out = append(out, entry{f.Name, string(content)})
		if len(f.Extra) > 0 || f.Comment != "" || f.ExternalAttrs != 0 || f.CreatorVersion>>8 != 0 || f.Flags&8 != 0 ||
			f.Modified.Format("2006-01-02 15:04:05") != "1980-01-01 00:00:00" {
			t.Errorf("%q says more than it must: %+v", f.Name, f.FileHeader)
		}
	}
	return out
}

// twice runs a cleaner two times, as packing does, and returns what it wrote.
func twice(t testing.TB, clean func(io.Writer) error) []byte {
	t.Helper()
	var first, second bytes.Buffer
	must(t, clean(&first))
	must(t, clean(&second))
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the second time, the output is another")
	}
	return first.Bytes()
}

// noCanary fails where the canary is in a file, or inflated in one of its entries, in any encoding.
func noCanary(t testing.TB, out []byte) {
	t.Helper()
	look := func(where string, data []byte) {
		for name, form := range forms(canary) {
			if at := bytes.Index(bytes.ToLower(data), bytes.ToLower(form)); at >= 0 {
				t.Errorf("%s holds the canary in %s: %q", where, name, data[max(0, at-100):min(len(data), at+40)])
			}
		}
	}
	look("the file", out)
	if bytes.HasPrefix(out, []byte("PK")) {
		for _, e := range unzip(t, out) {
			look(e.name, []byte(e.name+"\n"+e.content))
		}
	}
}

// forms are a text in the encodings that documents use.
func forms(s string) map[string][]byte {
	little, big := []byte{}, []byte{}
	for _, u := range utf16.Encode([]rune(s)) {
		little = binary.LittleEndian.AppendUint16(little, u)
		big = binary.BigEndian.AppendUint16(big, u)
	}
	all := map[string][]byte{"UTF-8": []byte(s), "UTF-16LE": little, "UTF-16BE": big,
		"hex": []byte(hex.EncodeToString([]byte(s))), "hex of UTF-16": []byte(hex.EncodeToString(big))}
	for shift, whole := range []int{0, 2, 1} { // how many bytes of s complete what stands before it
		inner := s[whole : whole+(len(s)-whole)/3*3]
		all["base64, shifted by "+string(rune('0'+shift))] = []byte(base64.StdEncoding.EncodeToString([]byte(inner)))
	}
	return all
}

func base64Of(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
