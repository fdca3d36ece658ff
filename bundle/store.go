package bundle

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// A Layout is how the members of a bundle lie.
type Layout string

// The layouts. Each converts into each, byte for byte.
const (
	LayoutZIP    Layout = "zip"    // one ZIP file
	LayoutFolder Layout = "folder" // a folder of members
	LayoutParts  Layout = "parts"  // the ZIP file, cut into .001 .002 …
)

// A store is where the files of a bundle lie. Nothing it returns can be trusted:
// it says where bytes are, never what they are.
type store interface {
	layout() Layout
	// manifest returns MANIFEST, at most MaxManifest+1 bytes of it.
	manifest() ([]byte, error)
	// signatures returns the signature files, at most MaxSignatures of them: those
	// with the names that are wanted first, so that junk cannot crowd them out.
	signatures(wanted []string) ([]sigFile, error)
	// file returns the bytes of one file of the bundle. For a ZIP it begins at
	// offset if all is as it should be. Reading past what is there is io.EOF; a
	// file that is not there reads as empty.
	file(name string, offset, size int64) io.ReaderAt
	// lacks says why a copy is incomplete, as far as names and sizes tell without reading any
	// member; or nothing.
	lacks(r *Reader) (reason string)
	// check compares everything around the members with what signed data says has to be there.
	check(v *verifier) error
	// absent returns which files are not there: parts by what lies beside them, others by what the
	// index says of them.
	absent(v *verifier) []string
	// present fails when what was opened is not there any more.
	present() error
	close() error
}

// readHead reads a small file whole.
func readHead(r io.Reader, limit int64) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, limit+1))
}

// A zipStore is one ZIP, or what is left of it. Members are looked for where
// signed data says that they lie; only where that fails is the central directory
// asked, which anyone can have rewritten.
type zipStore struct {
	r     io.ReaderAt
	size  int64
	start int64 // of the bundle: not 0 when bytes were put before it
	head  []sigFile
	cut   bool // the head itself is cut short
	spare bool // the head cannot be read, and what the directory repeats of it is used
	moved bool // index does not lie where it should
	how   Layout
	gaps  []string // parts that are missing or short
	done  func() error
	probe probe

	once      sync.Once
	directory map[string]zipEntry
}

// maxPrefix is how many bytes before a bundle are searched through for its
// beginning; with more in front, the central directory has to be whole.
const maxPrefix = 1 << 20

// openZIP finds the bundle in r. It returns ErrNotBundle when there is none.
func openZIP(r io.ReaderAt, size int64) (*zipStore, error) {
	z := &zipStore{r: r, size: size, how: LayoutZIP, done: func() error { return nil }}
	buf := make([]byte, min(size, headSize))
	n, err := readAt(r, buf, 0)
	if err == nil && z.parseHead(buf[:n]) {
		return z, nil
	}
	if err == nil {
		err = z.findStart()
	}
	if z.head != nil || z.fromCopies() || (err == nil && z.fromDirectory()) {
		return z, nil
	}
	return nil, cmp.Or(err, ErrNotBundle)
}

// fromCopies takes MANIFEST and signatures from where the central directory repeats
// them. Everything else lies where it should, as seen from there.
func (z *zipStore) fromCopies() bool {
	z.head = readCopies(z.r, z.size)
	_, _, z.start, z.spare = findDirectory(z.r, z.size)
	z.spare = z.spare && len(z.head) > 0
	return z.spare
}

// parseHead reads the entries before index. It stops at the first thing that it
// does not expect, and says whether there was a MANIFEST. What goes beyond a head that is
// there as a whole is no cut: somebody changed its size.
func (z *zipStore) parseHead(b []byte) bool {
	var head []sigFile
	ends := len(b) < headSize
	z.cut = false
	for len(head) <= MaxSignatures {
		name, n, size, ok := localHeader(b)
		if !ok || (len(head) == 0) != (name == manifestName) ||
			(len(head) > 0 && !isSignatureName(name)) {
			break
		}
		if size > int64(len(b)-n) {
			z.cut = ends
			if len(head) == 0 && bytes.HasPrefix(b[n:], []byte(magic)) {
				head = append(head, sigFile{name, b[n:]})
			}
			break
		}
		head = append(head, sigFile{name, b[n : n+int(size)]})
		b = b[n+int(size):]
	}
	z.head = head
	return len(head) > 0
}

// localHeader takes a local header of a stored entry apart: its name, its length
// and the size of the data behind it.
func localHeader(b []byte) (name string, length int, size int64, ok bool) {
	if len(b) < localLen || le.Uint32(b) != localSig || le.Uint16(b[8:]) != 0 {
		return "", 0, 0, false
	}
	nameLen, extra := int(le.Uint16(b[26:])), int(le.Uint16(b[28:]))
	length = localLen + nameLen + extra
	if length > len(b) {
		return "", 0, 0, false
	}
	return string(b[localLen : localLen+nameLen]), length, int64(le.Uint32(b[18:])), true
}

// findStart looks for the bundle behind bytes that were put in front of it.
func (z *zipStore) findStart() error {
	mark := []byte(manifestName + magic + "\n")
	buf := make([]byte, min(z.size, maxPrefix+headSize))
	n, err := readAt(z.r, buf, 0)
	if err != nil {
		return err
	}
	buf = buf[:n]
	for from := 0; ; {
		i := bytes.Index(buf[from:], mark)
		if i < 0 {
			return nil
		}
		start := from + i - localLen
		if start >= 0 && z.parseHead(buf[start:min(len(buf), start+headSize)]) {
			z.start = int64(start)
			return nil
		}
		from += i + 1
	}
}

// fromDirectory takes MANIFEST and signatures from the central directory.
func (z *zipStore) fromDirectory() bool {
	z.readDirectory()
	names := []string{manifestName}
	for name := range z.directory {
		if isSignatureName(name) && len(names) <= MaxSignatures {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		f, ok := z.directory[name]
		if !ok {
			return false
		}
		limit := min(f.size, MaxSignature+1)
		data := make([]byte, limit)
		n, err := readAt(z.file(name, -1, limit), data, 0)
		if err != nil {
			return false
		}
		z.head = append(z.head, sigFile{name, data[:n]})
	}
	z.start = -1 // nothing lies where it should
	return true
}

// readDirectory reads the central directory, once.
func (z *zipStore) readDirectory() {
	z.once.Do(func() { z.directory = readDirectory(z.r, z.size) })
}

func (z *zipStore) layout() Layout { return z.how }
func (z *zipStore) close() error   { return z.done() }

func (z *zipStore) manifest() ([]byte, error) { return z.head[0].data, nil }

func (z *zipStore) signatures([]string) ([]sigFile, error) { return z.head[1:], nil }

func (z *zipStore) file(name string, offset, size int64) io.ReaderAt {
	expected := io.NewSectionReader(z.r, max(z.start, 0)+max(offset, 0), size)
	if z.start >= 0 && offset >= 0 && z.isAt(name, z.start+offset) {
		return expected
	}
	z.readDirectory()
	f, ok := z.directory[name]
	switch {
	case len(z.directory) == 0:
		return expected // no other way to find it, and its hash will tell
	case !ok:
		return io.NewSectionReader(z.r, 0, 0) // it was taken out
	}
	at, ok := f.data(z.r)
	if !ok {
		return expected
	}
	return io.NewSectionReader(z.r, at, min(size, f.size))
}

// isAt says whether the header before data at offset is that of the named entry.
func (z *zipStore) isAt(name string, offset int64) bool {
	back := int64(localLen + len(name))
	buf := make([]byte, localLen)
	for _, extra := range []int64{0, 20} { // without and with ZIP64 sizes
		n, err := readAt(z.r, buf, offset-back-extra)
		if err == nil && n == localLen && le.Uint32(buf) == localSig &&
			le.Uint16(buf[28:]) == uint16(extra) {
			return z.isNamed(name, offset-back-extra)
		}
	}
	return name == indexName && !z.moved // its padding varies; its root hash is checked anyway
}

func (z *zipStore) isNamed(name string, header int64) bool {
	buf := make([]byte, len(name))
	_, err := readAt(z.r, buf, header+localLen)
	return err == nil && string(buf) == name
}

// readAt fills buf as far as there are bytes, in as many reads as the device makes of
// it. A failing read is tried once more: worn flash often answers the second time.
func readAt(r io.ReaderAt, buf []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, nil
	}
	for tries := 2; n < len(buf); {
		var k int
		k, err = r.ReadAt(buf[n:], off+int64(n))
		n += k
		if errors.Is(err, io.EOF) {
			break
		}
		if tries--; k > 0 && err == nil {
			tries = 2
		}
		if tries == 0 && n < len(buf) {
			return n, cmp.Or(err, io.ErrNoProgress)
		}
	}
	return n, nil
}

func (z *zipStore) lacks(r *Reader) string {
	if len(z.gaps) > 0 {
		return ReasonMissing
	}
	m, err := r.member(uint32(r.aboutNumber("members") - 1))
	if err != nil || z.start < 0 {
		return "" // Verify tells
	}
	end := z.start + headSize + r.manifest.index.size + m.offset + m.size
	if z.size < end+r.manifest.members.size {
		return ReasonCut
	}
	return ""
}

func (z *zipStore) absent(*verifier) []string { return z.gaps }

// A folderStore is a folder with the members in it. Files are opened for each
// read: a bundle may have more of them than a process may hold open.
//
// A file system that does not keep the case of names costs nothing: what has another
// spelling is found, and marks the copy.
type folderStore struct {
	root *os.Root

	once  sync.Once
	found map[string]string // the name a file should have → the name it has
	twice bool              // MANIFEST is there in two spellings
	fault error
}

func openFolder(name string) (*folderStore, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	f := &folderStore{root: root}
	if file, err := f.open(manifestName); err == nil {
		return f, file.Close()
	}
	return nil, errors.Join(fmt.Errorf("%w: no MANIFEST in the folder", ErrNotBundle), root.Close())
}

func (f *folderStore) layout() Layout { return LayoutFolder }
func (f *folderStore) close() error   { return f.root.Close() }

var errTwoSpellings = errors.New("the folder has two files whose names are MANIFEST but for their case")

func (f *folderStore) manifest() ([]byte, error) {
	f.list()
	if f.twice {
		return nil, &VerdictError{Changed, ReasonTwo, errTwoSpellings}
	}
	return f.read(manifestName, MaxManifest)
}

func (f *folderStore) read(name string, limit int64) ([]byte, error) {
	file, err := f.open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readHead(file, limit)
}

// open opens a file of the bundle, if need be under another spelling of its name.
func (f *folderStore) open(name string) (*os.File, error) {
	file, err := openIn(f.root, name)
	if !errors.Is(err, fs.ErrNotExist) {
		return file, err
	}
	f.list()
	if spelt, ok := f.found[name]; ok && spelt != name {
		return openIn(f.root, spelt)
	}
	return nil, err
}

// list finds the files of the bundle, once.
func (f *folderStore) list() {
	f.once.Do(func() {
		f.found = map[string]string{}
		f.fault = f.eachName(func(name string) {
			ours := properName(name)
			was := f.found[ours]
			f.twice = f.twice || (ours == manifestName && was != "")
			switch {
			case ours == "", was == ours, was == "" && len(f.found) > maxMembers+maxJunk:
			case was == "" || name == ours || name < was:
				f.found[ours] = name
			}
		})
	})
}

// maxJunk bounds how many files are kept in mind that have names of ours and may be none.
const maxJunk = 10_000

// properName returns the name that a file of a bundle has, whatever has become of its
// case, or nothing for a file that is none.
func properName(name string) string {
	lower := strings.ToLower(name)
	switch lower {
	case "manifest":
		return manifestName
	case "members":
		return membersName
	case indexName:
		return indexName
	}
	if memberNames.MatchString(lower) {
		return lower
	}
	id, signature := strings.CutSuffix(lower, ".minisig")
	if proper := strings.ToUpper(id) + ".minisig"; signature && isSignatureName(proper) {
		return proper
	}
	return ""
}

// eachName goes through the names in the folder, in any order, however many files of others lie
// there: they must neither fill the memory nor crowd ours out.
func (f *folderStore) eachName(do func(name string)) error {
	dir, err := f.root.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	for {
		names, err := dir.Readdirnames(1000)
		for _, name := range names {
			do(name)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (f *folderStore) signatures(wanted []string) ([]sigFile, error) {
	f.list()
	if f.fault != nil {
		return nil, f.fault
	}
	var names, others []string // where there are too many, those that are wanted count
	for _, name := range slices.Sorted(maps.Keys(f.found)) {
		switch {
		case !isSignatureName(name):
		case slices.Contains(wanted, name):
			names = append(names, name)
		default:
			others = append(others, name)
		}
	}
	names = append(names, others...)
	var sigs []sigFile
	for _, name := range names[:min(len(names), MaxSignatures)] {
		data, err := f.read(name, MaxSignature)
		if errors.Is(err, errNotRegular) {
			continue // a folder of that name is no signature
		}
		if err != nil {
			return nil, err
		}
		sigs = append(sigs, sigFile{name, data})
	}
	sortSignatures(sigs)
	return sigs, nil
}

func (f *folderStore) file(name string, _, size int64) io.ReaderAt {
	return io.NewSectionReader(folderFile{f, name}, 0, size)
}

func (f *folderStore) lacks(r *Reader) string {
	f.list()
	n := r.aboutNumber("members")
	for name := range f.found {
		if memberNames.MatchString(name) {
			n--
		}
	}
	if n > 0 {
		return ReasonMissing
	}
	return ""
}

func (f *folderStore) absent(v *verifier) (names []string) {
	f.list()
	for i := range v.members {
		if name := v.members[i].name; f.found[name] == "" && len(names) < maxListed {
			names = append(names, name)
		}
	}
	return names
}

// openIn opens a regular file of a folder.
func openIn(root *os.Root, name string) (*os.File, error) {
	info, err := root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotRegular
	}
	return root.Open(name)
}

type folderFile struct {
	store *folderStore
	name  string
}

func (f folderFile) ReadAt(p []byte, off int64) (int, error) {
	file, err := f.store.open(f.name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNotRegular) {
		return 0, io.EOF
	}
	if err != nil {
		return 0, err
	}
	defer file.Close()
	return file.ReadAt(p, off)
}

// openStore opens what lies at name, whatever it is called.
func openStore(name string) (store, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil && firstPart(name) != "":
		return nil, fmt.Errorf("%w (a part? give the name that ends in .001)", err)
	case err != nil:
		return nil, err
	case info.IsDir():
		return openFolder(name)
	case strings.EqualFold(filepath.Base(name), manifestName):
		return openFolder(filepath.Dir(name))
	}
	r, size, parts, err := openParts(name)
	if err != nil {
		return nil, err
	}
	z, err := openZIP(r, size)
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	z.done, z.gaps = r.Close, r.gaps
	if parts {
		z.how = LayoutParts
	}
	return z, nil
}

// firstPart returns the name of the first part when name looks like a part.
func firstPart(name string) string {
	ext := filepath.Ext(name)
	if len(ext) < 4 || strings.Trim(ext[1:], "0123456789") != "" {
		return ""
	}
	return strings.TrimSuffix(name, ext) + fmt.Sprintf(".%0*d", len(ext)-1, 1)
}
