package document

import (
	"bytes"
	"maps"
	"strings"

	"satchel/bundle/internal/markup"
)

// odfPrefix is the short name of a namespace, the one that the standard uses itself.
func odfPrefix(space string) string {
	if after, ok := strings.CutPrefix(space, "urn:oasis:names:tc:opendocument:xmlns:"); ok {
		prefix, _, _ := strings.Cut(after, ":")
		switch prefix {
		case "drawing":
			return "draw"
		case "database":
			return "db"
		}
		return prefix
	}
	switch space {
	case "http://purl.org/dc/elements/1.1/":
		return "dc"
	case "http://www.w3.org/1999/xlink":
		return "xlink"
	case "http://openoffice.org/2009/office":
		return "officeooo"
	case "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0":
		return "loext"
	}
	return ""
}

// odfVerdicts are the elements that do not stay. Fields have what the program filled in as their text.
var odfVerdicts = func() map[string]verdict {
	m := verdicts(drop, `
		office:annotation office:annotation-end office:change-info office:meta office:scripts
		office:event-listeners office:dde-source
		text:tracked-changes text:change text:change-start text:change-end
		text:author-name text:author-initials text:creator text:initial-creator text:printed-by
		text:creation-date text:creation-time text:modification-date text:modification-time text:print-date
		text:print-time text:editing-cycles text:editing-duration text:file-name text:template-name
		text:sender-firstname text:sender-lastname text:sender-initials text:sender-title text:sender-position
		text:sender-email text:sender-phone-private text:sender-fax text:sender-company text:sender-phone-work
		text:sender-street text:sender-city text:sender-postal-code text:sender-country
		text:sender-state-or-province text:user-defined text:keywords text:description text:dde-connection
		text:dde-connection-decls text:section-source text:script text:execute-macro text:database-display
		text:database-next text:database-row-select text:database-row-number text:database-name
		text:hidden-text text:meta-field
		table:tracked-changes table:table-source table:dde-link table:dde-links table:database-source-sql
		table:database-source-table table:database-source-query table:scenario table:cell-range-source
		form:connection-resource draw:object-ole draw:plugin draw:applet draw:floating-frame
		script:event-listener db:connection-data`)
	maps.Copy(m, verdicts(unwrap, "text:meta"))
	return m
}()

// odfRules let pass what a text, sheet or slide shows.
type odfRules struct{}

func (odfRules) element(t *markup.Token, _ []markup.Name) verdict {
	prefix := odfPrefix(t.Space)
	switch v := odfVerdicts[prefix+":"+t.Local]; {
	case v != keep:
		return v
	case prefix == "dc" || prefix == "meta":
		return drop
	}
	return keep
}

func (odfRules) attribute(t *markup.Token, a *markup.Attr) (bool, string) {
	if a.Prefix == "xmlns" || a.Local == "xmlns" {
		return true, ""
	}
	prefix := odfPrefix(a.Space)
	switch {
	case strings.Contains(a.Local, "rsid"), prefix == "meta", prefix == "dc":
		return false, ""
	case prefix == "xlink" && a.Local == "href":
		return keepsAddress(t, a.Value()), ""
	case prefix == "form" && a.Local == "datasource", a.Local == "protection-key", a.Local == "display-name" && isLocal(a.Value()):
		return false, ""
	case prefix == "draw" && a.Local == "name" && hasExtension(a.Value()):
		return false, ""
	case !bytes.ContainsAny(a.Raw, `/\%`):
		return true, ""
	}
	return !isLocal(a.Value()), ""
}

// keepsAddress says whether an address leads to a file of the package, or is a link that takes a click.
func keepsAddress(t *markup.Token, ref string) bool {
	switch {
	case isLink(ref) && !isLocal(ref):
		return t.Local == "a"
	case strings.Contains(ref, ".."):
		return false
	}
	return isInside(ref)
}

func (odfRules) text(t *markup.Token, _ []markup.Name) []byte { return t.Raw }

// settingsRules let pass the settings that are switches or numbers: they say how text is laid out.
// Names, printers and paths are strings, and where the window was is none of a reader's.
type settingsRules struct{}

func (settingsRules) element(t *markup.Token, _ []markup.Name) verdict {
	name := attrByName(t, "name")
	switch t.Local {
	case "config-item-set":
		if strings.HasSuffix(name, "view-settings") {
			return drop
		}
	case "config-item-map-indexed", "config-item-map-named", "config-item-map-entry":
		return drop
	case "config-item":
		kind := attrByName(t, "type")
		if kind != "boolean" && kind != "short" || strings.HasPrefix(name, "Rsid") {
			return drop
		}
	}
	return keep
}

func (settingsRules) attribute(*markup.Token, *markup.Attr) (bool, string) { return true, "" }

func (settingsRules) text(t *markup.Token, _ []markup.Name) []byte { return t.Raw }
