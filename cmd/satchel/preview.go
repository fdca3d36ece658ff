package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"satchel/bundle"
	"satchel/bundle/ingest"
	"satchel/bundle/ingest/collection"
	"satchel/bundle/ingest/document"
	"satchel/viewer"
	"satchel/viewer/server"
)

type previewOptions struct {
	pack packOptions
	open openOptions
}

// newPreviewCommand takes the flags of pack that say what is packed, and those of open that say how it is shown.
func newPreviewCommand(u *ui) *cli.Command {
	var o previewOptions
	return &cli.Command{
		Name:      "preview",
		Usage:     "see a folder as readers will, while you work on it",
		ArgsUsage: "DIR…",
		Flags:     append(o.open.browserFlags(), o.pack.contentFlags()...),
		Description: manual{
			about: `Packs a folder as satchel pack does, without a key, and shows it in the browser as readers
will see it. When a file in it changes it is packed anew, and the page loads again.
Where that cannot be done, the page and the terminal say why, and the last version stays.
Each page says that it is a preview, and not signed.

What it packs lies in your folder for temporary files (TMPDIR on Unix, TMP on Windows),
needs as much room there as the bundle, twice while it is packed anew, and is taken away
in the end. Ctrl-C ends it, and so does the button to leave.`,
			example: `satchel preview articles
satchel preview --bylines drop --no-browser articles`,
			exits: []string{doneLine, failLine, usageLine},
		}.text(u),
		Action: func(c *cli.Context) error {
			dirs, err := arguments(c, 1, -1)
			if err != nil {
				return err
			}
			if err := o.open.parse(); err != nil {
				return err
			}
			return o.run(c, u, dirs)
		},
	}
}

// A preview is folders that are shown while they change.
type preview struct {
	o       *previewOptions
	c       *cli.Context
	u       *ui
	dirs    []string
	work    string // the folder for what is packed
	packed  int    // how often it was
	said    string // what was said of the latest packing
	notice  *viewer.Preview
	viewer  *viewer.Viewer
	server  *server.Server
	edition *edition       // that is shown; nil when nothing could be packed so far
	retired sync.WaitGroup // editions that are still being read
}

// An edition is the folders as they were packed once. A nil one is none.
type edition struct {
	reader *bundle.Reader
	name   string // of its file
}

func (v *edition) close() error {
	if v == nil {
		return nil
	}
	return errors.Join(v.reader.Close(), os.Remove(v.name))
}

// run shows the folders until the context ends or the curator leaves.
func (o *previewOptions) run(c *cli.Context, u *ui, dirs []string) (err error) {
	for _, dir := range dirs {
		if info, err := os.Stat(dir); err != nil {
			return err
		} else if !info.IsDir() {
			return misuse("{name} is no folder", quote(dir))
		}
	}
	debug.SetGCPercent(openGarbage)
	work, remove, err := bundle.WorkFolder(filepath.Join(os.TempDir(), "preview"))
	if err != nil {
		return err
	}
	defer remove()
	p := &preview{o: o, c: c, u: u, dirs: dirs, work: work, notice: &viewer.Preview{}}
	defer func() { err = errors.Join(err, p.close()) }()
	seen := p.look()
	first, err := p.pack()
	if isUsage(err) {
		return withHelp(c, err)
	}
	if c.Context.Err() != nil {
		return err
	}
	p.viewer = viewer.New(nil, viewer.Options{Preview: p.notice, Documents: document.Text})
	p.server = server.New(p.viewer, server.Options{Port: o.open.port, Stay: true, Language: os.Getenv("SATCHEL_LANG")})
	p.show(first, err)
	if err := p.server.Listen(); err != nil {
		return err
	}
	u.printf("%s\n", p.server.Address())
	u.say("Nothing of this is signed. Ctrl-C ends it.")
	if !o.open.noBrowser {
		go o.open.startBrowser(u, p.server)
	}
	ctx, cancel := context.WithCancel(c.Context)
	var watching sync.WaitGroup
	watching.Go(func() { p.watch(ctx, seen) })
	err = p.server.Serve(ctx)
	cancel()
	watching.Wait()
	return err
}

// isUsage says whether an error is the command line's fault. A mistake in satchel.yaml is not: it can be mended.
func isUsage(err error) bool {
	var wrong *usageError
	var invalid *collection.InvalidError
	return errors.As(err, &wrong) && !errors.As(err, &invalid)
}

// close waits for what is still being read.
func (p *preview) close() error {
	p.retired.Wait()
	return p.edition.close()
}

// pack packs the folders as they are now.
func (p *preview) pack() (v *edition, err error) {
	p.packed++
	o := p.o.pack
	o.output = filepath.Join(p.work, fmt.Sprintf("%d.zip", p.packed))
	made, err := o.prepare(p.c, p.dirs)
	if err != nil {
		return nil, err
	}
	ctx := p.c.Context
	release, err := made.equip(ctx, p.u)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, release()) }()
	src, err := ingest.Folders(p.dirs, made.ingest)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	began := clock()
	var said bytes.Buffer
	sum, err := made.create(ctx, &ui{out: io.Discard, err: &said, tongue: p.u.tongue, progress: p.u.progress}, src)
	if text := said.String(); text != p.said { // once is enough
		p.said = text
		fmt.Fprint(p.u.err, text)
	}
	if err != nil {
		return nil, err
	}
	p.u.sayRow("packed", "{items} in {time}", countItems(int64(sum.Items)), spent(clock().Sub(began)))
	r, err := openBundle(o.output)
	if err != nil {
		return nil, err
	}
	return &edition{r, o.output}, nil
}

// show shows a version, or tells why there is none.
func (p *preview) show(v *edition, err error) {
	if err != nil {
		text := p.u.reported(err)
		fmt.Fprint(p.u.err, text)
		p.notice.Say(strings.Split(strings.TrimSpace(text), "\n"))
		return
	}
	old := p.edition
	p.edition = v
	p.viewer = p.viewer.With([]*bundle.Reader{v.reader})
	p.retired.Add(1)
	p.server.Show(p.viewer, func() {
		defer p.retired.Done()
		if err := old.close(); err != nil {
			p.u.warn("{reason}", err)
		}
	})
	p.notice.Say(nil)
}

// How often the folders are looked at. A large one takes a while, and is left alone for longer.
const (
	lookEvery = 500 * time.Millisecond
	lookShare = 5 // of the time at most one part goes into looking
)

// watch packs anew when something has changed and stays so for a moment: a film that is being copied
// there is not half of one.
func (p *preview) watch(ctx context.Context, shown state) {
	before, wait := shown, lookEvery
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		began := clock()
		now := p.look()
		wait = max(lookEvery, lookShare*clock().Sub(began))
		settled := now == before
		before = now
		if !settled || now == shown {
			continue
		}
		shown = now
		v, err := p.pack()
		if ctx.Err() != nil {
			_ = v.close() // nobody will see it
			return
		}
		p.show(v, err)
	}
}

// A state is a hash of the names, sizes and times of all files in the folders.
type state [sha256.Size]byte

// look returns the state that the folders and the list of --never are in. What cannot be read is
// the packing's to tell.
func (p *preview) look() (s state) {
	h := sha256.New()
	for _, dir := range p.dirs {
		_ = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if d != nil && d.IsDir() && d.Name() == filepath.Base(p.work) {
				return fs.SkipDir
			}
			if err == nil {
				note(h, name, d)
			}
			return nil
		})
	}
	if info, err := os.Stat(p.o.pack.never); err == nil {
		note(h, p.o.pack.never, fs.FileInfoToDirEntry(info))
	}
	h.Sum(s[:0])
	return s
}

// note leaves out the time of a folder, which changes with files that are left out as well.
func note(h hash.Hash, name string, d fs.DirEntry) {
	info, err := d.Info()
	if err != nil {
		return
	}
	fmt.Fprintf(h, "%q %v", name, info.Mode())
	if !info.IsDir() {
		fmt.Fprintf(h, " %d %d", info.Size(), info.ModTime().UnixNano())
	}
}
