package document

import (
	"maps"
	"strings"

	"satchel/bundle/internal/pdf"
)

// A role is what an object is in a file: it says which entries stay, and what their values are. The
// entries are those of ISO 32000-1, in the tables that the comments name.
type role struct {
	keys   map[pdf.Name]*role
	others *role // of entries that are not listed; nil where they do not stay
}

// The roles. plainRole is what fonts, colours and functions are: nothing in them tells of anybody but
// what telling lists.
var (
	plainRole     = &role{}
	contentRole   = &role{}
	catalogRole   = &role{} // table 28
	namesRole     = &role{} // table 31
	pagesRole     = &role{} // table 29
	pageRole      = &role{} // table 30
	resourcesRole = &role{} // table 33
	imageRole     = &role{} // table 89
	formRole      = &role{} // table 95
	annotRole     = &role{} // tables 164 and 166 to 187, and of fields 220 to 233
	acroFormRole  = &role{} // table 218
	destRole      = &role{} // section 12.3.2 and name trees
	outlineRole   = &role{} // tables 152 and 153
	actionRole    = &role{} // tables 193, 199, 206 and 212
	structRole    = &role{} // tables 322 to 325
	structTopRole = &role{} // table 322
	labelRole     = &role{} // table 159 and number trees
	mixedRole     = &role{} // of what a structure element refers to
	xobjectsRole  = &role{others: plainRole}
	propertyRole  = &role{} // of marked content
)

func init() {
	plainRole.others = plainRole
	plainRole.keys = map[pdf.Name]*role{"Resources": resourcesRole}
	contentRole.keys = of(plainRole, "Filter DecodeParms")
	catalogRole.keys = of(plainRole, "Type PageLayout PageMode Lang MarkInfo ViewerPreferences")
	maps.Copy(catalogRole.keys, map[pdf.Name]*role{"Pages": pagesRole, "Names": namesRole, "Dests": {others: destRole},
		"Outlines": outlineRole, "AcroForm": acroFormRole, "StructTreeRoot": structTopRole, "PageLabels": labelRole})
	namesRole.keys = of(destRole, "Dests")
	pagesRole.keys = of(plainRole, "Type Count MediaBox CropBox Rotate")
	maps.Copy(pagesRole.keys, map[pdf.Name]*role{"Parent": pagesRole, "Kids": pagesRole, "Resources": resourcesRole})
	pageRole.keys = of(plainRole, "Type MediaBox CropBox BleedBox TrimBox ArtBox Rotate Group Tabs StructParents UserUnit Trans Dur")
	maps.Copy(pageRole.keys, map[pdf.Name]*role{"Parent": pagesRole, "Resources": resourcesRole, "Contents": contentRole, "Annots": annotRole})
	each := func(r *role) *role { return &role{others: r} }
	resourcesRole.keys = map[pdf.Name]*role{"Font": each(plainRole), "XObject": xobjectsRole, "ExtGState": each(plainRole),
		"ColorSpace": each(plainRole), "Pattern": each(plainRole), "Shading": each(plainRole), "ProcSet": plainRole, "Properties": each(propertyRole)}
	propertyRole.keys = of(plainRole, "Type MCID Lang Alt ActualText E Subtype Attached BBox")
	imageRole.keys = of(plainRole, `Type Subtype Width Height ColorSpace BitsPerComponent Intent ImageMask Mask Decode
		Interpolate SMask SMaskInData StructParent Filter DecodeParms Matte`)
	formRole.keys = of(plainRole, `Type Subtype FormType BBox Matrix Group StructParent StructParents Filter DecodeParms
		PatternType PaintType TilingType XStep YStep`)
	formRole.keys["Resources"] = resourcesRole
	interactiveRoles()
}

// interactiveRoles are those of what readers can click and fill in.
func interactiveRoles() {
	annotRole.keys = of(plainRole, `Type Subtype Rect F AP AS Border BS BE C IC CA QuadPoints L LE Vertices InkList DA DS Q H
		StructParent FT T TU Ff V DV MK Opt MaxLen I TI Contents`)
	maps.Copy(annotRole.keys, map[pdf.Name]*role{"P": pageRole, "A": actionRole, "Dest": destRole, "Kids": annotRole, "Parent": annotRole})
	acroFormRole.keys = of(plainRole, "DA Q NeedAppearances")
	maps.Copy(acroFormRole.keys, map[pdf.Name]*role{"Fields": annotRole, "DR": resourcesRole})
	destRole.keys = of(destRole, "Kids Names Limits D")
	outlineRole.keys = of(outlineRole, "Type Parent Prev Next First Last Count Title C F")
	maps.Copy(outlineRole.keys, map[pdf.Name]*role{"Dest": destRole, "A": actionRole})
	actionRole.keys = of(plainRole, "Type S URI IsMap N")
	actionRole.keys["D"] = destRole
	structRole.keys = of(structRole, "Type S P ID K R Lang Alt E ActualText ParentTree ParentTreeNextKey Nums Kids Limits MCID RoleMap ClassMap")
	maps.Copy(structRole.keys, of(plainRole, "A C RoleMap ClassMap"))
	maps.Copy(structRole.keys, map[pdf.Name]*role{"Pg": pageRole, "Obj": mixedRole, "Stm": mixedRole})
	structTopRole.keys = structRole.keys
	labelRole.keys = of(labelRole, "Type Nums Kids Limits S P St")
}

// of gives each of the names a role.
func of(r *role, names string) map[pdf.Name]*role {
	m := map[pdf.Name]*role{}
	for name := range strings.FieldsSeq(names) {
		m[pdf.Name(name)] = r
	}
	return m
}

// telling are the entries that stay nowhere, with what they are. Others, that a role does not list, are
// of no interest.
var telling = map[pdf.Name]string{
	"Metadata": "XMP metadata", "PieceInfo": "data of other programs", "LastModified": "times", "AF": "attached files",
	"EF": "attached files", "RF": "attached files", "EmbeddedFiles": "attached files", "Collection": "attached files", "OPI": "paths of pictures",
	"Measure": "positions on maps", "PtData": "positions on maps", "GPTS": "positions on maps", "VP": "positions on maps",
	"JS": "scripts", "JavaScript": "scripts", "AA": "actions that run by themselves", "OpenAction": "actions that run by themselves",
	"XFA": "a form with scripts", "Perms": "signatures", "Thumb": "previews", "OCProperties": "layers",
	"Alternates": "other versions of pictures", "PresSteps": "actions that run by themselves", "Threads": "articles", "SpiderInfo": "where it was loaded from",
}

// roleOf says what an object is that a structure element refers to.
func roleOf(c *pdfCleaner, d pdf.Dict) *role {
	if c.file.Name(d["Type"]) == "Annot" || d["Rect"] != nil {
		return annotRole
	}
	return formRole
}

// refusedTypes are dictionaries that stay nowhere.
var refusedTypes = map[pdf.Name]string{"Filespec": "attached files", "F": "attached files", "EmbeddedFile": "attached files",
	"Metadata": "XMP metadata", "Sig": "signatures", "SigRef": "signatures", "DocTimeStamp": "signatures", "Catalog": "", "Thread": "articles",
	"Bead": "articles", "ObjStm": "", "XRef": "", "Rendition": "films", "OCG": "", "OCMD": "", "Template": ""}

// shownActions are those that a click on a link may do.
var shownActions = map[pdf.Name]bool{"GoTo": true, "URI": true, "Named": true}

// stays says whether a dictionary stays at all.
func (c *pdfCleaner) stays(d pdf.Dict, r *role) bool {
	kind := c.file.Name(d["Type"])
	if what, refused := refusedTypes[kind]; refused && r != catalogRole && r != propertyRole {
		if what != "" {
			c.note(what)
		}
		return false
	}
	switch {
	case d["EF"] != nil:
		c.note("attached files")
		return false
	case kind == "Page" && r != pageRole: // one that was taken out of the file
		return false
	case r == structTopRole && len(c.hidden) > 0: // it repeats the text of hidden layers
		return false
	case r == annotRole:
		return c.showsDict(d)
	case r == actionRole:
		return c.isLinkAction(d)
	case r == plainRole && (d["JS"] != nil || kind == "Action"):
		c.note("scripts")
		return false
	}
	return true
}

func (c *pdfCleaner) isLinkAction(d pdf.Dict) bool {
	kind := c.file.Name(d["S"])
	if kind != "URI" {
		return shownActions[kind]
	}
	uri, _ := c.file.Resolve(d["URI"]).(pdf.String)
	return isLink(string(uri)) && !isLocal(string(uri))
}

// shownAnnots are the annotations that are a part of the page, or a link. Notes, attached files, sounds,
// films and signatures are none.
var shownAnnots = map[pdf.Name]bool{"": true, "Link": true, "Widget": true, "FreeText": true, "Line": true, "Square": true,
	"Circle": true, "Polygon": true, "PolyLine": true, "Highlight": true, "Underline": true, "Squiggly": true,
	"StrikeOut": true, "Stamp": true, "Ink": true, "Watermark": true}

// shows says whether an annotation or a field of a form stays.
func (c *pdfCleaner) shows(o pdf.Object) bool {
	d, err := c.file.Dict(o)
	return err == nil && d != nil && c.showsDict(d)
}

func (c *pdfCleaner) showsDict(d pdf.Dict) bool {
	const hidden, noView = 1 << 1, 1 << 5
	subtype := c.file.Name(d["Subtype"])
	switch {
	case !shownAnnots[subtype]:
		c.note("notes, attached files, sounds and films")
		return false
	case c.fieldType(d) == "Sig":
		c.note("signatures")
		return false
	case c.file.Int(d["F"])&(hidden|noView) != 0, c.isHidden(d["OC"]):
		c.note("hidden notes")
		return false
	}
	return true
}

// fieldType is the type of a form's field, which it may have from those above.
func (c *pdfCleaner) fieldType(d pdf.Dict) pdf.Name {
	for range 32 {
		if t := c.file.Name(d["FT"]); t != "" || d == nil {
			return t
		}
		d, _ = c.file.Dict(d["Parent"])
	}
	return ""
}
