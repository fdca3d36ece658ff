package bundle

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// DefaultPartSize is the size of a part: what FAT32 takes, less a little.
const DefaultPartSize = 4<<30 - 64<<10

// minPartSize keeps the head of the ZIP in the first part.
const minPartSize = 1 << 20

func errPartSize(size int64) error {
	return fmt.Errorf("parts of %d bytes: 1 MiB is the least", size)
}

// A sink takes the files of a bundle that is being written, under a temporary
// name, and gives them their final name when all of it is there.
type sink interface {
	// file returns where one file of the bundle is written. In a ZIP its data
	// begins at offset.
	file(name string, offset int64) (fileWriter, error)
	// frame writes what is around the files of a ZIP.
	frame(*framing) error
	// commit syncs everything and gives it its final name; it returns the names.
	commit() ([]string, error)
	// abort removes what was written. It does nothing after commit.
	abort()
}

type fileWriter interface {
	io.Writer
	io.WriterAt
	io.Closer
}

// newSink prepares to write a bundle to name. spool is a folder beside it, on the
// same file system, that is removed afterwards.
func newSink(layout Layout, name, spool string, part int64) (sink, error) {
	switch layout {
	case LayoutZIP, "":
		w := &zipSink{spool: spool, name: name}
		return w, w.open()
	case LayoutParts:
		if part == 0 {
			part = DefaultPartSize
		}
		if part < minPartSize {
			return nil, errPartSize(part)
		}
		return &zipSink{spool: spool, name: strings.TrimSuffix(name, ".001"), part: part}, nil
	case LayoutFolder:
		dir := filepath.Join(spool, "bundle")
		return &folderSink{dir: dir, name: name}, os.Mkdir(dir, 0o777)
	}
	return nil, fmt.Errorf("no such layout: %q", layout)
}

// checkTarget refuses to overwrite what is no bundle: a slip in a command must not
// cost somebody's file.
func checkTarget(name string, layout Layout) error {
	base := strings.TrimSuffix(name, ".001")
	if layout == LayoutParts {
		name = partName(base, 1)
	}
	info, err := os.Lstat(name)
	if errors.Is(err, os.ErrNotExist) && layout == LayoutParts {
		return checkNoParts(base)
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.IsDir() {
		entries, err := os.ReadDir(name)
		if err == nil && (layout != LayoutFolder || len(entries) > 0) {
			err = fmt.Errorf("%q is there already and is a folder: give another name", name)
		}
		return err
	}
	if layout == LayoutFolder {
		return fmt.Errorf("%q is there already and is a file: give another name", name)
	}
	// A device has no size, either, and is nobody's to replace.
	empty := info.Size() == 0 && info.Mode().IsRegular()
	if empty && layout == LayoutParts {
		return checkNoParts(base)
	}
	if empty || isBundleFile(name) {
		return nil
	}
	return fmt.Errorf("%q is there already and is no bundle: give another name", name)
}

// checkNoParts refuses names of parts that are there without a first one: they belong to
// no bundle that is replaced.
func checkNoParts(base string) error {
	for n := 2; n <= maxParts; n++ {
		if _, err := os.Lstat(partName(base, n)); !errors.Is(err, os.ErrNotExist) {
			return cmp.Or(err, fmt.Errorf("%q is there already: give another name", partName(base, n)))
		}
	}
	return nil
}

func isBundleFile(name string) bool {
	s, err := openStore(name)
	if err != nil {
		return false
	}
	return s.close() == nil
}

// A zipSink writes one ZIP file, or cuts it into parts.
type zipSink struct {
	spool, name string
	part        int64 // 0: one file
	files       []*os.File
	behind      []int64 // of each file: where the system has not been told to write from
	done        bool
}

// writebackStep is how much is written before the system is told to take it to the disk.
const writebackStep = 8 << 20

// temp is where the i-th file is written: aside, or, when a signature makes a
// bundle that is there already one part longer, in its place.
func (w *zipSink) temp(i int) string {
	if w.spool == "" {
		return partName(w.name, i+1)
	}
	return filepath.Join(w.spool, fmt.Sprintf("zip%03d", i))
}

// open adds the next file.
func (w *zipSink) open() error {
	f, err := os.OpenFile(w.temp(len(w.files)), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err == nil {
		w.files = append(w.files, f)
	}
	return err
}

// WriteAt writes across parts, adding those that are not there yet.
func (w *zipSink) WriteAt(p []byte, off int64) (n int, err error) {
	if w.part == 0 {
		return w.writeTo(0, p, off)
	}
	for n < len(p) {
		i, within := int((off+int64(n))/w.part), (off+int64(n))%w.part
		if i >= maxParts {
			return n, fmt.Errorf("more than %d parts: make them larger", maxParts)
		}
		for i >= len(w.files) {
			if err := w.open(); err != nil {
				return n, err
			}
		}
		piece := p[n : n+int(min(int64(len(p)-n), w.part-within))]
		k, err := w.writeTo(i, piece, within)
		n += k
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// writeTo writes to one file. Media come from front to back, and are long.
func (w *zipSink) writeTo(i int, p []byte, off int64) (int, error) {
	n, err := w.files[i].WriteAt(p, off)
	for len(w.behind) <= i {
		w.behind = append(w.behind, 0)
	}
	if end := off + int64(n); off >= w.behind[i] && end-w.behind[i] >= writebackStep {
		startWriteback(w.files[i], w.behind[i], end-w.behind[i])
		w.behind[i] = end
	}
	return n, err
}

func (w *zipSink) file(_ string, offset int64) (fileWriter, error) {
	return nopCloser{io.NewOffsetWriter(w, offset)}, nil
}

type nopCloser struct{ *io.OffsetWriter }

func (nopCloser) Close() error { return nil }

func (w *zipSink) frame(z *framing) error {
	if _, _, err := z.head(); err != nil {
		return err
	}
	for off, b := range z.pieces() {
		if _, err := w.WriteAt(b, off); err != nil {
			return err
		}
	}
	return nil
}

func (w *zipSink) sync() error {
	var errs []error
	for _, f := range w.files {
		errs = append(errs, f.Sync())
	}
	return errors.Join(errs...)
}

func (w *zipSink) commit() ([]string, error) {
	if err := w.sync(); err != nil {
		return nil, err
	}
	if err := w.close(); err != nil {
		return nil, err
	}
	if w.part == 0 {
		w.done = true
		return []string{w.name}, rename(w.temp(0), w.name)
	}
	return w.commitParts()
}

// commitParts gives the first part its name last: a bundle opens by it.
func (w *zipSink) commitParts() ([]string, error) {
	w.done = true
	names := make([]string, len(w.files))
	for i := len(w.files) - 1; i >= 0; i-- {
		names[i] = partName(w.name, i+1)
		if err := rename(w.temp(i), names[i]); err != nil {
			return nil, err
		}
	}
	for n := len(w.files) + 1; n <= maxParts; n++ { // of a longer bundle before
		if os.Remove(partName(w.name, n)) != nil {
			break
		}
	}
	return names, syncFolder(filepath.Dir(w.name))
}

func (w *zipSink) close() error {
	var errs []error
	for _, f := range w.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}

func (w *zipSink) abort() {
	if !w.done {
		w.done = true
		w.close()
	}
}

// A folderSink writes each file of the bundle as a file.
type folderSink struct{ dir, name string }

func (w *folderSink) file(name string, _ int64) (fileWriter, error) {
	f, err := os.OpenFile(filepath.Join(w.dir, name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, err
	}
	return syncedFile{f}, nil
}

type syncedFile struct{ *os.File }

func (f syncedFile) Close() error { return errors.Join(f.Sync(), f.File.Close()) }

func (w *folderSink) frame(z *framing) error {
	for _, f := range append([]sigFile{{manifestName, z.manifest}}, z.sigs...) {
		file, err := w.file(f.name, 0)
		if err != nil {
			return err
		}
		_, err = file.Write(f.data)
		if err := errors.Join(err, file.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (w *folderSink) commit() ([]string, error) {
	if err := os.Remove(w.name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	if err := syncFolder(w.dir); err != nil {
		return nil, err
	}
	return []string{w.name}, rename(w.dir, w.name)
}

func (w *folderSink) abort() {}

// rename gives a file that is synced its final name, and syncs that.
func rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(to))
}

// syncFolder makes names last. Systems that cannot sync a folder say so with an
// error that means nothing: Windows writes names through.
func syncFolder(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	_ = d.Sync()
	return d.Close()
}
