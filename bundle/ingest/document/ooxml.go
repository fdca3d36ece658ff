package document

import (
	"fmt"
	"path"
	"strings"

	"satchel/bundle/internal/archive"
	"satchel/bundle/internal/markup"
)

// The namespaces and types of Open Packaging Conventions (ECMA-376 part 2).
const (
	relationSpace = "http://schemas.openxmlformats.org/package/2006/relationships"
	relationType  = "application/vnd.openxmlformats-package.relationships+xml"
	officeXML     = "application/vnd.openxmlformats-officedocument."
	typesPath     = "[Content_Types].xml"
)

// textParts are the content types of the XML parts that stay, after officeXML.
var textParts = set(`
	wordprocessingml.document.main+xml wordprocessingml.template.main+xml wordprocessingml.styles+xml
	wordprocessingml.settings+xml wordprocessingml.fontTable+xml wordprocessingml.numbering+xml
	wordprocessingml.footnotes+xml wordprocessingml.endnotes+xml wordprocessingml.header+xml
	wordprocessingml.footer+xml theme+xml themeOverride+xml drawing+xml drawingml.chart+xml
	drawingml.chartshapes+xml drawingml.diagramData+xml drawingml.diagramLayout+xml
	drawingml.diagramStyle+xml drawingml.diagramColors+xml
	spreadsheetml.sheet.main+xml spreadsheetml.template.main+xml spreadsheetml.worksheet+xml
	spreadsheetml.chartsheet+xml spreadsheetml.sharedStrings+xml spreadsheetml.styles+xml
	spreadsheetml.table+xml spreadsheetml.pivotTable+xml spreadsheetml.pivotCacheDefinition+xml
	spreadsheetml.pivotCacheRecords+xml spreadsheetml.sheetMetadata+xml
	presentationml.presentation.main+xml presentationml.slideshow.main+xml presentationml.template.main+xml
	presentationml.slide+xml presentationml.slideLayout+xml presentationml.slideMaster+xml
	presentationml.notesSlide+xml presentationml.notesMaster+xml presentationml.handoutMaster+xml
	presentationml.presProps+xml presentationml.viewProps+xml presentationml.tableStyles+xml`)

// otherParts are those of later versions, which Microsoft named itself.
var otherParts = set(`application/vnd.ms-office.chartstyle+xml application/vnd.ms-office.chartcolorstyle+xml
	application/vnd.ms-office.chartex+xml application/vnd.ms-office.drawingml.diagramDrawing+xml
	application/vnd.ms-word.stylesWithEffects+xml`)

// fontParts are the content types of fonts.
var fontParts = set(`application/vnd.openxmlformats-officedocument.obfuscatedFont application/x-fontdata
	application/x-font-ttf application/x-font-otf font/ttf font/otf`)

// An ooxml is a document of Office Open XML that is being written.
type ooxml struct {
	*office
	mediaType string

	byFold    map[string]*archive.File // names are equal without regard to case
	defaults  map[string]string        // content types by extension
	overrides map[string]string        // by folded name
	parts     []*part
	byName    map[string]*part
}

// A part is a part that stays.
type part struct {
	file  *archive.File
	kind  string // content type
	links []link
	gone  map[string]bool // the ids of relationships that do not stay
}

// A link is a relationship that stays.
type link struct {
	id, kind, target string
	external         bool
}

func (d *ooxml) run() error {
	for _, step := range []func() error{d.macros, d.readTypes, d.walk, d.describeAll, d.write} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// readTypes reads what each part is.
func (d *ooxml) readTypes() error {
	d.byFold = map[string]*archive.File{}
	for _, f := range d.zip.Files {
		d.byFold[strings.ToLower(f.Name)] = f
	}
	d.defaults, d.overrides = map[string]string{}, map[string]string{}
	if d.zip.File(typesPath) == nil {
		return fmt.Errorf("%w: it has no %s", ErrFormat, typesPath)
	}
	macros := false
	err := d.each(typesPath, func(t *markup.Token, _ func() string) {
		kind := t.Attr("", "ContentType")
		lower := strings.ToLower(kind)
		macros = macros || strings.Contains(lower, "macroenabled") || strings.Contains(lower, "macrosheet")
		switch t.Local {
		case "Default":
			d.defaults[strings.ToLower(t.Attr("", "Extension"))] = kind
		case "Override":
			d.overrides[strings.ToLower(strings.TrimPrefix(t.Attr("", "PartName"), "/"))] = kind
		}
	})
	if err == nil && macros {
		err = ErrMacros
	}
	return err
}

func (d *ooxml) typeOf(name string) string {
	name = strings.ToLower(name)
	if kind := d.overrides[name]; kind != "" {
		return kind
	}
	return d.defaults[strings.TrimPrefix(path.Ext(name), ".")]
}

// isKept says whether parts of a content type stay.
func isKept(kind string) bool {
	after, ok := strings.CutPrefix(kind, officeXML)
	return ok && textParts[after] || otherParts[kind] || fontParts[kind] || isMedia(kind)
}

func isMedia(kind string) bool {
	return strings.HasPrefix(kind, "image/") || strings.HasPrefix(kind, "audio/") || strings.HasPrefix(kind, "video/")
}

// walk finds the parts that stay: those that can be reached from the main part, and are of a kind that
// is shown.
func (d *ooxml) walk() error {
	d.byName = map[string]*part{}
	root := &part{gone: map[string]bool{}}
	if err := d.relations("", root, func(kind string) bool { return strings.HasSuffix(kind, "/officeDocument") }); err != nil {
		return err
	}
	if len(d.parts) != 1 || !strings.HasPrefix(d.parts[0].kind, strings.TrimSuffix(family(d.mediaType), "+xml")) {
		return fmt.Errorf("%w: it is no %s", ErrFormat, d.mediaType)
	}
	for i := 0; i < len(d.parts); i++ { // grows as it goes
		p := d.parts[i]
		if err := d.relations(p.file.Name, p, nil); err != nil {
			return err
		}
	}
	return nil
}

// family is what the content types of a kind of document begin with.
func family(mediaType string) string {
	whole, _, _ := strings.Cut(strings.TrimPrefix(mediaType, officeXML), ".")
	return officeXML + whole + "."
}

// relations reads the relationships of a part, and adds the parts that they lead to.
func (d *ooxml) relations(name string, p *part, only func(kind string) bool) error {
	dir, base := path.Split(name)
	p.gone = map[string]bool{}
	f := d.byFold[strings.ToLower(dir+"_rels/"+base+".rels")]
	if f == nil {
		return nil
	}
	var failed error
	err := d.each(f.Name, func(t *markup.Token, _ func() string) {
		if t.Space != relationSpace || t.Local != "Relationship" {
			return
		}
		l := link{id: t.Attr("", "Id"), kind: t.Attr("", "Type"), target: t.Attr("", "Target"),
			external: strings.EqualFold(t.Attr("", "TargetMode"), "External")}
		if only != nil && !only(l.kind) || !d.follow(dir, &l) {
			p.gone[l.id] = true
			return
		}
		if len(p.links) == maxParts || len(d.parts) > maxParts {
			failed = fmt.Errorf("%w: more than %d relationships", ErrLimit, maxParts)
			return
		}
		p.links = append(p.links, l)
	})
	if err == nil {
		err = failed
	}
	return err
}

// follow says whether a relationship stays, and adds the part that it leads to.
func (d *ooxml) follow(dir string, l *link) bool {
	if l.external {
		return strings.HasSuffix(l.kind, "/hyperlink") && isLink(l.target) && !isLocal(l.target)
	}
	target, _, _ := strings.Cut(l.target, "#")
	if !strings.HasPrefix(target, "/") {
		target = path.Join("/", dir, target)
	}
	f := d.byFold[strings.ToLower(strings.TrimPrefix(path.Clean(target), "/"))]
	if f == nil {
		return false
	}
	kind := d.typeOf(f.Name)
	if !isKept(kind) {
		return false
	}
	l.target = "/" + f.Name
	if d.byName[f.Name] == nil {
		p := &part{file: f, kind: kind}
		d.byName[f.Name] = p
		d.parts = append(d.parts, p)
	}
	return true
}

// describeAll says what the document is, and what stays behind.
func (d *ooxml) describeAll() error {
	for _, f := range d.zip.Files {
		if strings.HasSuffix(d.typeOf(f.Name), ".core-properties+xml") {
			if err := d.describe(f.Name); err != nil {
				d.info.remove("properties that cannot be read", f.Size)
			}
		}
	}
	for _, p := range d.parts {
		if strings.HasSuffix(p.kind, "presentationml.slide+xml") {
			d.info.Pages++
		}
	}
	d.note(func(name string) bool {
		return d.byName[name] != nil || name == typesPath || strings.HasSuffix(name, ".rels")
	}, func(name string) string { return leftPart(strings.ToLower(name)) })
	return nil
}

// leftPart says in words what a part is that stays behind.
func leftPart(name string) string {
	for _, c := range []struct{ has, what string }{
		{"docprops/", "properties: author, company, times, programs, preview"},
		{"comment", "comments"}, {"people", "names of people"}, {"persons", "names of people"}, {"author", "names of people"},
		{"customxml/", "data of other programs"}, {"printersettings", "settings of a printer"},
		{"embeddings/", "documents inside of the document"}, {"externallinks/", "links to other files"},
		{"activex/", "controls"}, {"glossary/", "building blocks"}, {"connections.xml", "links to databases"},
		{"revisions/", "old versions"}, {"revisionheaders", "old versions"},
	} {
		if strings.Contains(name, c.has) {
			return c.what
		}
	}
	return "a part that is not shown: " + name
}

// write writes all parts. The content types come first: by them a file is known for what it is.
func (d *ooxml) write() error {
	kinds := map[*part]string{}
	for _, p := range d.parts {
		kinds[p] = p.kind
		if isMedia(p.kind) {
			m, err := d.cleaned(p.file, p.kind)
			if err != nil {
				return err
			}
			if kinds[p] = ""; m != nil {
				kinds[p] = m.kind
			}
		}
	}
	d.drop(kinds)
	if err := d.out.text(typesPath, d.typesText(kinds)); err != nil {
		return err
	}
	if err := d.out.text("_rels/.rels", relationsText([]link{{id: "rId1", target: "/" + d.parts[0].file.Name,
		kind: "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"}})); err != nil {
		return err
	}
	for _, p := range d.parts {
		if kinds[p] == "" {
			continue
		}
		if err := d.part(p); err != nil {
			return err
		}
	}
	return d.out.close()
}

// drop takes out the relationships to parts that cannot be cleaned.
func (d *ooxml) drop(kinds map[*part]string) {
	for _, p := range d.parts {
		kept := p.links[:0]
		for _, l := range p.links {
			if to := d.byName[strings.TrimPrefix(l.target, "/")]; !l.external && kinds[to] == "" {
				p.gone[l.id] = true
				continue
			}
			kept = append(kept, l)
		}
		p.links = kept
	}
}

func (d *ooxml) typesText(kinds map[*part]string) string {
	var s strings.Builder
	s.WriteString(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" +
		`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="` + relationType + `"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>`)
	for _, p := range d.parts {
		if kinds[p] != "" {
			fmt.Fprintf(&s, `<Override PartName="/%s" ContentType="%s"/>`, escape(p.file.Name), escape(kinds[p]))
		}
	}
	s.WriteString("</Types>")
	return s.String()
}

func relationsText(links []link) string {
	var s strings.Builder
	s.WriteString(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" + `<Relationships xmlns="` + relationSpace + `">`)
	for _, l := range links {
		fmt.Fprintf(&s, `<Relationship Id="%s" Type="%s" Target="%s"`, escape(l.id), escape(l.kind), escape(l.target))
		if l.external {
			s.WriteString(` TargetMode="External"`)
		}
		s.WriteString("/>")
	}
	s.WriteString("</Relationships>")
	return s.String()
}

// part writes a part and its relationships.
func (d *ooxml) part(p *part) error {
	var err error
	switch {
	case isMedia(p.kind):
		err = d.media(p.file, p.kind)
	case fontParts[p.kind]:
		err = d.raw(p.file)
	default:
		err = d.filtered(p.file, &ooxmlRules{part: p, settings: strings.HasSuffix(p.kind, ".settings+xml")})
	}
	if err != nil || len(p.links) == 0 {
		return err
	}
	dir, base := path.Split(p.file.Name)
	return d.out.text(dir+"_rels/"+base+".rels", relationsText(p.links))
}
