package document

import (
	"fmt"
	"io"
	"path"
	"strings"

	"satchel/bundle/internal/archive"
	"satchel/bundle/internal/markup"
)

// openDocument is what the media types of OpenDocument files begin with.
const openDocument = "application/vnd.oasis.opendocument."

const manifestPath = "META-INF/manifest.xml"

// An odf is an OpenDocument file that is being written (OpenDocument 1.3, part 2: packages).
type odf struct {
	*office
	mediaType string
	types     map[string]string // by path, as the manifest says
	kept      []keptFile
}

type keptFile struct{ path, kind string }

func (d *odf) run() error {
	for _, step := range []func() error{d.macros, d.readManifest, d.describeAll, d.begin, d.files, d.end} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// readManifest reads what each file is, and refuses what is encrypted.
func (d *odf) readManifest() error {
	d.types = map[string]string{}
	encrypted := false
	err := d.each(manifestPath, func(t *markup.Token, _ func() string) {
		switch t.Local {
		case "file-entry":
			d.types[attrByName(t, "full-path")] = attrByName(t, "media-type")
		case "encryption-data", "encrypted-key":
			encrypted = true
		}
	})
	switch {
	case err != nil:
		return err
	case encrypted:
		return ErrEncrypted
	case d.types["/"] == "" || !strings.HasPrefix(d.types["/"], d.mediaType) || d.zip.File("content.xml") == nil:
		return fmt.Errorf("%w: it is no %s", ErrFormat, d.mediaType)
	}
	return nil
}

// attrByName returns an attribute by its local name alone: manifests of old programs are in another
// namespace.
func attrByName(t *markup.Token, local string) string {
	for i := range t.Attrs {
		if t.Attrs[i].Local == local {
			return t.Attrs[i].Value()
		}
	}
	return ""
}

func (d *odf) describeAll() error {
	if err := d.describe("meta.xml"); err != nil {
		d.info.remove("properties that cannot be read", 0)
	}
	return nil
}

// begin writes the media type as it is, so that the file can be told by its first bytes.
func (d *odf) begin() error {
	return d.out.store("mimetype", func() io.Reader { return strings.NewReader(d.types["/"]) })
}

func (d *odf) files() error {
	for _, f := range d.zip.Files {
		if err := d.file(f); err != nil {
			return err
		}
	}
	return nil
}

// file writes a file of the package if it is of a kind that is shown.
func (d *odf) file(f *archive.File) error {
	dir, base := path.Split(f.Name)
	kind := d.types[f.Name]
	isObject := dir == "" || strings.HasPrefix(dir, "Object ") && strings.Count(dir, "/") == 1 && d.types[dir] != ""
	switch {
	case isObject && (base == "content.xml" || base == "styles.xml"):
		d.keep(f, "text/xml")
		return d.filtered(f, &odfRules{})
	case f.Name == "settings.xml":
		d.keep(f, "text/xml")
		return d.filtered(f, &settingsRules{})
	case dir == "Pictures/" || dir == "ObjectReplacements/":
		return d.picture(f)
	case dir == "Media/" || dir == "media/":
		return d.recording(f, kind)
	case dir == "Fonts/":
		d.keep(f, kind)
		return d.raw(f)
	}
	if what := leftFile(f.Name); what != "" {
		d.info.remove(what, f.Size)
	}
	return nil
}

func (d *odf) keep(f *archive.File, kind string) { d.kept = append(d.kept, keptFile{f.Name, kind}) }

func (d *odf) picture(f *archive.File) error {
	c, err := d.cleaned(f, "image/")
	if err != nil {
		return err
	}
	d.keep(f, c.kind)
	return d.out.store(f.Name, c.open)
}

func (d *odf) recording(f *archive.File, kind string) error {
	if !strings.HasPrefix(kind, "audio/") && !strings.HasPrefix(kind, "video/") {
		kind = "video/mp4"
	}
	c, err := d.cleaned(f, kind)
	if c == nil || err != nil {
		return err
	}
	d.keep(f, c.kind)
	return d.out.store(f.Name, c.open)
}

// leftFile says in words what a file is that stays behind.
func leftFile(name string) string {
	switch {
	case name == "mimetype" || name == manifestPath:
		return ""
	case path.Base(name) == "meta.xml":
		return "properties: author, times, programs, statistics"
	case strings.HasPrefix(name, "Thumbnails/"):
		return "a preview"
	case strings.HasPrefix(name, "Configurations2/") || path.Base(name) == "settings.xml":
		return "settings of the program"
	case strings.HasPrefix(name, "META-INF/"):
		return "signatures"
	}
	return "a part that is not shown: " + name
}

// end writes the manifest and the directory.
func (d *odf) end() error {
	var s strings.Builder
	s.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">`)
	entry := func(path, kind string) {
		fmt.Fprintf(&s, `<manifest:file-entry manifest:full-path="%s" manifest:media-type="%s"/>`, escape(path), escape(kind))
	}
	entry("/", d.types["/"])
	objects := map[string]bool{}
	for _, k := range d.kept {
		if dir := path.Dir(k.path) + "/"; strings.HasPrefix(dir, "Object ") {
			objects[dir] = true
		}
		entry(k.path, k.kind)
	}
	for _, dir := range sorted(objects) {
		entry(dir, d.types[dir])
	}
	s.WriteString("</manifest:manifest>\n")
	if err := d.out.text(manifestPath, s.String()); err != nil {
		return err
	}
	return d.out.close()
}
