package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"satchel/bundle/sign"
)

// A device answers a read in its own way.
type device func(p []byte, off int64) (int, error)

func (d device) ReadAt(p []byte, off int64) (int, error) { return d(p, off) }

// small is a bundle of which every place can be made to fail in turn.
func small(t testing.TB) []byte {
	t.Helper()
	return read(t, create(t, issue(1), Options{Signers: []sign.PrivateKey{testKey(t, 1)}}))
}

// session opens a bundle on a device, reads every item in every way and verifies it. Each
// byte that is handed out must be that of want. It returns what could not be read.
func session(t *testing.T, what string, d io.ReaderAt, size int64, want memory) (lost []string, report *Report, err error) {
	t.Helper()
	r, err := NewReader(d, size)
	if err != nil {
		return nil, nil, err
	}
	lost = served(t, what, r, want)
	for path, thing := range want {
		e, err := r.Lookup(path)
		if err != nil {
			continue
		}
		if b, err := r.ReadItem(e, e.Size); err == nil && !bytes.Equal(b, thing.data) {
			t.Errorf("%s: ReadItem of %q gives other bytes", what, path)
		}
		b := make([]byte, len(thing.data)/2)
		n, _ := r.Content(e).ReadAt(b, int64(len(thing.data)/3))
		if !bytes.Equal(b[:n], thing.data[len(thing.data)/3:][:n]) {
			t.Errorf("%s: ReadAt of %q gives other bytes", what, path)
		}
	}
	report, err = r.Verify(context.Background(), VerifyOptions{Deep: true, Workers: 1})
	return lost, report, err
}

// TestC19ShortReads: a device that answers in pieces, or says that the end is reached
// together with the last bytes, gives the same result as any other.
func TestC19ShortReads(t *testing.T) {
	t.Parallel()
	data := small(t)
	size := int64(len(data))
	_, want, err := session(t, "in one", bytes.NewReader(data), size, issue(1))
	if err != nil || want.Verdict != Unknown {
		t.Fatalf("%+v, %v", want, err)
	}
	pieces := func(piece func(n int) int) device {
		return func(p []byte, off int64) (int, error) {
			return bytes.NewReader(data).ReadAt(p[:piece(len(p))], off)
		}
	}
	for what, d := range map[string]device{
		"a byte at a time":       pieces(func(n int) int { return min(n, 1) }),
		"half of what was asked": pieces(func(n int) int { return (n + 1) / 2 }),
		"512 bytes at most":      pieces(func(n int) int { return min(n, 512) }),
		"the end with the data": func(p []byte, off int64) (int, error) {
			n, err := bytes.NewReader(data).ReadAt(p, off)
			if off+int64(n) == size {
				err = io.EOF
			}
			return n, err
		},
		"an error with every second byte": func() device {
			var calls atomic.Int64
			return func(p []byte, off int64) (int, error) {
				if len(p) > 1 && calls.Add(1)%2 == 0 {
					n, _ := bytes.NewReader(data).ReadAt(p[:len(p)/2], off)
					return n, syscall.EINTR
				}
				return bytes.NewReader(data).ReadAt(p, off)
			}
		}(),
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			lost, got, err := session(t, what, d, size, issue(1))
			if err != nil || len(lost) > 0 || !reflect.DeepEqual(got, want) {
				t.Errorf("%+v, %v, lost %q; want %+v", got, err, lost, want)
			}
		})
	}
}

// TestC20OtherBytes: a device that gives one issue at first and another one, of the same
// shape and by the same publisher, from some read on, or at the second read of a place.
// Whenever that is, no byte of the other issue is handed out.
func TestC20OtherBytes(t *testing.T) {
	t.Parallel()
	data := small(t)
	other := read(t, create(t, issue(2), Options{Signers: []sign.PrivateKey{testKey(t, 1)}}))
	if len(other) != len(data) {
		t.Fatalf("the issues have %d and %d bytes, and have to be alike", len(data), len(other))
	}
	size := int64(len(data))
	var calls atomic.Int64
	count := device(func(p []byte, off int64) (int, error) {
		calls.Add(1)
		return bytes.NewReader(data).ReadAt(p, off)
	})
	if _, _, err := session(t, "at first", count, size, issue(1)); err != nil || calls.Load() < 20 {
		t.Fatal(calls.Load(), err)
	}
	for from := range calls.Load() {
		var n atomic.Int64
		turned := device(func(p []byte, off int64) (int, error) {
			if n.Add(1) > from {
				return bytes.NewReader(other).ReadAt(p, off)
			}
			return bytes.NewReader(data).ReadAt(p, off)
		})
		want := issue(1)
		if from == 0 { // it has turned before it was opened
			want = issue(2)
		}
		_, _, _ = session(t, fmt.Sprintf("other from read %d on", from), turned, size, want)
	}
	var mu sync.Mutex
	seen := make([]bool, size)
	again := device(func(p []byte, off int64) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		n, err := bytes.NewReader(data).ReadAt(p, off)
		for i := range n {
			if seen[off+int64(i)] {
				p[i] = other[off+int64(i)]
			}
			seen[off+int64(i)] = true
		}
		return n, err
	})
	_, _, _ = session(t, "other at the second read", again, size, issue(1))
}

// TestC21ReplacedWhileOpen: the bundle gives way to another issue of the same shape, in
// place or under its name. What the open one hands out is its own.
func TestC21ReplacedWhileOpen(t *testing.T) {
	t.Parallel()
	for _, layout := range []Layout{LayoutZIP, LayoutFolder, LayoutParts} {
		for how, replace := range map[string]func(t *testing.T, name, other string){
			"in place": func(t *testing.T, name, other string) { copyInto(t, name, other) },
			"renamed": func(t *testing.T, name, other string) {
				if err := errors.Join(os.Rename(name, name+".old"), os.Rename(other, name)); err != nil {
					t.Fatal(err)
				}
			},
			"taken away": func(t *testing.T, name, _ string) {
				if err := os.RemoveAll(name); err != nil {
					t.Fatal(err)
				}
			},
		} {
			t.Run(string(layout)+" "+how, func(t *testing.T) {
				t.Parallel()
				o := Options{Layout: layout, PartSize: minPartSize, Signers: []sign.PrivateKey{testKey(t, 1)}}
				name, other := create(t, issue(1), o), create(t, issue(2), o)
				r := open(t, name)
				// Every page of the index is at hand now: no hash but those of the blocks
				// is between the other issue and who reads on.
				if v, err := r.Verify(context.Background(), VerifyOptions{}); err != nil || v.Verdict != Unknown {
					t.Fatalf("%+v, %v", v, err)
				}
				replace(t, name, other)
				lost := served(t, how, r, issue(1))
				report, err := r.Verify(context.Background(), VerifyOptions{Deep: true})
				if whole := err == nil && report.Verdict == Unknown; whole && len(lost) > 0 {
					t.Errorf("%q are lost, yet %+v", lost, report)
				}
				if how == "in place" && layout != LayoutParts && (err != nil || report.Verdict != Changed || len(lost) != len(issue(1))) {
					t.Errorf("%+v, %v, lost %q; want all lost", report, err, lost)
				}
			})
		}
	}
}

// copyInto overwrites a file, or the files of a folder, as another program would.
func copyInto(t *testing.T, to, from string) {
	t.Helper()
	info, err := os.Stat(from)
	if err != nil {
		t.Fatal(err)
	}
	if !info.IsDir() {
		write(t, to, read(t, from))
		return
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		overwrite(t, to, from, e.Name())
	}
}

// TestF07OneFailedRead: a read that fails once costs nothing, whichever it is.
func TestF07OneFailedRead(t *testing.T) {
	t.Parallel()
	data := small(t)
	size := int64(len(data))
	for fails, calls := int64(1), int64(1); fails <= calls; fails++ {
		var n atomic.Int64
		d := device(func(p []byte, off int64) (int, error) {
			if n.Add(1) == fails {
				return 0, syscall.EIO
			}
			return bytes.NewReader(data).ReadAt(p, off)
		})
		lost, report, err := session(t, "once", d, size, issue(1))
		if err != nil || len(lost) > 0 || report.Verdict != Unknown || report.Marked {
			t.Fatalf("read %d fails once: %+v, %v, lost %q", fails, report, err, lost)
		}
		calls = n.Load()
	}
}

// TestF07BadPlace: a place that can never be read costs the items in its block, or those
// that its page of the index names, and Verify still says which.
func TestF07BadPlace(t *testing.T) {
	t.Parallel()
	data := small(t)
	size := int64(len(data))
	whole, err := NewReader(bytes.NewReader(data), size)
	if err != nil {
		t.Fatal(err)
	}
	const sector = 512
	step := int64(32 << 10)
	list := int64(bytes.LastIndex(data[:size-200], []byte("  m0001.mp4\n")))
	_, report, err := session(t, "bad in MEMBERS", brokenAt(data, list, 1), size, issue(1))
	if err != nil || report.Verdict != Incomplete {
		t.Errorf("bad in MEMBERS: %+v, %v", report, err)
	}
	for bad := int64(headSize); bad < size; bad += step {
		d := brokenAt(data, bad, sector)
		want := touched(t, whole, bad, bad+sector)
		lost, report, err := session(t, fmt.Sprintf("bad at %d", bad), d, size, issue(1))
		if bad < headSize+whole.manifest.index.size {
			if err == nil && report.Verdict == Unknown {
				t.Errorf("bad at %d, in index: %+v", bad, report)
			}
			continue // what its pages name; without the root there is nothing
		}
		if err != nil || !slices.Equal(lost, want) {
			t.Errorf("bad at %d: %v, lost %q, want %q", bad, err, lost, want)
			continue
		}
		if missing := slices.Sorted(slices.Values(report.Missing)); report.Verdict == Unknown && len(want) > 0 || !slices.Equal(missing, want) {
			t.Errorf("bad at %d: %+v, want %q missing", bad, report, want)
		}
	}
}

// brokenAt is a device that cannot read some bytes.
func brokenAt(data []byte, bad, length int64) device {
	return func(p []byte, off int64) (int, error) {
		if off < bad+length && bad < off+int64(len(p)) {
			n, _ := bytes.NewReader(data).ReadAt(p[:max(bad-off, 0)], off)
			return n, syscall.EIO
		}
		return bytes.NewReader(data).ReadAt(p, off)
	}
}

// touched returns the items of which a block lies between two places of the ZIP.
func touched(t *testing.T, r *Reader, from, to int64) (paths []string) {
	t.Helper()
	for path := range maps.Keys(issue(1)) {
		e, err := r.Lookup(path)
		if err != nil {
			t.Fatal(err)
		}
		m, err := r.member(e.place.member)
		if err != nil {
			t.Fatal(err)
		}
		first, _, err := r.locate(e.place, 0)
		last, _, err2 := r.locate(e.place, e.Size-1)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		for n := first.block; n <= last.block; n++ {
			b, err := r.blockInfo(m, blockID{first.member, n})
			if err != nil {
				t.Fatal(err)
			}
			at := headSize + r.manifest.index.size + m.offset + b.offset
			if at < to && from < at+int64(b.stored) && !slices.Contains(paths, path) {
				paths = append(paths, path)
			}
		}
	}
	slices.Sort(paths)
	return paths
}

// TestF07BadIndex: a page of the index that cannot be read costs what it names, and Verify
// says so rather than giving up.
func TestF07BadIndex(t *testing.T) {
	t.Parallel()
	data := read(t, create(t, sample(), Options{Signers: []sign.PrivateKey{testKey(t, 1)}}))
	size := int64(len(data))
	whole, err := NewReader(bytes.NewReader(data), size)
	if err != nil {
		t.Fatal(err)
	}
	root := headSize + whole.manifest.index.size - int64(whole.manifest.root.Length)
	for bad := int64(headSize); bad < root; bad += 2000 {
		d := device(func(p []byte, off int64) (int, error) {
			if off <= bad && bad < off+int64(len(p)) {
				return 0, syscall.EIO
			}
			return bytes.NewReader(data).ReadAt(p, off)
		})
		r, err := NewReader(d, size)
		if err != nil {
			if !errors.Is(err, ErrMissing) {
				t.Errorf("bad at %d: %v, want ErrMissing", bad, err)
			}
			continue
		}
		report, err := r.Verify(context.Background(), VerifyOptions{})
		if err != nil || report.Verdict != Incomplete || report.Unnamed == 0 {
			t.Errorf("bad at %d: %+v, %v; want incomplete, with a page lost", bad, report, err)
		}
	}
}

// TestF10Times: nothing depends on when a file was changed, as a FAT file system says it:
// to two seconds, in local time, from 1980 to 2107.
func TestF10Times(t *testing.T) {
	t.Parallel()
	for _, layout := range []Layout{LayoutZIP, LayoutFolder, LayoutParts} {
		o := Options{Layout: layout, PartSize: minPartSize, Signers: []sign.PrivateKey{testKey(t, 1)}}
		name := create(t, issue(1), o)
		want := verify(t, name)
		files, err := filepath.Glob(filepath.Join(filepath.Dir(name), "*"))
		if err != nil {
			t.Fatal(err)
		}
		inside, err := filepath.Glob(filepath.Join(name, "*"))
		if err != nil {
			t.Fatal(err)
		}
		r := open(t, name)
		for _, year := range []int{1980, 2107} {
			for i, file := range append(files, inside...) {
				at := time.Date(year, 1, 1, 0, 0, i, 0, time.UTC)
				if err := os.Chtimes(file, at, at); err != nil {
					t.Fatal(err)
				}
			}
			if got := verify(t, name); !reflect.DeepEqual(got, want) {
				t.Errorf("%s of %d: %+v, want %+v", layout, year, got, want)
			}
			if lost := served(t, fmt.Sprint(year), r, issue(1)); len(lost) > 0 {
				t.Errorf("%s of %d, while open: %q are lost", layout, year, lost)
			}
		}
	}
}
