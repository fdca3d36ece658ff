package document

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
)

// BenchmarkOffice cleans a text of 10 MB.
func BenchmarkOffice(b *testing.B) {
	text := "<w:document " + wordSpace + "><w:body>" + strings.Repeat(`<w:p w:rsidR="00A77427"><w:r><w:t>Wells and pumps, pumps and wells.</w:t></w:r></w:p>`, 130_000) + "</w:body></w:document>"
	data := testDOCX().with("word/document.xml", text).zip(b)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := Office(io.Discard, bytes.NewReader(data), int64(len(data)), docxType, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPDF cleans a file of 30,000 small objects.
func BenchmarkPDF(b *testing.B) {
	o := pdfObjects{1: `<</Type/Catalog/Pages 2 0 R/Outlines 10 0 R>>`, 2: `<</Type/Pages/Kids[3 0 R]>>`, 3: `<</Type/Page/Parent 2 0 R>>`}
	for i := 10; i < 30_000; i++ {
		o[i] = "<</Title(Wells and pumps)/Next " + fmt.Sprintf("%d 0 R", i+1) + "/Parent 10 0 R>>"
	}
	data := o.write(nil, "/Root 1 0 R")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := PDF(io.Discard, bytes.NewReader(data), int64(len(data)), Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHostile shows how long each hostile document takes: 2 s at most.
func BenchmarkHostile(b *testing.B) {
	for _, c := range hostile(b) {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				_ = cleaners[c.kind](bytes.NewReader(c.data), int64(len(c.data))) // what it says is tested
			}
		})
	}
}
