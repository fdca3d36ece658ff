package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	docxType = officeXML + "wordprocessingml.document"
	xlsxType = officeXML + "spreadsheetml.sheet"
	pptxType = officeXML + "presentationml.presentation"
	odtType  = openDocument + "text"

	wordSpace = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" ` +
		`xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" ` +
		`xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:v="urn:schemas-microsoft-com:vml"`
	relTypes = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

// rels makes a relationships part of triples of id, type and target; a target with a ! is external.
func rels(triples ...string) string {
	var s strings.Builder
	s.WriteString(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for i := 0; i < len(triples); i += 3 {
		target, external := strings.CutPrefix(triples[i+2], "!")
		mode := ""
		if external {
			mode = ` TargetMode="External"`
		}
		fmt.Fprintf(&s, `<Relationship Id="%s" Type="%s" Target="%s"%s/>`, triples[i], relTypes+triples[i+1], target, mode)
	}
	return s.String() + "</Relationships>"
}

// contentTypes makes a part of pairs of a part's name and the end of its type.
func contentTypes(pairs ...string) string {
	var s strings.Builder
	s.WriteString(`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="` + relationType +
		`"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Default Extension="emf" ContentType="image/x-emf"/>` +
		`<Default Extension="bin" ContentType="application/vnd.openxmlformats-officedocument.oleObject"/>`)
	for i := 0; i < len(pairs); i += 2 {
		kind := pairs[i+1]
		if !strings.Contains(kind, "/") {
			kind = officeXML + kind + "+xml"
		}
		fmt.Fprintf(&s, `<Override PartName="/%s" ContentType="%s"/>`, pairs[i], kind)
	}
	return s.String() + "</Types>"
}

const coreText = `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">` +
	`<dc:title>Wells</dc:title><dc:creator>` + canary + `</dc:creator><cp:lastModifiedBy>` + canary + `</cp:lastModifiedBy><dc:language>ko</dc:language></cp:coreProperties>`

const by = ` w:author="` + canary + `" w:date="2020-01-02T03:04:05Z" w:initials="` + canary + `"`

// run is a run of text in a Word document.
func run(text string) string { return `<w:r><w:t>` + text + `</w:t></w:r>` }

// complexField is a field of a Word document with what was filled in.
func complexField(code, result string) string {
	return `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> ` + code + ` </w:instrText></w:r>` +
		`<w:r><w:fldChar w:fldCharType="separate"/></w:r>` + run(result) + `<w:r><w:fldChar w:fldCharType="end"/></w:r>`
}

func testDOCX() entries {
	return entries{
		{typesPath, contentTypes("word/document.xml", "wordprocessingml.document.main", "word/settings.xml", "wordprocessingml.settings",
			"word/styles.xml", "wordprocessingml.styles", "word/comments.xml", "wordprocessingml.comments", "word/people.xml", "wordprocessingml.people",
			"docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml", "docProps/app.xml", "extended-properties", "word/unknown.xml", canary+"/x")},
		{"_rels/.rels", rels("rId1", "officeDocument", "word/document.xml", "rId2", "metadata/core-properties", "docProps/core.xml", "rId3", "extended-properties", "docProps/app.xml", "rId4", "metadata/thumbnail", "docProps/thumbnail.png")},
		{"word/_rels/document.xml.rels", rels("rId1", "settings", "settings.xml", "rId2", "styles", "styles.xml", "rId3", "comments", "comments.xml", "rId4", "people", "people.xml",
			"rId5", "image", "media/image1.png", "rId6", "oleObject", "embeddings/oleObject1.bin", "rId7", "hyperlink", "!https://example.org/", "rId8", "hyperlink", "!file:///C:/"+canary,
			"rId9", "image", "!file:///C:/"+canary+".png", "rId10", "customXml", "../customXml/item1.xml", "rId11", "unknown", "unknown.xml", "rId12", "image", "media/image2.emf", "rId13", "image", "media/unreached.png/../image1.png")},
		{"word/_rels/settings.xml.rels", rels("rId1", "attachedTemplate", "!file:///C:/"+canary+".dotm")},
		{"word/document.xml", `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><!-- ` + canary + ` --><w:document ` + wordSpace + `><w:body>` +
			`<w:p w:rsidR="` + canary + `" w:rsidRDefault="00AA" w14:paraId="` + canary + `"><w:pPr><w:rPr><w:ins w:id="1"` + by + `/></w:rPr><w:pPrChange w:id="2"` + by + `><w:pPr/></w:pPrChange></w:pPr>` +
			run("First ") + `<w:ins w:id="3"` + by + `>` + run("inserted") + `</w:ins><w:del w:id="4"` + by + `><w:r><w:delText>` + canary + `</w:delText></w:r></w:del>` +
			`<w:moveFrom w:id="5"` + by + `>` + run(canary) + `</w:moveFrom><w:moveTo w:id="6"` + by + `>` + run(" moved") + `</w:moveTo>` +
			`<w:commentRangeStart w:id="0"/>` + run(" said") + `<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r></w:p>` +
			`<w:p>` + complexField("AUTHOR", canary) + complexField(`INCLUDEPICTURE "C:\\`+canary+`"`, "shown") + complexField("PAGE", "7") +
			`<w:fldSimple w:instr=" FILENAME \p ">` + run(canary) + `</w:fldSimple></w:p>` +
			`<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="` + canary + `.jpg" descr="C:\Users\` + canary + `\x.png"/><pic:pic><pic:cNvPr id="0" name="` + canary + `"/></pic:pic></wp:inline></w:drawing></w:r>` +
			`<w:hyperlink r:id="rId7">` + run("out") + `</w:hyperlink><w:hyperlink r:id="rId8">` + run("in") + `</w:hyperlink>` +
			`<w:r><w:object><v:shape><v:imagedata r:id="rId12" o:title="` + canary + `"/></v:shape><o:OLEObject r:id="rId6" ProgID="` + canary + `"/></w:object></w:r></w:p>` +
			`<w:tbl><w:tr><w:tc><w:p>` + run("cell") + `</w:p></w:tc></w:tr><w:tr w:rsidTr="00AA"><w:trPr><w:del w:id="7"` + by + `/></w:trPr><w:tc><w:p>` + run(canary) + `</w:p></w:tc></w:tr></w:tbl>` +
			`<w:sdt><w:sdtPr><w:dataBinding w:xpath="` + canary + `"/></w:sdtPr><w:sdtContent><w:p>` + run("bound") + `</w:p></w:sdtContent></w:sdt></w:body></w:document>`},
		{"word/settings.xml", `<w:settings ` + wordSpace + `><w:writeProtection w:hash="` + canary + `"/><w:attachedTemplate r:id="rId1"/><w:defaultTabStop w:val="720"/><w:rsids><w:rsid w:val="` + canary +
			`"/></w:rsids><w14:docId w14:val="` + canary + `"/><w:docVars><w:docVar w:name="x" w:val="` + canary + `"/></w:docVars><w:compat><w:compatSetting w:name="compatibilityMode" w:val="15"/></w:compat></w:settings>`},
		{"word/styles.xml", `<w:styles ` + wordSpace + `><w:style w:styleId="Normal"><w:rsid w:val="` + canary + `"/></w:style></w:styles>`},
		{"word/comments.xml", `<w:comments ` + wordSpace + `><w:comment w:id="0"` + by + `><w:p>` + run(canary) + `</w:p></w:comment></w:comments>`},
		{"word/people.xml", canary}, {"word/unknown.xml", canary}, {"customXml/item1.xml", canary}, {"docProps/core.xml", coreText}, {"docProps/app.xml", canary},
		{"docProps/thumbnail.png", pngFile}, {"word/media/image1.png", pngFile}, {"word/media/image2.emf", "\x01\x00\x00\x00" + canary}, {"word/embeddings/oleObject1.bin", canary}, {"word/media/unreached.png", pngFile},
	}
}

func cleanOffice(t testing.TB, data []byte, kind string) ([]byte, *Info) {
	t.Helper()
	var info *Info
	out := twice(t, func(w io.Writer) (err error) {
		info, err = Office(w, bytes.NewReader(data), int64(len(data)), kind, Options{testOnlyScrub: fakeScrubber{}})
		return err
	})
	noCanary(t, out)
	return out, info
}

// TestE06Word plants the canary wherever a Word document can say something of its makers.
func TestE06Word(t *testing.T) {
	t.Parallel()
	out, info := cleanOffice(t, testDOCX().zip(t), docxType)
	got := unzip(t, out)
	const names = typesPath + " _rels/.rels word/document.xml word/_rels/document.xml.rels word/settings.xml word/styles.xml word/media/image1.png word/media/image2.emf"
	if got.names() != names {
		t.Errorf("it has %s\nwant   %s", got.names(), names)
	}
	if info.Title != "Wells" || info.Language != "ko" || info.Byline != "" {
		t.Errorf("%+v", info)
	}
	const want = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document ` + wordSpace + `><w:body>` +
		`<w:p><w:pPr><w:rPr></w:rPr></w:pPr><w:r><w:t>First </w:t></w:r><w:r><w:t>inserted</w:t></w:r><w:r><w:t> moved</w:t></w:r><w:r><w:t> said</w:t></w:r><w:r></w:r></w:p>` +
		`<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"></w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t></w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>` +
		`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"></w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>shown</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>` +
		`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>7</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>` +
		`<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture"/><pic:pic><pic:cNvPr id="0" name="Picture"/></pic:pic></wp:inline></w:drawing></w:r>` +
		`<w:hyperlink r:id="rId7"><w:r><w:t>out</w:t></w:r></w:hyperlink><w:hyperlink><w:r><w:t>in</w:t></w:r></w:hyperlink>` +
		`<w:r><w:object><v:shape><v:imagedata r:id="rId12"/></v:shape></w:object></w:r></w:p>` +
		`<w:tbl><w:tr><w:tc><w:p><w:r><w:t>cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>` +
		`<w:sdt><w:sdtPr></w:sdtPr><w:sdtContent><w:p><w:r><w:t>bound</w:t></w:r></w:p></w:sdtContent></w:sdt></w:body></w:document>`
	if doc := got.get("word/document.xml"); doc != want {
		t.Errorf("the text is\n%s\nwant\n%s", doc, want)
	}
	if s := got.get("word/settings.xml"); !strings.Contains(s, `<w:defaultTabStop w:val="720"/>`) || !strings.Contains(s, "compatibilityMode") {
		t.Errorf("settings that change the look are gone: %s", s)
	}
}

// TestOtherPrefixes: rules go by namespaces, whatever a program calls them.
func TestOtherPrefixes(t *testing.T) {
	t.Parallel()
	doc := testDOCX()
	text := strings.NewReplacer("w:", "ns0:", "xmlns:w=", "xmlns:ns0=").Replace(doc.get("word/document.xml"))
	cleanOffice(t, doc.with("word/document.xml", text).zip(t), docxType)
	strict := strings.ReplaceAll(doc.get("word/document.xml"), "http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main")
	cleanOffice(t, doc.with("word/document.xml", strict).zip(t), docxType)
}

func testXLSX() entries {
	const space = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" ` +
		`xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision" xmlns:x15ac="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac"`
	return entries{
		{typesPath, contentTypes("xl/workbook.xml", "spreadsheetml.sheet.main", "xl/worksheets/sheet1.xml", "spreadsheetml.worksheet", "xl/comments1.xml", "spreadsheetml.comments",
			"xl/persons/person.xml", "application/vnd.ms-excel.person+xml", "xl/externalLinks/externalLink1.xml", "spreadsheetml.externalLink", "xl/pivotCache/p.xml", "spreadsheetml.pivotCacheDefinition",
			"xl/printerSettings/p.bin", officeXML+"spreadsheetml.printerSettings", "xl/connections.xml", "spreadsheetml.connections", "xl/vml.vml", officeXML+"vmlDrawing", "docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml")},
		{"_rels/.rels", rels("rId1", "officeDocument", "/xl/workbook.xml", "rId2", "metadata/core-properties", "docProps/core.xml")},
		{"xl/_rels/workbook.xml.rels", rels("rId1", "worksheet", "worksheets/sheet1.xml", "rId2", "externalLink", "externalLinks/externalLink1.xml", "rId3", "pivotCacheDefinition", "pivotCache/p.xml", "rId4", "person", "persons/person.xml", "rId5", "connections", "connections.xml")},
		{"xl/worksheets/_rels/sheet1.xml.rels", rels("rId1", "printerSettings", "../printerSettings/p.bin", "rId2", "comments", "../comments1.xml", "rId3", "vmlDrawing", "../vml.vml")},
		{"xl/workbook.xml", `<workbook ` + space + `><fileVersion appName="` + canary + `"/><fileSharing userName="` + canary + `"/><mc:AlternateContent><mc:Choice Requires="x15"><x15ac:absPath url="C:\` + canary +
			`"/></mc:Choice></mc:AlternateContent><xr:revisionPtr documentId="` + canary + `"/><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets><externalReferences><externalReference r:id="rId2"/></externalReferences>` +
			`<customWorkbookViews><customWorkbookView name="` + canary + `"/></customWorkbookViews></workbook>`},
		{"xl/worksheets/sheet1.xml", `<worksheet ` + space + ` xr:uid="` + canary + `"><sheetData><row r="1"><c r="A1"><v>42</v></c></row></sheetData><scenarios><scenario user="` + canary +
			`"/></scenarios><pageSetup orientation="portrait" r:id="rId1"/><legacyDrawing r:id="rId3"/></worksheet>`},
		{"xl/pivotCache/p.xml", `<pivotCacheDefinition ` + space + ` refreshedBy="` + canary + `" refreshedDate="1" recordCount="3"/>`},
		{"xl/comments1.xml", canary}, {"xl/persons/person.xml", canary}, {"xl/externalLinks/externalLink1.xml", canary}, {"xl/printerSettings/p.bin", canary}, {"xl/connections.xml", canary}, {"xl/vml.vml", canary},
		{"docProps/core.xml", coreText},
	}
}

func TestE06Sheet(t *testing.T) {
	t.Parallel()
	out, _ := cleanOffice(t, testXLSX().zip(t), xlsxType)
	got := unzip(t, out)
	if want := typesPath + " _rels/.rels xl/workbook.xml xl/_rels/workbook.xml.rels xl/worksheets/sheet1.xml xl/pivotCache/p.xml"; got.names() != want {
		t.Errorf("it has %s", got.names())
	}
	if s := got.get("xl/worksheets/sheet1.xml"); !strings.HasSuffix(s, `<sheetData><row r="1"><c r="A1"><v>42</v></c></row></sheetData><pageSetup orientation="portrait"/></worksheet>`) {
		t.Error(s)
	}
}

func testPPTX() entries {
	const space = `xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main"`
	return entries{
		{typesPath, contentTypes("ppt/presentation.xml", "presentationml.presentation.main", "ppt/slides/slide1.xml", "presentationml.slide", "ppt/commentAuthors.xml", "presentationml.commentAuthors",
			"ppt/comments/c.xml", "presentationml.comments", "ppt/tags/tag1.xml", "presentationml.tags")},
		{"_rels/.rels", rels("rId1", "officeDocument", "ppt/presentation.xml")},
		{"ppt/_rels/presentation.xml.rels", rels("rId1", "slide", "slides/slide1.xml", "rId2", "commentAuthors", "commentAuthors.xml", "rId3", "tags", "tags/tag1.xml")},
		{"ppt/slides/_rels/slide1.xml.rels", rels("rId1", "comments", "../comments/c.xml", "rId2", "oleObject", "../embeddings/o.bin")},
		{"ppt/presentation.xml", `<p:presentation ` + space + `><p:sldIdLst><p:sldId id="256" r:id="rId1"/></p:sldIdLst><p:custDataLst><p:tags r:id="rId3"/></p:custDataLst><p:modifyVerifier hashData="` + canary + `"/></p:presentation>`},
		{"ppt/slides/slide1.xml", `<p:sld ` + space + `><p:sp><p:cNvPr id="1" name="` + canary + `.png" descr="/home/` + canary + `/a.png"/><a:t>Slide</a:t></p:sp><p:oleObj r:id="rId2" progId="` + canary + `"/>` +
			`<p:extLst><p:ext uri="{BB962C8B-B14F-4D97-AF65-F5344CB8AC3E}"><p14:creationId val="` + canary + `"/></p:ext></p:extLst></p:sld>`},
		{"ppt/commentAuthors.xml", canary}, {"ppt/comments/c.xml", canary}, {"ppt/tags/tag1.xml", canary}, {"ppt/embeddings/o.bin", canary},
	}
}

func TestE06Slides(t *testing.T) {
	t.Parallel()
	out, info := cleanOffice(t, testPPTX().zip(t), pptxType)
	if s := unzip(t, out).get("ppt/slides/slide1.xml"); !strings.HasSuffix(s, `<p:sp><p:cNvPr id="1" name="Picture"/><a:t>Slide</a:t></p:sp><p:extLst></p:extLst></p:sld>`) {
		t.Error(s)
	}
	if info.Pages != 1 {
		t.Errorf("%d slides", info.Pages)
	}
}

const odfSpace = `xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" ` +
	`xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:officeooo="http://openoffice.org/2009/office" ` +
	`xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0"`

func odfManifest(extra string) string {
	return `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="` + odtType + `"/>` +
		`<manifest:file-entry manifest:full-path="Object 1/" manifest:media-type="application/vnd.oasis.opendocument.chart"/>` + extra + `</manifest:manifest>`
}

func testODT() entries {
	const annotation = `<office:annotation><dc:creator>` + canary + `</dc:creator><dc:date>2020-01-02T03:04:05</dc:date><text:p>` + canary + `</text:p></office:annotation>`
	return entries{
		{"=mimetype", odtType},
		{"META-INF/manifest.xml", odfManifest("")}, {"META-INF/documentsignatures.xml", canary}, {"Thumbnails/thumbnail.png", pngFile}, {"layout-cache", canary}, {"Configurations2/x.xml", canary}, {"manifest.rdf", canary},
		{"meta.xml", `<office:document-meta ` + odfSpace + `><office:meta><meta:generator>` + canary + `</meta:generator><dc:title>Wells</dc:title><dc:creator>` + canary + `</dc:creator><dc:language>fa</dc:language></office:meta></office:document-meta>`},
		{"settings.xml", `<office:document-settings ` + odfSpace + `><office:settings><config:config-item-set config:name="ooo:view-settings"><config:config-item config:name="ViewId" config:type="string">` + canary + `</config:config-item></config:config-item-set>` +
			`<config:config-item-set config:name="ooo:configuration-settings"><config:config-item config:name="PrinterName" config:type="string">` + canary + `</config:config-item><config:config-item config:name="AddParaTableSpacing" config:type="boolean">true</config:config-item>` +
			`<config:config-item config:name="RsidRoot" config:type="int">7</config:config-item></config:config-item-set></office:settings></office:document-settings>`},
		{"styles.xml", `<office:document-styles ` + odfSpace + `><style:text-properties officeooo:rsid="` + canary + `" style:x="1"/></office:document-styles>`},
		{"content.xml", `<office:document-content ` + odfSpace + `><office:scripts><x>` + canary + `</x></office:scripts><office:body><office:text><text:tracked-changes><text:changed-region><text:deletion><office:change-info><dc:creator>` + canary +
			`</dc:creator></office:change-info><text:p>` + canary + `</text:p></text:deletion></text:changed-region></text:tracked-changes><text:p>One` + annotation + `<text:change-start text:change-id="1"/> two<text:change-end text:change-id="1"/> <text:author-name>` + canary +
			`</text:author-name><text:file-name>` + canary + `</text:file-name><text:a xlink:href="https://example.org/">out</text:a><text:a xlink:href="file:///home/` + canary + `">in</text:a></text:p>` +
			`<draw:frame draw:name="` + canary + `.jpg"><draw:image xlink:href="Pictures/1.png"/><draw:image xlink:href="http://example.org/` + canary + `"/><draw:object xlink:href="./Object 1"/><draw:object-ole xlink:href="./Object 2"/></draw:frame></office:text></office:body></office:document-content>`},
		{"Pictures/1.png", pngFile}, {"Object 1/content.xml", `<office:document-content ` + odfSpace + `><!-- ` + canary + ` --><office:body/></office:document-content>`}, {"Object 1/meta.xml", canary}, {"ObjectReplacements/Object 1", canary}, {"Object 2", canary}, {"ObjectReplacements/Object 2", canary},
	}
}

func TestE06OpenDocument(t *testing.T) {
	t.Parallel()
	out, info := cleanOffice(t, testODT().zip(t), odtType)
	got := unzip(t, out)
	if want := "mimetype settings.xml styles.xml content.xml Pictures/1.png Object 1/content.xml ObjectReplacements/Object 1 ObjectReplacements/Object 2 META-INF/manifest.xml"; got.names() != want {
		t.Errorf("it has %s", got.names())
	}
	if !bytes.HasPrefix(out[30:], []byte("mimetype"+odtType)) || info.Title != "Wells" || info.Language != "fa" {
		t.Errorf("%+v; it begins with %q", info, out[:60])
	}
	const want = `<office:body><office:text><text:p>One two <text:a xlink:href="https://example.org/">out</text:a><text:a>in</text:a></text:p>` +
		`<draw:frame><draw:image xlink:href="Pictures/1.png"/><draw:image/><draw:object xlink:href="./Object 1"/></draw:frame></office:text></office:body></office:document-content>`
	if s := got.get("content.xml"); !strings.HasSuffix(s, want) {
		t.Error(s)
	}
	if s := got.get("settings.xml"); !strings.Contains(s, "AddParaTableSpacing") || strings.Contains(s, "RsidRoot") {
		t.Error(s)
	}
}

func TestOfficeRefused(t *testing.T) {
	t.Parallel()
	macros := strings.ReplaceAll(testDOCX().get(typesPath), officeXML+"wordprocessingml.document.main+xml", "application/vnd.ms-word.document.macroEnabled.main+xml")
	for name, c := range map[string]struct {
		data []byte
		kind string
		want error
	}{
		"macros by type":   {testDOCX().with(typesPath, macros).zip(t), docxType, ErrMacros},
		"macros by name":   {testDOCX().with("word/vbaProject.bin", "x").zip(t), docxType, ErrMacros},
		"Basic":            {testODT().with("Basic/Standard/Module1.xml", "x").zip(t), odtType, ErrMacros},
		"Scripts":          {testODT().with("Scripts/python/x.py", "x").zip(t), odtType, ErrMacros},
		"encrypted Office": {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 the rest"), docxType, ErrEncrypted},
		"encrypted ODF":    {testODT().with("META-INF/manifest.xml", odfManifest(`<manifest:encryption-data/>`)).zip(t), odtType, ErrEncrypted},
		"another kind":     {testXLSX().zip(t), docxType, ErrFormat},
		"another ODF":      {testODT().zip(t), openDocument + "spreadsheet", ErrFormat},
		"no types":         {testDOCX().with(typesPath, "").zip(t), docxType, ErrFormat},
		"no main part":     {testDOCX().with("word/document.xml", "").zip(t), docxType, ErrFormat},
		"broken text":      {testDOCX().with("word/document.xml", "<w:document>").zip(t), docxType, ErrFormat},
		"not a ZIP":        {[]byte("x"), docxType, ErrFormat},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := Office(io.Discard, bytes.NewReader(c.data), int64(len(c.data)), c.kind, Options{}); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

// TestOtherTools cleans what pandoc made, and lets pandoc read it again: the text is the same.
func TestOtherTools(t *testing.T) {
	t.Parallel()
	pandoc := need(t, "pandoc")
	for name, kind := range map[string]string{"pandoc.docx": docxType, "pandoc.odt": odtType, "pandoc.epub": ""} {
		data := testdata(t, name)
		var out []byte
		if kind == "" {
			out, _ = cleanEPUB(t, data, Options{})
		} else {
			out, _ = cleanOffice(t, data, kind)
		}
		after := filepath.Join(t.TempDir(), name)
		must(t, os.WriteFile(after, out, 0o600))
		before := filepath.Join("testdata", name)
		if was, is := pandocText(t, pandoc, before), pandocText(t, pandoc, after); was != is || was == "" {
			t.Errorf("%s: the text was\n%s\nand is\n%s", name, was, is)
		}
	}
}

func pandocText(t *testing.T, pandoc, name string) string {
	t.Helper()
	out, err := exec.Command(pandoc, "-t", "plain", name).Output()
	must(t, err)
	return string(out)
}

// TestMat2 lets another cleaner judge.
func TestMat2(t *testing.T) {
	t.Parallel()
	mat2 := need(t, "mat2")
	for name, kind := range map[string]string{"pandoc.docx": docxType, "pandoc.odt": odtType} {
		out, _ := cleanOffice(t, testdata(t, name), kind)
		file := filepath.Join(t.TempDir(), name)
		must(t, os.WriteFile(file, out, 0o600))
		said, err := exec.Command(mat2, "--show", file).CombinedOutput()
		must(t, err)
		for line := range strings.Lines(string(said)) {
			// It finds weird that entries were made on no system that it knows.
			if !strings.Contains(line, "create_system: Weird") && !strings.Contains(line, "Metadata for") && !strings.Contains(line, "No metadata") {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
}

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	must(t, err)
	return data
}

// need returns the path of a program that a test cannot do without. These are extra opinions: nothing
// else depends on them, and CI does not install them.
func need(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skip(err)
	}
	return path
}
