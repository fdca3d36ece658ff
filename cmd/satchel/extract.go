package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"satchel/bundle"
	"satchel/bundle/sign"
)

type extractOptions struct {
	output string
	force  bool
	pins   []sign.Pin
}

// newExtractCommand takes paths of items and of folders.
func newExtractCommand(u *ui) *cli.Command {
	var o extractOptions
	return &cli.Command{
		Name:      "extract",
		Usage:     "write the items of a bundle to a folder",
		ArgsUsage: "BUNDLE [PATH…]",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Destination: &o.output,
				Usage: "extract into the folder `DIR`; otherwise into a new one in the " +
					"current folder, named after the bundle"},
			&cli.BoolFlag{Name: "force", Aliases: []string{"f"}, Destination: &o.force,
				Usage: "replace files that are there already"},
			pinFlag(),
		},
		Description: manual{
			about: `Writes all items, or those with the given paths, or all in a folder of the bundle, each
checked before it gets its name. What is damaged in this copy is named and left out,
and the command fails in the end. Nothing is written outside DIR, no link is followed,
and a file that is there stays unless --force is given. Prints the folder.`,
			example: `satchel extract news.zip
satchel extract -o water news.zip water/water.ko.html pictures`,
			exits: []string{
				doneLine, "1  failed, or some items are damaged or there already", usageLine, holdLine,
			},
		}.text(u),
		Action: func(c *cli.Context) error {
			args, err := arguments(c, 1, -1)
			if err != nil {
				return err
			}
			if o.pins, err = readPins(c.Context, c.StringSlice("publisher")); err != nil {
				return err
			}
			return o.run(c.Context, u, args[0], args[1:])
		},
	}
}

// run looks everything up before it writes anything.
func (o *extractOptions) run(ctx context.Context, u *ui, name string, paths []string) (err error) {
	r, err := openNoted(u, name, o.pins)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	items, err := chooseItems(r, name, paths)
	if err != nil {
		return err
	}
	dir, err := o.folder(name)
	if err != nil {
		return err
	}
	x, err := newExtractor(u, dir, o.force)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.root.Close()) }()
	for _, c := range items {
		x.total += c.bytes
	}
	for _, c := range items {
		if err := c.each(ctx, r, func(e bundle.Entry) error { return x.extract(ctx, r, e) }); err != nil {
			x.stop(name)
			return err
		}
	}
	return cmp.Or(x.finish(), standingCode(r))
}

// A choice is an item, or all that a filter chooses.
type choice struct {
	entry  *bundle.Entry
	filter bundle.Filter
	bytes  int64 // 0: not known
}

// each calls do for every item of the choice.
func (c *choice) each(ctx context.Context, r *bundle.Reader, do func(bundle.Entry) error) error {
	if c.entry != nil {
		return do(*c.entry)
	}
	return eachEntry(ctx, r, c.filter, do)
}

// chooseItems finds what the arguments name before anything is written.
func chooseItems(r *bundle.Reader, name string, paths []string) ([]choice, error) {
	if len(paths) == 0 {
		return []choice{{bytes: r.Info().Bytes}}, nil
	}
	var items []choice
	for _, p := range paths {
		e, err := findItem(r, name, p)
		if err == nil {
			items = append(items, choice{entry: &e, bytes: e.Size})
			continue
		}
		f := bundle.Filter{Folder: strings.TrimSuffix(p, "/")}
		found, _, _, listErr := r.List(f, 0, 1)
		if listErr != nil || len(found) == 0 {
			return nil, errors.Join(err, listErr)
		}
		items = append(items, choice{filter: f})
	}
	return items, nil
}

// folder is where to extract to. The one that is named after the bundle must be new:
// it might be what the bundle was made of.
func (o *extractOptions) folder(name string) (string, error) {
	if o.output != "" {
		return o.output, nil
	}
	dir := bundleBase(name)
	if _, err := os.Lstat(dir); err == nil || dir == "" {
		err = failure("{name} is there already", quote(dir))
		return "", withHint(err, "say where to with -o DIR")
	}
	return dir, nil
}

// bundleBase is the name of a bundle without what tells how it is stored.
func bundleBase(name string) string {
	if filepath.Base(name) == "MANIFEST" {
		name = filepath.Dir(name)
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return ""
	}
	base := filepath.Base(abs)
	if ext := filepath.Ext(base); len(ext) == 4 && strings.Trim(ext[1:], "0123456789") == "" {
		base = strings.TrimSuffix(base, ext)
	}
	base = strings.TrimSuffix(base, filepath.Ext(base))
	return strings.TrimSuffix(base, "-bundle")
}

// An extractor writes items below one folder, which it never leaves.
type extractor struct {
	u     *ui
	dir   string
	root  *os.Root
	force bool
	made  string // the folder that was made last

	done, total    int64
	items, skipped int
}

// newExtractor makes the folder where there is none.
func newExtractor(u *ui, dir string, force bool) (*extractor, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &extractor{u: u, dir: dir, root: root, force: force}, nil
}

// errThere says that a file is there already.
var errThere = failure("there already; --force replaces it")

// extract writes one item. What is wrong with the item alone is told, and the next
// one comes; what is wrong with the folder ends it all.
func (x *extractor) extract(ctx context.Context, r *bundle.Reader, e bundle.Entry) error {
	err := x.write(ctx, r, e)
	var damage *bundle.DamageError
	switch {
	case err == nil:
		x.items++
	case errors.As(err, &damage):
		x.skip(e.Path, damage.Err)
	case errors.Is(err, errThere):
		x.skip(e.Path, errThere)
	default:
		return err
	}
	x.done += e.Size
	return nil
}

// tell says how far the extraction has come, n bytes into an item.
func (x *extractor) tell(n int64) {
	x.u.progress.update(bundle.Progress{Stage: "extract", Done: x.done + n, Total: x.total})
}

// stop takes away the folders that nothing came to lie in, and says what is there: each item
// of it is whole.
func (x *extractor) stop(name string) {
	for dir := x.made; dir != "." && dir != ""; dir = path.Dir(dir) {
		if x.root.Remove(dir) != nil {
			break
		}
	}
	if os.Remove(x.dir) == nil || x.items == 0 {
		return
	}
	x.u.note("{items} in {folder} before that, each of them whole; to go on: {command}",
		countItems(int64(x.items)), quote(x.dir), "satchel extract -o "+show(x.dir)+" "+show(name))
}

// skip tells of an item that does not come, and counts it.
func (x *extractor) skip(name string, why error) {
	x.skipped++
	x.u.say("not extracted: {path} ({reason})", show(name), show(x.u.reason(why)))
}

// write gives the item its name only when all of it is there and checked.
func (x *extractor) write(ctx context.Context, r *bundle.Reader, e bundle.Entry) (err error) {
	if err := x.makeFolders(path.Dir(e.Path)); err != nil {
		return err
	}
	info, err := x.root.Lstat(e.Path)
	switch {
	case err == nil && !x.force:
		return errThere
	case err == nil && info.IsDir():
		return failure("{path} is a folder here, but a file in the bundle", quote(e.Path))
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	temp := path.Join(path.Dir(e.Path), ".satchel-"+rand.Text())
	f, err := x.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, &interruptible{ctx, &tally{r.Content(e), 0, x.tell}})
	if err = errors.Join(err, f.Close()); err == nil {
		err = x.root.Rename(temp, e.Path)
	}
	if err != nil {
		return errors.Join(err, x.root.Remove(temp))
	}
	return nil
}

// makeFolders makes the folders on the way to an item. os.Root alone would follow a
// link that stays below it, and so write where the path does not say.
func (x *extractor) makeFolders(dir string) error {
	if dir == "." || dir == x.made {
		return nil
	}
	for i := range len(dir) + 1 {
		if i < len(dir) && dir[i] != '/' {
			continue
		}
		err := x.root.Mkdir(dir[:i], 0o777)
		if err == nil {
			continue
		}
		info, statErr := x.root.Lstat(dir[:i])
		if statErr != nil {
			return err
		}
		if !info.IsDir() {
			return failure("{path} is no folder here, but one in the bundle", quote(dir[:i]))
		}
	}
	x.made = dir
	return nil
}

// finish says what came of it. Items that were skipped make the command fail.
func (x *extractor) finish() error {
	x.u.progress.clear()
	x.u.say("extracted {items}", countItems(int64(x.items)))
	x.u.printf("%s\n", show(x.dir))
	if x.skipped > 0 {
		return failure("{items} not extracted, as named above", countItems(int64(x.skipped)))
	}
	return nil
}
