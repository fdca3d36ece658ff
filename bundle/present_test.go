package bundle

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
)

// laidOut writes a bundle in a layout, in a folder of its own, and returns the names to give to Open and of all that there is.
func laidOut(t *testing.T, layout Layout) (name string, files []string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "stick")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	m := issue(1)
	m["h.mp4"] = thing{Item{Kind: KindVideo, Type: "video/mp4", Title: "H"}, goldenNoise(9, 3<<20)}
	files, err := Convert(context.Background(), open(t, create(t, m, Options{})), filepath.Join(dir, "x"), ConvertOptions{Layout: layout, PartSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return files[0], files
}

// TestG13Present: what is done to the files of an open bundle shows, in every layout.
func TestG13Present(t *testing.T) {
	t.Parallel()
	for _, layout := range []Layout{LayoutZIP, LayoutFolder, LayoutParts} {
		for what, do := range map[string]func(name, last string) error{
			"removed":             func(_, last string) error { return os.RemoveAll(last) },
			"renamed":             func(_, last string) error { return os.Rename(last, last+"x") },
			"replaced":            func(_, last string) error { return replace(last) },
			"its folder, renamed": func(name, _ string) error { return os.Rename(filepath.Dir(name), filepath.Dir(name)+"x") },
		} {
			t.Run(string(layout)+" "+what, func(t *testing.T) {
				t.Parallel()
				name, files := laidOut(t, layout)
				r := open(t, name)
				if err := r.Present(); err != nil {
					t.Fatalf("before: %v", err)
				}
				if err := do(name, files[len(files)-1]); err != nil {
					t.Fatal(err)
				}
				if err := r.Present(); err == nil {
					t.Error("the bundle is said to be there")
				}
			})
		}
	}
}

// replace puts a copy in the place of a file or folder.
func replace(name string) error {
	old := name + ".old"
	if err := os.Rename(name, old); err != nil {
		return err
	}
	if info, err := os.Stat(old); err != nil || info.IsDir() {
		return errors.Join(err, os.CopyFS(name, os.DirFS(old)))
	}
	data, err := os.ReadFile(old)
	return errors.Join(err, os.WriteFile(name, data, 0o666))
}

// TestG13PresentDevice: a device that gives nothing any more is gone, and one with a place that it cannot read is not,
// nor is that place tried again and again.
func TestG13PresentDevice(t *testing.T) {
	t.Parallel()
	data := small(t)
	var broken, reads atomic.Int64 // bytes up to the last that cannot be read; reads of them
	r, err := NewReader(device(func(p []byte, off int64) (int, error) {
		if off >= int64(len(data))-broken.Load() {
			reads.Add(1)
			return 0, syscall.EIO
		}
		return bytes.NewReader(data).ReadAt(p, off)
	}), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, broke := range []int64{0, 4096, int64(len(data)) / 3} {
		broken.Store(broke)
		for range 2 {
			if err := r.Present(); err != nil {
				t.Errorf("with %d of %d bytes that cannot be read: %v", broke, len(data), err)
			}
		}
	}
	if n := reads.Load(); n != 1 {
		t.Errorf("what cannot be read was tried %d times, want once", n)
	}
	broken.Store(int64(len(data)))
	if err := r.Present(); !errors.Is(err, syscall.EIO) {
		t.Errorf("when nothing can be read: %v", err)
	}
	broken.Store(0)
	if err := r.Present(); err != nil {
		t.Errorf("when it can be read again: %v", err)
	}
	var emptied device = func([]byte, int64) (int, error) { return 0, io.EOF }
	if err := new(probe).read(emptied, 100); err == nil {
		t.Error("a file that was emptied is said to be there")
	}
}
