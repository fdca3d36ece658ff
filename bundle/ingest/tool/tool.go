// Package tool has programs on the curator's machine make pages and pictures of what we do not
// decode ourselves: office documents (pandoc), films (ffmpeg), PDF files (pdftoppm), HEIC and AVIF
// pictures (heif-convert, avifdec). None of them is needed to pack: what is not installed answers
// [ErrMissing].
//
// Files come from strangers, and so does what they do to a decoder. A program therefore runs with an
// empty environment, in an empty folder, with the file as its standard input, under limits of time,
// and on Unix also of processor time, memory and file size, in a process group that is killed as a whole.
// No name of the curator's is ever an argument. It is told to fetch nothing, and on Linux, where
// unshare is allowed to, it runs without a network.
//
// What comes back is not clean: it is to be treated as a file from outside is. A page has to be
// made an article, and the pictures in it are as they were, with the positions that cameras wrote
// into them. A picture has to pass through scrub.Previews or scrub.File. No text or position of the
// original is copied into it, but what else a program writes is the program's to decide.
//
// The same file gives the same bytes on one machine; other versions of a program give others.
package tool

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

// ErrMissing says that no installed program can do it.
var ErrMissing = errors.New("no program for it is installed")

// ErrLimit says that a program took too much time, wrote too much, or was given too much.
var ErrLimit = errors.New("it is beyond the limits")

// ErrFailed says that a program could not make anything of the file.
var ErrFailed = errors.New("the program failed")

// Limits on what programs do.
const (
	defaultTimeout = 20 * time.Second
	askTimeout     = 5 * time.Second
	maxOutput      = 64 << 20
	maxMemory      = 2 << 30
	maxBox         = 8192
)

// The programs, each under all names that it goes by.
var programs = [][]string{{pandoc}, {ffmpeg}, {pdftoppm}, {heifConvert, "heif-dec"}, {avifdec}}

const (
	pandoc      = "pandoc"
	ffmpeg      = "ffmpeg"
	pdftoppm    = "pdftoppm"
	heifConvert = "heif-convert"
	avifdec     = "avifdec"
)

// Tools are the programs that were found. Several goroutines may use them at once, each with a file
// of its own. A nil *Tools has found none.
type Tools struct {
	// Dir is the folder for temporary files, that of the system if empty. What is made in it is gone
	// when a method returns. The office document, the film and the PDF file are not copied there.
	Dir string
	// Timeout is how long one conversion may take: 20 seconds if zero.
	Timeout time.Duration

	found    map[string]string // a program's first name to its absolute path
	path     string            // PATH, without what is relative
	fence    func() []string   // what a command begins with to have no network
	versions func() []string
}

// Find looks for the programs in PATH, once. Entries of PATH that are not absolute are passed over, so
// that nothing is started that lies beside the files to be packed. It never fails: what
// is not there is missing.
func Find() *Tools {
	t := &Tools{found: map[string]string{}}
	var dirs []string
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if filepath.IsAbs(dir) {
			dirs = append(dirs, dir)
		}
	}
	t.path = strings.Join(dirs, string(filepath.ListSeparator))
	for _, names := range programs {
		for _, name := range names {
			if file := lookIn(dirs, name); file != "" && t.found[names[0]] == "" {
				t.found[names[0]] = file
			}
		}
	}
	t.fence = sync.OnceValue(func() []string { return t.findFence(lookIn(dirs, "unshare")) })
	t.versions = sync.OnceValue(t.ask)
	return t
}

// lookIn finds a program in the first of the folders that has it.
func lookIn(dirs []string, name string) string {
	for _, dir := range dirs {
		if file, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return file
		}
	}
	return ""
}

// findFence tries whether a program can be started without a network.
func (t *Tools) findFence(unshare string) []string {
	if unshare == "" {
		return nil
	}
	fence := []string{unshare, "-rn"}
	ctx, cancel := context.WithTimeout(context.Background(), askTimeout)
	defer cancel()
	c := exec.CommandContext(ctx, unshare, append(fence[1:], shell, "-c", ":")...)
	c.Env = []string{"PATH=" + t.path}
	if c.Run() != nil {
		return nil
	}
	return fence
}

// Versions are the programs that were found with their versions, such as "pandoc 2.17", for the
// report. The programs are asked at the first call, for five seconds each at most; one that does
// not say gives its name alone.
func (t *Tools) Versions() []string {
	if t == nil || t.versions == nil {
		return nil
	}
	return t.versions()
}

// Stamp changes when a program is installed, goes or changes. It asks none of them.
func (t *Tools) Stamp() string {
	if t == nil {
		return ""
	}
	var b strings.Builder
	for _, names := range programs {
		file := t.found[names[0]]
		if info, err := os.Stat(file); err == nil {
			fmt.Fprintf(&b, "%q %d %d ", file, info.Size(), info.ModTime().UnixNano())
		}
	}
	return b.String()
}

// versionSaid is how the programs say it, in one of the first lines. Their own word is not wanted, as it
// can be long and tell of who built them.
var versionSaid = regexp.MustCompile(`(?i)(?:version:?|pandoc(?:\.exe)?) +([0-9A-Za-z][0-9A-Za-z.]{0,20})`)

func (t *Tools) ask() (versions []string) {
	flags := map[string]string{ffmpeg: "-version", pdftoppm: "-v", heifConvert: "-h"}
	for _, names := range programs {
		name := names[0]
		if t.found[name] == "" {
			continue
		}
		flag := flags[name]
		if flag == "" {
			flag = "--version"
		}
		said := name
		_, _ = t.work(context.Background(), askTimeout, name, func(b *bench) ([]byte, error) {
			out, messages, _ := b.start(name, nil, flag)
			if m := versionSaid.FindSubmatch(append(out, messages...)); m != nil {
				said += " " + string(m[1])
			}
			return nil, nil
		})
		versions = append(versions, said)
	}
	return versions
}

// convert has a program work, if it is there, until something came out.
func (t *Tools) convert(ctx context.Context, name string, work func(*bench) ([]byte, error)) ([]byte, error) {
	if t == nil || t.found[name] == "" {
		return nil, fmt.Errorf("%s: %w", name, ErrMissing)
	}
	timeout := t.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	return t.work(ctx, timeout, name, func(b *bench) ([]byte, error) {
		out, err := work(b)
		if err == nil && len(out) == 0 {
			err = fmt.Errorf("%s: %w: nothing came out", name, ErrFailed)
		}
		if err != nil {
			return nil, err
		}
		return out, nil
	})
}

// checkBox says whether a picture can be made as large as that.
func checkBox(box int) error {
	if box < 1 || box > maxBox {
		return fmt.Errorf("%w: a picture of %d pixels", ErrLimit, box)
	}
	return nil
}
