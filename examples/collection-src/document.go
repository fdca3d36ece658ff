package main

import "strings"

const (
	xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	ooxml   = "http://schemas.openxmlformats.org/"
	wordNS  = `xmlns:w="` + ooxml + `wordprocessingml/2006/main"`
	relNS   = ooxml + "officeDocument/2006/relationships/"
	parts   = "application/vnd.openxmlformats-officedocument.wordprocessingml."
	// whoWrote is in every mark of a revision and a comment.
	whoWrote = `w:id="1" w:author="The radio group" w:date="2026-09-14T20:11:00Z"`
)

// document is a text in Word's format as a group would send it: with its authors, a revision that
// nobody has accepted, and a comment.
func document() []byte {
	return archive([]entry{
		{"[Content_Types].xml", xmlHead + `<Types xmlns="` + ooxml + `package/2006/content-types">` +
			`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/>` +
			override("/word/document.xml", parts+"document.main+xml") +
			override("/word/styles.xml", parts+"styles+xml") + override("/word/comments.xml", parts+"comments+xml") +
			override("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml") +
			override("/docProps/app.xml", "application/vnd.openxmlformats-officedocument.extended-properties+xml") + `</Types>`},
		{"_rels/.rels", relations(relNS+"officeDocument", "word/document.xml",
			ooxml+"package/2006/relationships/metadata/core-properties", "docProps/core.xml",
			relNS+"extended-properties", "docProps/app.xml")},
		{"word/_rels/document.xml.rels", relations(relNS+"styles", "styles.xml", relNS+"comments", "comments.xml")},
		{"word/document.xml", wordText()},
		{"word/styles.xml", wordStyles()},
		{"word/comments.xml", xmlHead + `<w:comments ` + wordNS + `><w:comment ` + whoWrote + ` w:initials="RG">` +
			para("", "Ask the others whether seven o'clock suits them.") + `</w:comment></w:comments>`},
		{"docProps/core.xml", xmlHead + `<cp:coreProperties xmlns:cp="` + ooxml + `package/2006/metadata/core-properties" ` +
			`xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
			`<dc:title>A radio net for the valley</dc:title><dc:creator>The radio group</dc:creator><cp:lastModifiedBy>The radio group</cp:lastModifiedBy>` +
			`<cp:revision>7</cp:revision><dcterms:created xsi:type="dcterms:W3CDTF">2026-09-12T08:30:00Z</dcterms:created>` +
			`<dcterms:modified xsi:type="dcterms:W3CDTF">2026-09-14T20:12:00Z</dcterms:modified><dc:language>en</dc:language></cp:coreProperties>`},
		{"docProps/app.xml", xmlHead + `<Properties xmlns="` + ooxml + `officeDocument/2006/extended-properties">` +
			`<Template>radio-net.dotx</Template><TotalTime>95</TotalTime><Application>Microsoft Office Word</Application>` +
			`<Company>Example</Company><AppVersion>16.0000</AppVersion></Properties>`},
	})
}

func override(part, contentType string) string {
	return `<Override PartName="` + part + `" ContentType="` + contentType + `"/>`
}

// relations takes pairs of a kind and a target.
func relations(pairs ...string) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<Relationships xmlns="` + ooxml + `package/2006/relationships">`)
	for i := 0; i < len(pairs); i += 2 {
		b.WriteString(`<Relationship Id="r` + string(rune('1'+i/2)) + `" Type="` + pairs[i] + `" Target="` + pairs[i+1] + `"/>`)
	}
	return b.String() + `</Relationships>`
}

func wordStyles() string {
	style := func(id, name, more string) string {
		return `<w:style w:type="paragraph" w:styleId="` + id + `"><w:name w:val="` + name + `"/>` + more + `</w:style>`
	}
	return xmlHead + `<w:styles ` + wordNS + `>` + style("Normal", "Normal", "") +
		style("Heading1", "heading 1", `<w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:sz w:val="36"/></w:rPr>`) +
		style("Heading2", "heading 2", `<w:pPr><w:outlineLvl w:val="1"/></w:pPr><w:rPr><w:b/><w:sz w:val="28"/></w:rPr>`) + `</w:styles>`
}

func run(s string) string { return `<w:r><w:t xml:space="preserve">` + escape(s) + `</w:t></w:r>` }

// para is a paragraph of a style; the save ids say which were written at one sitting.
func para(style, s string) string {
	if style != "" {
		style = `<w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>`
	}
	return `<w:p w:rsidR="00A7314E" w:rsidRDefault="00C52D11">` + style + run(s) + `</w:p>`
}

// wordText sets text/radio-net.txt: a line that begins with # is a heading, one with tabs a row of the
// table. The line with the time of the net is revised and has the comment.
func wordText() string {
	var b strings.Builder
	b.WriteString(xmlHead + `<w:document ` + wordNS + `><w:body>`)
	table := false
	for line := range strings.Lines(text("radio-net.txt")) {
		line = strings.TrimSuffix(line, "\n")
		row := strings.Contains(line, "\t")
		if row != table {
			b.WriteString(map[bool]string{true: "<w:tbl><w:tblPr/>", false: "</w:tbl>"}[row])
			table = row
		}
		b.WriteString(wordLine(line))
	}
	return b.String() + `<w:sectPr w:rsidR="00A7314E"/></w:body></w:document>`
}

func wordLine(line string) string {
	switch {
	case line == "":
		return ""
	case strings.HasPrefix(line, "## "):
		return para("Heading2", line[3:])
	case strings.HasPrefix(line, "# "):
		return para("Heading1", line[2:])
	case strings.Contains(line, "\t"):
		var row strings.Builder
		for _, cell := range strings.Split(line, "\t") {
			row.WriteString(`<w:tc><w:tcPr/>` + para("", cell) + `</w:tc>`)
		}
		return `<w:tr>` + row.String() + `</w:tr>`
	}
	before, after, revised := strings.Cut(line, "{eight|seven}")
	if !revised {
		return para("", line)
	}
	return `<w:p><w:commentRangeStart w:id="1"/>` + run(before) + `<w:del ` + whoWrote + `><w:r><w:delText>eight</w:delText></w:r></w:del>` +
		`<w:ins ` + whoWrote + `>` + run("seven") + `</w:ins>` + run(after) +
		`<w:commentRangeEnd w:id="1"/><w:r><w:commentReference w:id="1"/></w:r></w:p>`
}
