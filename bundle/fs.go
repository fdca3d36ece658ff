package bundle

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"time"
)

// Open returns the item or folder with this path, so that a Reader is an fs.FS.
// Items seek and read at any offset. Folders exist because items lie in them.
func (r *Reader) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	info, err := r.stat(name)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	if info.IsDir() {
		return &openDir{r: r, info: info}, nil
	}
	return &openItem{r.Content(info.entry), info}, nil
}

// Stat describes the item or folder with this path.
func (r *Reader) Stat(name string) (fs.FileInfo, error) {
	info, err := r.stat(name)
	if err != nil {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: err}
	}
	return info, nil
}

// ReadDir returns what lies in a folder, sorted by name. It holds all of it in
// memory: Folders and List do not.
func (r *Reader) ReadDir(name string) ([]fs.DirEntry, error) {
	f, err := r.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	dir, ok := f.(*openDir)
	if !ok {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a folder")}
	}
	entries, err := dir.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return entries, err
}

func (r *Reader) stat(name string) (fileInfo, error) {
	if name == "." {
		return fileInfo{name: ".", folder: true, path: ""}, nil
	}
	n, err := r.node(name)
	if err != nil {
		return fileInfo{}, err
	}
	if n.folder {
		return fileInfo{name: path.Base(name), folder: true, path: name}, nil
	}
	e, err := r.entry(n.id)
	if err == nil && e.Path != name {
		err = notExist(name)
	}
	return fileInfo{name: path.Base(name), path: name, entry: e}, err
}

// fileInfo is fs.FileInfo and fs.DirEntry at once. There are no times in a
// bundle, so all are zero.
type fileInfo struct {
	name, path string
	folder     bool
	entry      Entry
}

func (i fileInfo) Name() string               { return i.name }
func (i fileInfo) Size() int64                { return i.entry.Size }
func (i fileInfo) ModTime() time.Time         { return time.Time{} }
func (i fileInfo) IsDir() bool                { return i.folder }
func (i fileInfo) Sys() any                   { return nil }
func (i fileInfo) Type() fs.FileMode          { return i.Mode().Type() }
func (i fileInfo) Info() (fs.FileInfo, error) { return i, nil }
func (i fileInfo) String() string             { return fs.FormatDirEntry(i) }

func (i fileInfo) Mode() fs.FileMode {
	if i.folder {
		return fs.ModeDir | 0o555
	}
	return 0o444
}

type openItem struct {
	*Content
	info fileInfo
}

func (f *openItem) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openItem) Close() error               { return nil }

// openDir lists a folder in the order of the path table.
type openDir struct {
	r     *Reader
	info  fileInfo
	after string // the path listed last
	end   bool
}

func (d *openDir) Stat() (fs.FileInfo, error) { return d.info, nil }
func (d *openDir) Close() error               { return nil }

func (d *openDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.info.name, Err: errors.New("is a folder")}
}

// ReadDir lists the next n entries, or all that are left.
func (d *openDir) ReadDir(n int) ([]fs.DirEntry, error) {
	entries := []fs.DirEntry{}
	if d.end {
		if n > 0 {
			return nil, io.EOF
		}
		return entries, nil
	}
	full := false
	var bad error
	err := d.r.children(d.info.path, d.after, func(c node) bool {
		full = n > 0 && len(entries) == n
		if full {
			return false
		}
		info, err := d.r.childInfo(c)
		if err != nil { // in a damaged page of the index: list the others, too
			bad = cmp.Or(bad, err)
			return true
		}
		entries = append(entries, info)
		d.after = info.path
		return true
	})
	d.end = !full
	err = cmp.Or(err, bad)
	if err == nil && n > 0 && len(entries) == 0 {
		err = io.EOF
	}
	return entries, err
}

func (r *Reader) childInfo(c node) (fileInfo, error) {
	if c.folder {
		return fileInfo{name: path.Base(c.path), folder: true, path: c.path}, nil
	}
	e, err := r.entry(c.id)
	return fileInfo{name: path.Base(e.Path), path: e.Path, entry: e}, err
}
