package cache

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func open(t *testing.T, dir string, limit int64) *Cache {
	t.Helper()
	c, err := Open(dir, limit)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestKeeps(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made")
	c := open(t, dir, DefaultLimit)
	c.Put(Key{1}, []byte("one"))
	c.Put(Key{2}, nil)
	again := open(t, dir, DefaultLimit)
	if got := again.Get(Key{1}); string(got) != "one" {
		t.Errorf("got %q", got)
	}
	if got := again.Get(Key{2}); got == nil || len(got) != 0 {
		t.Errorf("an empty entry is %v", got)
	}
	if got := again.Get(Key{3}); got != nil {
		t.Errorf("there is %q", got)
	}
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may look into it: %v, %v", info.Mode(), err)
	}
}

func TestNothingKept(t *testing.T) {
	t.Parallel()
	var none *Cache
	none.Put(Key{1}, []byte("one"))
	if none.Get(Key{1}) != nil || none.Close() != nil {
		t.Error("a nil cache keeps something")
	}
	c := open(t, filepath.Join(t.TempDir(), "made"), DefaultLimit)
	c.Put(Key{1}, make([]byte, MaxEntry+1))
	if c.Get(Key{1}) != nil {
		t.Error("an entry beyond the limit is kept")
	}
}

// TestDamage turns over every bit of an entry, and cuts it everywhere.
func TestDamage(t *testing.T) {
	t.Parallel()
	c := open(t, filepath.Join(t.TempDir(), "made"), DefaultLimit)
	c.Put(Key{1}, []byte("one"))
	name := c.name(Key{1})
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(whole) * 8 {
		bad := bytes.Clone(whole)
		bad[i/8] ^= 1 << (i % 8)
		if os.WriteFile(name, bad, 0o600) != nil || c.Get(Key{1}) != nil {
			t.Fatalf("bit %d", i)
		}
		if os.WriteFile(name, whole[:i/8], 0o600) != nil || c.Get(Key{1}) != nil {
			t.Fatalf("%d bytes", i/8)
		}
	}
}

func TestOtherProgram(t *testing.T) {
	t.Parallel()
	c := open(t, filepath.Join(t.TempDir(), "made"), DefaultLimit)
	c.Put(Key{1}, []byte("one"))
	c.program[0]++
	if c.Get(Key{1}) != nil {
		t.Error("another program's entry is taken")
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	const size, overhead = 1000, 32
	c := open(t, filepath.Join(t.TempDir(), "made"), 2*(size+overhead))
	day := time.Now().Add(-48 * time.Hour)
	for i := range byte(4) {
		c.Put(Key{i}, make([]byte, size))
		when := day.Add(time.Duration(i) * time.Minute)
		if err := os.Chtimes(c.name(Key{i}), when, when); err != nil {
			t.Fatal(err)
		}
	}
	if c.Get(Key{0}) == nil { // now it was used
		t.Fatal("no entry")
	}
	left := filepath.Join(c.dir, prefix+"1")
	if os.WriteFile(left, nil, 0o600) != nil || os.Chtimes(left, day, day) != nil {
		t.Fatal("no file")
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, false, false, true} {
		if got := c.Get(Key{byte(i)}) != nil; got != want {
			t.Errorf("entry %d is there: %t", i, got)
		}
	}
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Error("a file that was never completed is still there")
	}
}

func TestClear(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made")
	if n, _, err := Clear(dir); n != 0 || err != nil {
		t.Errorf("of no cache: %d, %v", n, err)
	}
	c := open(t, dir, DefaultLimit)
	c.Put(Key{1}, []byte("one"))
	n, size, err := Clear(dir)
	if n != 1 || size != 35 || err != nil {
		t.Errorf("%d, %d, %v", n, size, err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Error("the folder is still there")
	}
}

// TestOthersFolder: a folder that others may write to is no cache, and neither is a link.
func TestOthersFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	shared, linked := filepath.Join(dir, "shared"), filepath.Join(dir, "linked")
	mine := filepath.Join(dir, "mine")
	c := open(t, mine, DefaultLimit)
	c.Put(Key{1}, []byte("one"))
	if err := errors.Join(os.Mkdir(shared, 0o700), os.Chmod(shared, 0o777), os.Symlink(mine, linked)); err != nil {
		t.Skip(err)
	}
	for _, d := range []string{shared, linked} {
		if _, err := Open(d, DefaultLimit); err == nil {
			t.Errorf("%s is opened", d)
		}
	}
	if n, _, err := Clear(linked); n != 1 || err != nil || c.Get(Key{1}) != nil {
		t.Errorf("cleared %d, %v", n, err)
	}
}
