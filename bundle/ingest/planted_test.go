package ingest

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"io"
	"testing"

	pngs "image/png"
)

func asPNG(w io.Writer, img image.Image) error { return pngs.Encode(w, img) }

// plantedDocuments are documents, books and pages with the canary in all that their formats have to say
// who made them.
func plantedDocuments(t *testing.T) map[string]string {
	t.Helper()
	photo := encoded(t, asJPEG)
	photo = photo[:2] + "\xff\xfe\x00" + string(rune(len(canary)+2)) + canary + photo[2:]
	return map[string]string{
		"paper.pdf": plantedPDF(t), "letter.docx": plantedDOCX(t, photo), "letter.odt": plantedODT(t, photo), "book.epub": plantedEPUB(t, photo),
		"page.html": `<!DOCTYPE html><html lang="en"><!-- Page saved with SingleFile ` + "\n url: file:///home/" + canary + "/a.html\n" + ` --><head><title>Water</title>` +
			`<meta name="generator" content="` + canary + `"><meta name="author" content="` + canary + `"><meta name="twitter:site" content="` + canary + `">` +
			`<script>var user = "` + canary + `"</script></head><body><h1>Water</h1><!-- ` + canary + ` --><p>Boil it for a minute, at great height for three. ` +
			`<a href="https://news.example/?utm_source=` + canary + `&amp;fbclid=` + canary + `">more</a> <a href="file:///home/` + canary + `/b.html">b</a></p>` +
			`<img src="https://track.example/` + canary + `.gif" width="1" height="1" alt=""></body></html>`,
		"text.md":  "---\ntitle: Water\nauthor: " + canary + "\ncomputer: " + canary + "\n---\n\n# Water\n\n<!-- " + canary + " -->\nBoil it.\n",
		"film.vtt": "WEBVTT - " + canary + "\n\nNOTE " + canary + "\n\n" + canary + "\n00:01.000 --> 00:02.000\nBoil it.\n",
		"film.ass": "[Script Info]\n; " + canary + "\nOriginal Script: " + canary + "\nAudio File: /home/" + canary + "/a.wav\n\n[Events]\n" +
			"Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\nDialogue: 0,0:00:01.00,0:00:02.00,Default," + canary + ",0,0,0,,Boil it.\n",
		"film.smi": "<SAMI><HEAD><!-- " + canary + " --><SAMIParam>Copyright {" + canary + "}</SAMIParam></HEAD><BODY><SYNC Start=1000><P Class=KRCC>물<SYNC Start=2000><P Class=KRCC>&nbsp;</BODY></SAMI>",
	}
}

// plantedPDF has the canary in its properties, its XMP, an attachment, the author of a note, a hidden
// layer, and behind its end; plain, in UTF-16 and compressed.
func plantedPDF(t *testing.T) string {
	t.Helper()
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	if _, err := z.Write([]byte("<x:xmpmeta>" + canary + "</x:xmpmeta>")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	text := "BT /F1 12 Tf 20 70 Td (Boil it for a minute) Tj ET"
	hidden := text + "\n/OC /L1 BDC BT /F1 12 Tf 20 50 Td (" + canary + ") Tj ET EMC"
	wide := string(forms()["UTF-16BE"])
	return pdfWith("/Info 9 0 R/ID[("+canary+")("+canary+")]",
		"<</Type/Catalog/Pages 2 0 R/Metadata 5 0 R/PieceInfo<</App<</Private("+canary+")>>>>/Names<</EmbeddedFiles<</Names[("+canary+".txt) 6 0 R]>>>>"+
			"/OCProperties<</OCGs[10 0 R]/D<</OFF[10 0 R]/Order[10 0 R]>>>>>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Annots[8 0 R]/LastModified(D:20260303211405)"+
			"/Resources<</Properties<</L1 10 0 R>>/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(hidden), hidden),
		fmt.Sprintf("<</Type/Metadata/Subtype/XML/Filter/FlateDecode/Length %d>>stream\n%s\nendstream", packed.Len(), packed.String()),
		"<</Type/Filespec/F("+canary+".txt)/EF<</F 7 0 R>>>>",
		fmt.Sprintf("<</Type/EmbeddedFile/Length %d>>stream\n%s\nendstream", len(canary), canary),
		"<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/T("+canary+")/Contents("+canary+")>>",
		"<</Author("+canary+")/Producer("+canary+")/Keywords(\xfe\xff"+wide+")/CreationDate(D:20260303211405+03'30')>>",
		"<</Type/OCG/Name("+canary+")>>",
	) + "% " + canary + "\n"
}

func plantedDOCX(t *testing.T, photo string) string {
	t.Helper()
	by := `w:id="1" w:author="` + canary + `" w:initials="` + canary + `" w:date="2026-03-03T21:14:05Z"`
	return zipped(t, docxParts(
		`<w:p w:rsidR="00A7314E"><w:r><w:t>Boil it for a minute</w:t></w:r><w:ins `+by+`><w:r><w:t>, or three</w:t></w:r></w:ins>`+
			`<w:del `+by+`><w:r><w:delText>`+canary+`</w:delText></w:r></w:del><w:r><w:commentReference w:id="1"/></w:r></w:p>`,
		"word/comments.xml", `<w:comments `+wordNames+`><w:comment `+by+`><w:p><w:r><w:t>`+canary+`</w:t></w:r></w:p></w:comment></w:comments>`,
		"word/settings.xml", `<w:settings `+wordNames+`><w:attachedTemplate r:id="r1"/></w:settings>`,
		"word/_rels/settings.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" TargetMode="External" `+
			`Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="file:///C:/Users/`+canary+`/a.dotm"/></Relationships>`,
		"word/_rels/document.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" `+
			`Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments" Target="comments.xml"/><Relationship Id="r2" `+
			`Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/settings" Target="settings.xml"/><Relationship Id="r3" `+
			`Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/a.jpg"/></Relationships>`,
		"word/media/a.jpg", photo,
		"docProps/core.xml", `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">`+
			`<dc:title>Water</dc:title><dc:creator>`+canary+`</dc:creator><dc:description>`+canary+`</dc:description><cp:lastModifiedBy>`+canary+`</cp:lastModifiedBy></cp:coreProperties>`,
		"docProps/app.xml", `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Template>`+canary+`</Template><Company>`+canary+`</Company></Properties>`,
		"docProps/custom.xml", `<Properties><property name="`+canary+`">`+canary+`</property></Properties>`,
		"docProps/thumbnail.jpeg", photo)...)
}

func plantedODT(t *testing.T, photo string) string {
	t.Helper()
	const names = `xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" ` +
		`xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
		`xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" office:version="1.2"`
	const who = "<dc:creator>" + canary + "</dc:creator><dc:date>2026-03-03T21:14:05</dc:date>"
	return zipped(t, "mimetype", "application/vnd.oasis.opendocument.text",
		"META-INF/manifest.xml", `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">`+
			`<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>`+
			`<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/><manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/>`+
			`<manifest:file-entry manifest:full-path="Pictures/a.jpg" manifest:media-type="image/jpeg"/></manifest:manifest>`,
		"content.xml", `<office:document-content `+names+`><office:body><office:text><text:tracked-changes><text:changed-region text:id="c1"><text:deletion>`+
			`<office:change-info>`+who+`</office:change-info><text:p>`+canary+`</text:p></text:deletion></text:changed-region></text:tracked-changes>`+
			`<text:p>Boil it for a minute<office:annotation>`+who+`<text:p>`+canary+`</text:p></office:annotation>`+
			`<draw:frame svg:width="1cm" svg:height="1cm"><draw:image xlink:href="Pictures/a.jpg"/></draw:frame></text:p></office:text></office:body></office:document-content>`,
		"meta.xml", `<office:document-meta `+names+`><office:meta><dc:title>Water</dc:title><meta:initial-creator>`+canary+`</meta:initial-creator><dc:creator>`+canary+`</dc:creator>`+
			`<meta:generator>`+canary+`</meta:generator><meta:printed-by>`+canary+`</meta:printed-by><meta:user-defined meta:name="a">`+canary+`</meta:user-defined></office:meta></office:document-meta>`,
		"settings.xml", `<office:document-settings xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0" `+names+`><office:settings>`+
			`<config:config-item-set config:name="ooo:configuration-settings"><config:config-item config:name="PrinterName" config:type="string">`+canary+`</config:config-item>`+
			`<config:config-item config:name="CurrentDatabaseDataSource" config:type="string">`+canary+`</config:config-item></config:config-item-set></office:settings></office:document-settings>`,
		"Pictures/a.jpg", photo, "Thumbnails/thumbnail.png", canary)
}

func plantedEPUB(t *testing.T, photo string) string {
	t.Helper()
	return zipped(t, "mimetype", "application/epub+zip",
		"META-INF/container.xml", `<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><!-- `+canary+` --><rootfiles>`+
			`<rootfile full-path="a.opf" media-type="application/oebps-package+xml"/></rootfiles></container>`,
		"META-INF/calibre_bookmarks.txt", canary,
		"a.opf", `<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i"><!-- `+canary+` --><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">`+
			`<dc:identifier id="i">`+canary+`</dc:identifier><dc:title>Water</dc:title><dc:language>en</dc:language><dc:creator>`+canary+`</dc:creator><dc:contributor>`+canary+`</dc:contributor>`+
			`<meta name="generator" content="`+canary+`"/><meta name="calibre:user_metadata:#x" content="`+canary+`"/><meta property="dcterms:modified">2026-03-03T21:14:05Z</meta></metadata><manifest>`+
			`<item id="n" href="n.xhtml" media-type="application/xhtml+xml" properties="nav"/><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>`+
			`<item id="p" href="a.jpg" media-type="image/jpeg" properties="cover-image"/></manifest><spine><itemref idref="a"/></spine></package>`,
		"n.xhtml", `<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head><title>T</title></head><body><nav epub:type="toc"><ol><li><a href="a.xhtml">One</a></li></ol></nav></body></html>`,
		"a.xhtml", `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Water</title><meta name="generator" content="`+canary+`"/><meta name="author" content="`+canary+`"/></head>`+
			`<body><!-- `+canary+` --><p>Boil it for a minute.<img src="a.jpg" alt="well"/></p></body></html>`,
		"a.jpg", photo)
}
