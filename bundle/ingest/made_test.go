package ingest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// execute runs a program in a folder and returns what it says. A test without it is skipped; under
// CI=true it fails.
func execute(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	c := exec.Command(path, args...)
	c.Dir = dir
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", program, args, err, stderr.Bytes())
	}
	return string(out)
}

// zipped is a ZIP of pairs of a name and a content. The first is stored, if it is the mimetype.
func zipped(t *testing.T, pairs ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		method := zip.Deflate
		if pairs[i] == "mimetype" {
			method = zip.Store
		}
		f, err := w.CreateHeader(&zip.FileHeader{Name: pairs[i], Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(pairs[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const wordNames = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" ` +
	`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`

// docxParts are the parts of a Word document with the given body, for zipped.
func docxParts(body string, more ...string) []string {
	const part = "application/vnd.openxmlformats-"
	types := `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="` + part + `package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Default Extension="jpg" ContentType="image/jpeg"/>` +
		`<Override PartName="/word/document.xml" ContentType="` + part + `officedocument.wordprocessingml.document.main+xml"/>` +
		`<Override PartName="/word/comments.xml" ContentType="` + part + `officedocument.wordprocessingml.comments+xml"/>` +
		`<Override PartName="/docProps/core.xml" ContentType="` + part + `package.core-properties+xml"/>` +
		`<Override PartName="/docProps/app.xml" ContentType="` + part + `officedocument.extended-properties+xml"/></Types>`
	rel := func(id, kind, target string) string {
		return `<Relationship Id="` + id + `" Type="http://schemas.openxmlformats.org/` + kind + `" Target="` + target + `"/>`
	}
	return append([]string{
		"[Content_Types].xml", types,
		"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			rel("r1", "officeDocument/2006/relationships/officeDocument", "word/document.xml") +
			rel("r2", "package/2006/relationships/metadata/core-properties", "docProps/core.xml") +
			rel("r3", "officeDocument/2006/relationships/extended-properties", "docProps/app.xml") + `</Relationships>`,
		"word/document.xml", `<w:document ` + wordNames + `><w:body>` + body + `<w:sectPr/></w:body></w:document>`,
	}, more...)
}

// pdf is a file of the given objects, numbered from 1, the first being the catalogue.
func pdf(objects ...string) string { return pdfWith("", objects...) }

// pdfWith has more in its trailer.
func pdfWith(trailer string, objects ...string) string {
	var b strings.Builder
	b.WriteString("%PDF-1.7\n")
	table := fmt.Sprintf("xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for i, o := range objects {
		table += fmt.Sprintf("%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "%strailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", table, len(objects)+1, trailer, at)
	return b.String()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
