package ingest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	told "satchel/bundle/ingest/report"

	"satchel/bundle"
)

// examine fills in the finding of a job. A fault in a parser of foreign content
// refuses the file and nothing else.
func (f *Folder) examine(j *job, d *desk) {
	ok := guard(func() {
		found, file := f.look(j.in, j.rel, d)
		if file != nil {
			file.Close()
		}
		found.forget()
		j.finding = found
	})
	if !ok {
		j.finding = refuse("it cannot be examined: its content upsets the reader for it")
	}
}

// glance says what a file is, and makes nothing of it.
func glance(j *job, d *desk) {
	guard(func() {
		if j.finding = judgeName(j.path(), j.rel); j.finding.verdict != packed {
			return
		}
		h, file, info, err := d.read(j.in, j.rel)
		if err != nil {
			j.finding = refuse("it cannot be read: %v", err)
			return
		}
		file.Close()
		j.finding = judgeContent(j.path(), j.rel, h, info.Size())
		j.finding.charset = charsetParam(j.finding.item.Type)
	})
}

// forget lets go of contents: they are made again when they are copied.
func (f *finding) forget() {
	f.product, f.pixels = nil, nil
	for i := range f.extras {
		f.extras[i].product = nil
	}
}

// look says what becomes of a file: first by its name, then by its content. The file comes open where
// it had to be opened.
func (f *Folder) look(in *input, rel string, d *desk) (finding, *os.File) {
	path := in.prefix + rel
	_, allowed := f.allows(in, rel)
	named := judgeName(path, rel)
	if named.verdict != packed && !named.peek && (named.final || !allowed) {
		return named, nil
	}
	h, file, info, err := d.read(in, rel)
	switch {
	case err != nil && named.peek:
		return named, nil
	case err != nil:
		return refuse("it cannot be read: %v", err), nil
	case f.isNever(info):
		return refuse("this packing uses it itself: as its key, passphrase, list or report"), file
	}
	seen := judgeContent(path, rel, h, info.Size())
	if seen.verdict == packed && (named.verdict == packed || allowed && named.peek) {
		seen = f.make(seen, &material{item: seen.item, rel: rel, asked: d.asked, file: file, size: info.Size(), head: h})
		if seen.verdict == packed {
			seen.reason = named.reason // one that is hidden, and allowed
			return seen, file
		}
	}
	if seen.final || !allowed || named.final {
		return worse(named, seen), file
	}
	found := allow(path, worse(named, seen), info)
	f.options.said(&found.item)
	m := &material{item: found.item, rel: rel, file: file, size: info.Size(), head: h}
	switch why, err := f.unsaid(m, nil); {
	case err != nil:
		return refuse("it cannot be searched for what must not be said: %v", err), file
	case why != "":
		return refuse("%s", why), file
	}
	return found, file
}

// make makes of a file that can be packed what is packed of it.
func (f *Folder) make(seen finding, m *material) finding {
	seen.charset = charsetParam(m.item.Type)
	p, err := f.produce(m)
	if err == nil {
		err = m.settle(p)
	}
	switch {
	case errors.Is(err, errUncleaned):
		return finding{verdict: unsupported, reason: err.Error()}
	case err != nil:
		return notClean(err)
	}
	if f.options.dropsBylines() {
		m.item.Byline = ""
	}
	if isRead(m.item.Kind) {
		m.item.Language = placedLanguage(m.item.Language, m.item.Path, m.rel)
	}
	f.options.said(&m.item)
	switch why, err := f.unsaid(m, p); {
	case err != nil && why == "":
		return refuse("it cannot be searched for what must not be said: %v", err)
	case why != "":
		return refuse("%s", why)
	}
	seen.extras = m.extras
	if m.asked != m.item.Path { // previews are of no use to the content of the item itself
		seen.pixels = f.pixels(m, p)
		seen.extras = append(seen.extras, f.previews(m, seen.pixels)...)
	}
	seen.item, seen.product, seen.removed, seen.missing = m.item, p, m.removed, m.missing
	seen.mark = markOf(m)
	seen.size, seen.external, seen.sparse = m.size, m.external, m.sparse
	return seen
}

// markOf tells large files apart by their size and beginning.
func markOf(m *material) mark {
	if m.item.Sum != nil {
		return mark{}
	}
	h := sha256.New()
	fmt.Fprintf(h, "%d ", m.size)
	h.Write(m.head.raw)
	return mark(h.Sum(nil)[:len(mark{})])
}

// isNever says whether the curator's own secrets are in a file.
func (f *Folder) isNever(info fs.FileInfo) bool {
	return slices.ContainsFunc(f.never, func(never fs.FileInfo) bool { return os.SameFile(never, info) })
}

// worse returns the finding by name unless the name had nothing against the file, or its content
// is worse.
func worse(named, seen finding) finding {
	if named.verdict != packed && !seen.final {
		return named
	}
	return seen
}

// allow packs as an opaque file what would not be packed otherwise.
func allow(path string, f finding, info fs.FileInfo) finding {
	_, name := splitPath(path)
	item := bundle.Item{Path: path, Kind: opaque.kind, Type: opaque.mime, Size: info.Size()}
	item.Title = nameTitle(name)
	return finding{item: item, reason: f.reason, size: info.Size()}
}

// A desk is what one worker works at: a buffer, and the folder that it last opened,
// in which the next file most likely lies too.
type desk struct {
	buf  []byte
	in   *input
	dir  string
	root *os.Root
	done func()

	// asked is the path whose content alone is wanted: what is said of items is known. It is empty in a scan.
	asked string
}

func newDesk() *desk { return &desk{done: func() {}} }

func (d *desk) clear() {
	d.done()
	d.in, d.root, d.done = nil, nil, func() {}
}

// open is like input.open. What it holds open is the very folder that was checked,
// whatever has taken its name since.
func (d *desk) open(in *input, rel string) (*os.File, fs.FileInfo, error) {
	dir, base := splitPath(rel)
	if d.in != in || d.dir != dir {
		d.clear()
		root, done, err := in.enter(dir)
		if err != nil {
			return nil, nil, err
		}
		d.in, d.dir, d.root, d.done = in, dir, root, done
	}
	return openRegular(d.root, base)
}

// read opens a file and reads its head into the buffer.
func (d *desk) read(in *input, rel string) (*head, *os.File, fs.FileInfo, error) {
	file, info, err := d.open(in, rel)
	if err != nil {
		return nil, nil, nil, err
	}
	h, err := d.readHead(rel, file, info)
	if err != nil {
		file.Close()
		return nil, nil, nil, err
	}
	return h, file, info, nil
}

func (d *desk) readHead(rel string, file *os.File, info fs.FileInfo) (*head, error) {
	if d.buf == nil {
		d.buf = make([]byte, headLen)
	}
	n, err := io.ReadFull(file, d.buf)
	whole := err == io.EOF || err == io.ErrUnexpectedEOF
	if err != nil && !whole {
		return nil, reason(err)
	}
	if whole && int64(n) != info.Size() {
		return nil, errors.New("it is being written to")
	}
	_, name := splitPath(rel)
	whole = whole || int64(n) == info.Size()
	return &head{ext: extension(strings.ToLower(name)), raw: d.buf[:n], whole: whole}, nil
}

// judgeContent says what a file is, and describes it if it is to be packed.
func judgeContent(path, rel string, h *head, size int64) finding {
	switch {
	case told.Is(h.raw):
		return finding{verdict: leftOut, reason: "a report of a packing: it is for you alone", final: true}
	case isBundle(h.raw):
		return leave("a bundle")
	}
	h.readText()
	c, found := detect(h)
	if c.kind != bundle.KindPage || !beginsAsPage(h) {
		if key := secretKey(h); key != "" {
			return refuse("%s", key)
		}
	}
	if !c.known() {
		return found
	}
	item := bundle.Item{Path: path, Kind: c.kind, Size: size}
	describe(&item, rel, c, h)
	return finding{item: item}
}

// isBundle says whether a file begins as a bundle does: a ZIP file whose first entry is MANIFEST.
func isBundle(head []byte) bool {
	const name = 30 // where it begins
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) && len(head) > name && bytes.HasPrefix(head[name:], []byte("MANIFEST"))
}

// beginsAsPage is false for a page by name only: a key renamed to x.html.
func beginsAsPage(h *head) bool {
	root, _ := rootElement(h.text)
	return htmlElements[root]
}
