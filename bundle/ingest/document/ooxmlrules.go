package document

import (
	"bytes"
	"maps"
	"strings"

	"satchel/bundle/internal/markup"
)

// ooxmlPrefixes are short names for namespaces, those that the standard uses itself. The strict variant
// of the standard has others for the same.
var ooxmlPrefixes = map[string]string{
	"http://schemas.openxmlformats.org/wordprocessingml/2006/main":        "w",
	"http://purl.oclc.org/ooxml/wordprocessingml/main":                    "w",
	"http://schemas.openxmlformats.org/spreadsheetml/2006/main":           "x",
	"http://purl.oclc.org/ooxml/spreadsheetml/main":                       "x",
	"http://schemas.openxmlformats.org/presentationml/2006/main":          "p",
	"http://purl.oclc.org/ooxml/presentationml/main":                      "p",
	"http://schemas.openxmlformats.org/drawingml/2006/main":               "a",
	"http://purl.oclc.org/ooxml/drawingml/main":                           "a",
	"http://schemas.openxmlformats.org/drawingml/2006/picture":            "pic",
	"http://purl.oclc.org/ooxml/drawingml/picture":                        "pic",
	"http://schemas.openxmlformats.org/drawingml/2006/chart":              "c",
	"http://purl.oclc.org/ooxml/drawingml/chart":                          "c",
	"http://schemas.openxmlformats.org/officeDocument/2006/relationships": "r",
	"http://purl.oclc.org/ooxml/officeDocument/relationships":             "r",
	"urn:schemas-microsoft-com:vml":                                       "v",
	"urn:schemas-microsoft-com:office:office":                             "o",
}

// ooxmlPrefix is the short name of a namespace. Those that Microsoft adds with each version share one
// for each program.
func ooxmlPrefix(space string) string {
	if p, ok := ooxmlPrefixes[space]; ok {
		return p
	}
	after, ok := strings.CutPrefix(space, "http://schemas.microsoft.com/office/")
	switch {
	case !ok:
		return ""
	case strings.Contains(after, "/revision"):
		return "xr"
	case strings.HasPrefix(after, "word/"):
		return "wx"
	case strings.HasPrefix(after, "powerpoint/"):
		return "px"
	case strings.HasPrefix(after, "spreadsheetml/"):
		return "xx"
	case strings.HasPrefix(after, "drawing/"):
		return "ax"
	}
	return ""
}

// ooxmlVerdicts are the elements that do not stay.
var ooxmlVerdicts = func() map[string]verdict {
	m := verdicts(drop, `
		w:del w:moveFrom w:delText w:delInstrText w:rPrChange w:pPrChange w:sectPrChange w:tblPrChange
		w:tblPrExChange w:tcPrChange w:trPrChange w:tblGridChange w:numberingChange w:cellIns w:cellDel
		w:cellMerge w:moveFromRangeStart w:moveFromRangeEnd w:moveToRangeStart w:moveToRangeEnd
		w:customXmlInsRangeStart w:customXmlInsRangeEnd w:customXmlDelRangeStart w:customXmlDelRangeEnd
		w:customXmlMoveFromRangeStart w:customXmlMoveFromRangeEnd w:customXmlMoveToRangeStart
		w:customXmlMoveToRangeEnd w:commentRangeStart w:commentRangeEnd w:commentReference w:annotationRef
		w:permStart w:permEnd w:proofErr w:smartTagPr w:customXmlPr w:dataBinding w:rsid w:rsids w:control
		w:altChunk w:subDoc w:contentPart
		wx:dataBinding wx:docId wx:conflictIns wx:conflictDel wx:customXmlConflictInsRangeStart
		wx:customXmlConflictInsRangeEnd wx:customXmlConflictDelRangeStart wx:customXmlConflictDelRangeEnd
		wx:contentPart
		o:OLEObject o:ink
		x:fileVersion x:fileSharing x:fileRecoveryPr x:customWorkbookViews x:customSheetViews
		x:externalReferences x:oleObjects x:oleLinks x:controls x:legacyDrawing x:legacyDrawingHF
		x:webPublishing x:webPublishItems x:webPublishObjects x:smartTagPr x:smartTagTypes x:smartTags x:scenarios
		x:workbookProtection x:sheetProtection x:protectedRanges x:customProperties x:dataConsolidate
		x:cellWatches xx:absPath
		p:custDataLst p:oleObj p:controls p:modifyVerifier p:htmlPubPr p:webPr p:sldSyncPr p:smartTags
		px:creationId px:modId px:contentPart
		ax:creationId ax:predecessor a:audioCd c:externalData c:printSettings`)
	maps.Copy(m, verdicts(unwrap, "w:ins w:moveTo w:smartTag w:customXml"))
	return m
}()

// keptSettings are the settings of a text that change how it looks (ECMA-376 part 1, 17.15.1). All
// others, such as the template's path, passwords and the identities of sessions, go.
var keptSettings = set(`
	w:mirrorMargins w:alignBordersAndEdges w:bordersDoNotSurroundHeader w:bordersDoNotSurroundFooter
	w:gutterAtTop w:hideSpellingErrors w:hideGrammaticalErrors w:stylePaneFormatFilter w:defaultTabStop
	w:autoHyphenation w:consecutiveHyphenLimit w:hyphenationZone w:doNotHyphenateCaps w:defaultTableStyle
	w:evenAndOddHeaders w:bookFoldRevPrinting w:bookFoldPrinting w:drawingGridHorizontalSpacing
	w:drawingGridVerticalSpacing w:displayHorizontalDrawingGridEvery w:displayVerticalDrawingGridEvery
	w:characterSpacingControl w:noLineBreaksAfter w:noLineBreaksBefore w:footnotePr w:endnotePr w:compat
	w:themeFontLang w:clrSchemeMapping w:decimalSymbol w:listSeparator w:displayBackgroundShape
	w:embedTrueTypeFonts w:saveSubsetFonts m:mathPr`)

// identities are extensions that hold nothing but the identity of an object, by their uri.
var identities = set(`{FF2B5EF4-FFF2-40B4-BE49-F238E27FC236} {BB962C8B-B14F-4D97-AF65-F5344CB8AC3E}
	{D42A27DB-BD31-4B8C-83A1-F6EECF244321} {0CCBE362-F206-4b92-989A-16890622DB6E}`)

// ooxmlRules let pass what a part shows.
type ooxmlRules struct {
	part     *part
	settings bool
	fields   []field
}

// A field is a field of a text that has begun and not ended.
type field struct {
	code   string
	result bool // what the field shows has begun
}

func (r *ooxmlRules) element(t *markup.Token, around []markup.Name) verdict {
	prefix := ooxmlPrefix(t.Space)
	name := prefix + ":" + t.Local
	if prefix == "" && t.Local == "mathPr" {
		name = "m:mathPr"
	}
	switch {
	case r.settings && len(around) == 1 && !keptSettings[name]:
		return drop
	case name == "w:del" && len(around) > 0 && around[len(around)-1].Local == "trPr":
		return row
	case name == "w:vanish" && len(around) > 1 && around[len(around)-2].Local == "r" && isOn(t.Attr(t.Space, "val")):
		return row
	case ooxmlVerdicts[name] != keep:
		return ooxmlVerdicts[name]
	case prefix == "xr":
		return drop
	case t.Local == "ext" && identities[t.Attr("", "uri")]:
		return drop
	case name == "w:fldSimple" && fields[fieldCode(t.Attr(t.Space, "instr"))]:
		return drop
	case r.dangles(t):
		return drop
	case name == "w:fldChar":
		r.fieldChar(t.Attr(t.Space, "fldCharType"))
	}
	return keep
}

// isOn reads a switch (ECMA-376 part 1, 22.9.2.7): it is on where it has no value.
func isOn(value string) bool { return value != "0" && value != "false" && value != "off" }

// attached are the elements that lose a relationship and stay: the others are nothing without.
var attached = set("pageSetup blip imagedata hlinkClick hlinkHover hlinkMouseOver hyperlink fill stroke audioFile videoFile media")

// dangles says whether an element is nothing without a relationship that does not stay.
func (r *ooxmlRules) dangles(t *markup.Token) bool {
	if attached[t.Local] {
		return false
	}
	for i := range t.Attrs {
		if a := &t.Attrs[i]; ooxmlPrefix(a.Space) == "r" && r.part.gone[a.Value()] {
			return true
		}
	}
	return false
}

// fieldChar follows where fields begin and end.
func (r *ooxmlRules) fieldChar(kind string) {
	const most = 100
	n := len(r.fields) - 1
	switch {
	case kind == "begin" && n < most:
		r.fields = append(r.fields, field{})
	case kind == "separate" && n >= 0:
		r.fields[n].result = true
	case kind == "end" && n >= 0:
		r.fields = r.fields[:n]
	}
}

// tellingAttributes are those that say who, when, or in which session.
var tellingAttributes = set(`w:author w:date w:initials w:userId wx:paraId wx:textId o:gfxdata o:title
	:refreshedBy :refreshedDate :refreshedDateIso :userName :lastEdited :rupBuild :lowestEdited :calcId`)

func (r *ooxmlRules) attribute(t *markup.Token, a *markup.Attr) (bool, string) {
	if a.Prefix == "xmlns" || a.Local == "xmlns" {
		return true, ""
	}
	prefix := ooxmlPrefix(a.Space)
	isName := a.Local == "name" && (t.Local == "cNvPr" || t.Local == "docPr")
	switch {
	case prefix == "xr", tellingAttributes[prefix+":"+a.Local], a.Local == "dateUtc":
		return false, ""
	case prefix == "w" && strings.HasPrefix(a.Local, "rsid"):
		return false, ""
	case prefix == "r":
		return !r.part.gone[a.Value()], ""
	case isName && (ooxmlPrefix(t.Space) == "pic" || hasExtension(a.Value())):
		return true, "Picture"
	case !bytes.ContainsAny(a.Raw, `/\%`):
		return true, ""
	case prefix == "w" && a.Local == "instr":
		if _, bad := fields[fieldCode(a.Value())]; bad || isLocal(a.Value()) {
			return true, " "
		}
		return true, ""
	}
	return !isLocal(a.Value()), ""
}

// hasExtension says whether the name of a picture is that of a file.
func hasExtension(name string) bool {
	at := strings.LastIndexByte(name, '.')
	return at > 0 && len(name)-at >= 4 && len(name)-at <= 5
}

func (r *ooxmlRules) text(t *markup.Token, around []markup.Name) []byte {
	if len(r.fields) == 0 || len(around) == 0 {
		return t.Raw
	}
	switch last := around[len(around)-1]; {
	case ooxmlPrefix(last.Space) != "w":
	case last.Local == "instrText":
		f := &r.fields[len(r.fields)-1]
		if f.code == "" {
			f.code = fieldCode(t.Text())
		}
		if _, bad := fields[f.code]; bad || isLocal(t.Text()) {
			return nil
		}
	case last.Local == "t" && r.filledIn():
		return nil
	}
	return t.Raw
}

// filledIn says whether text here is what a program knew of a user, a file or a time.
func (r *ooxmlRules) filledIn() bool {
	for _, f := range r.fields {
		if f.result && fields[f.code] {
			return true
		}
	}
	return false
}
