package ingest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"satchel/bundle"
)

// errSwapped says that something is no longer what it was a moment ago.
var errSwapped = errors.New("it was replaced while being opened")

// errLink says that a name stands for something else.
var errLink = errors.New("it is a link, not a file")

// An input is one folder to pack. Everything in it is opened through its root,
// one step at a time, each step checked not to be a link.
type input struct {
	name    string // as the curator wrote it
	slashed string // the same, clean and with slashes
	prefix  string // what its paths begin with in the bundle: "" or "base/"
	root    *os.Root

	output string // the bundle being written, relative to root, or ""
}

// openInput opens the folder dir, to lie at the root of the bundle or, if nested,
// under its base name.
func openInput(dir string, nested bool, output string) (*input, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot open folder %q: %w", dir, err)
	}
	in := &input{name: dir, slashed: cleanAllow(dir)}
	if nested {
		base := filepath.Base(abs)
		if err := bundle.CheckPath(base); err != nil {
			return nil, fmt.Errorf("cannot pack %q as a folder of the bundle: %w", dir, err)
		}
		in.prefix = base + "/"
	}
	info, err := os.Stat(abs)
	if err != nil {
		return nil, fmt.Errorf("cannot open folder %q: %w", dir, reason(err))
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("cannot pack %q: it is not a folder", dir)
	}
	if in.root, err = os.OpenRoot(abs); err != nil {
		return nil, fmt.Errorf("cannot open folder %q: %w", dir, reason(err))
	}
	in.output = outputWithin(abs, output)
	return in, nil
}

// outputWithin returns where output lies below dir, or "".
func outputWithin(dir, output string) string {
	if output == "" {
		return ""
	}
	abs, err := filepath.Abs(output)
	if err != nil {
		return ""
	}
	// Resolved, so that another way to the same folder does not hide it. The
	// output itself need not exist yet.
	parent, err := filepath.EvalSymlinks(filepath.Dir(abs))
	if err != nil {
		return ""
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return ""
	}
	rel, err := filepath.Rel(real, filepath.Join(parent, filepath.Base(abs)))
	if err != nil || !filepath.IsLocal(rel) || rel == "." {
		return ""
	}
	return filepath.ToSlash(rel)
}

// isSpool says whether rel is the temporary folder beside the bundle being written, or one
// that was left there. Anywhere else judgeFolder tells of it.
func (in *input) isSpool(rel string) bool {
	dir, base := splitPath(rel)
	beside, _ := splitPath(in.output)
	return in.output != "" && dir == beside && strings.HasPrefix(base, ".satchel-")
}

// isOutput says whether rel is the bundle being written, or one of its parts.
func (in *input) isOutput(rel string) bool {
	if in.output == "" {
		return false
	}
	if rel == in.output {
		return true
	}
	part, ok := strings.CutPrefix(rel, strings.TrimSuffix(in.output, ".001")+".")
	return ok && len(part) >= 3 && strings.Trim(part, "0123456789") == ""
}

// open opens the regular file rel and returns what it is.
func (in *input) open(rel string) (*os.File, fs.FileInfo, error) {
	dir, base := splitPath(rel)
	root, done, err := in.enter(dir)
	if err != nil {
		return nil, nil, err
	}
	defer done()
	return openRegular(root, base)
}

// entries lists the folder rel ("" is the input itself) in the byte order that
// the paths below it will have: a folder sorts as its name and a slash.
func (in *input) entries(rel string) ([]fs.DirEntry, error) {
	root, done, err := in.enter(rel)
	if err != nil {
		return nil, err
	}
	defer done()
	f, err := root.Open(".")
	if err != nil {
		return nil, reason(err)
	}
	defer f.Close()
	list, err := f.ReadDir(-1)
	if err != nil {
		return nil, reason(err)
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int {
		return strings.Compare(sortName(a), sortName(b))
	})
	return list, nil
}

func sortName(e fs.DirEntry) string {
	if e.IsDir() {
		return e.Name() + "/"
	}
	return e.Name()
}

// enter opens the folder rel step by step. os.Root alone keeps us inside the
// input, but would follow a link that stays inside, say to a folder of secrets
// that the scan has refused.
func (in *input) enter(rel string) (*os.Root, func(), error) {
	root, done := in.root, func() {}
	if rel == "" {
		return root, done, nil
	}
	for name := range strings.SplitSeq(rel, "/") {
		next, err := stepInto(root, name)
		done()
		if err != nil {
			return nil, nil, err
		}
		root, done = next, func() { next.Close() }
	}
	return root, done, nil
}

func stepInto(root *os.Root, name string) (*os.Root, error) {
	before, err := root.Lstat(name)
	if err != nil {
		return nil, reason(err)
	}
	if !before.IsDir() {
		return nil, notFound(before.Mode())
	}
	next, err := root.OpenRoot(name)
	if err != nil {
		return nil, reason(err)
	}
	after, err := next.Stat(".")
	if err != nil || !os.SameFile(before, after) {
		next.Close()
		return nil, errSwapped
	}
	return next, nil
}

// openRegular opens the file name. What was opened is compared with what was
// looked at, so nothing can be slipped in between.
func openRegular(root *os.Root, name string) (*os.File, fs.FileInfo, error) {
	before, err := root.Lstat(name)
	if err != nil {
		return nil, nil, reason(err)
	}
	if !before.Mode().IsRegular() {
		return nil, nil, notFound(before.Mode())
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, nil, reason(err)
	}
	after, err := f.Stat()
	if err != nil || !os.SameFile(before, after) {
		f.Close()
		return nil, nil, errSwapped
	}
	return f, after, nil
}

// notFound says why something with this mode is not what was looked for.
func notFound(mode fs.FileMode) error {
	if mode&fs.ModeSymlink != 0 {
		return errLink
	}
	return errors.New(special(mode))
}

// special names what is neither a file nor a folder.
func special(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link, which a bundle cannot hold: put the file itself here"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe, not a file"
	case mode&fs.ModeSocket != 0:
		return "a socket, not a file"
	case mode&fs.ModeDevice != 0:
		return "a device, not a file"
	case mode.IsDir():
		return "a folder, not a file"
	case mode.IsRegular():
		return "a file, not a folder"
	}
	return "a special file (a junction or the like), which a bundle cannot hold"
}

// reason strips an error of the path in it, which callers name in their own way.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

func splitPath(p string) (dir, base string) {
	i := strings.LastIndexByte(p, '/')
	if i < 0 {
		return "", p
	}
	return p[:i], p[i+1:]
}
