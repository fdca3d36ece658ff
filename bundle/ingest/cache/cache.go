// Package cache keeps what is costly to make, such as previews and articles, from one run to the next, in
// a folder of the user's.
//
// An entry is found by what it was made of: content, settings, and the program that made it. So nothing in
// the cache is ever out of date, and a new version of the program makes everything anew. Entries are kept
// under hashes and tell no names. What they hold is as plain as the files that it was made of: [Clear]
// takes it away.
//
// Nothing depends on an entry: one that is missing or damaged is made again.
package cache

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

const (
	// MaxEntry is how many bytes an entry has at most. Larger ones are not kept.
	MaxEntry = 16 << 20
	// DefaultLimit is how many bytes all entries may have.
	DefaultLimit = 2 << 30

	// Tick is the coarsest time of a file, on FAT32.
	Tick = 2 * time.Second

	// fresh is how long the use of an entry is not noted again.
	fresh = 24 * time.Hour
	// stale is after which time a file that was never completed belongs to nobody.
	stale = time.Hour
	// prefix is how the names of such files begin.
	prefix = "new-"
)

// A Key is a hash of all that an entry depends on, but for the program.
type Key = [sha256.Size]byte

// A Cache is a folder of entries. A nil Cache keeps nothing. It may be used by several goroutines, and a
// folder by several programs.
type Cache struct {
	dir     string
	limit   int64
	program [sha256.Size]byte
	added   atomic.Int64 // bytes
}

// Folder is where the cache of a user lies by default.
func Folder() (string, error) {
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "satchel", "made"), err
}

// Open opens the cache in a folder, which is made where it is missing; no one else may write to it or
// read it: that is an error. Entries of
// more than limit bytes in all are deleted when the cache is closed, those that were not used for the
// longest time first.
func Open(dir string, limit int64) (*Cache, error) {
	c := &Cache{dir: dir, limit: limit}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() || !isPrivate(info) {
		return nil, fmt.Errorf("%q is no folder of yours alone: others could put things into your bundles", dir)
	}
	name, err := os.Executable()
	if err != nil {
		return nil, err
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return nil, err
	}
	h.Sum(c.program[:0])
	return c, nil
}

// name is where an entry lies.
func (c *Cache) name(k Key) string {
	sum := sha256.Sum256(append(c.program[:], k[:]...))
	s := hex.EncodeToString(sum[:])
	return filepath.Join(c.dir, s[:2], s[2:])
}

// Get returns an entry, or nil where there is none.
func (c *Cache) Get(k Key) []byte {
	if c == nil {
		return nil
	}
	name := c.name(k)
	file, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || info.Size() < sha256.Size || info.Size() > sha256.Size+MaxEntry {
		return nil
	}
	b := make([]byte, info.Size())
	if _, err := io.ReadFull(file, b); err != nil {
		return nil
	}
	sum, data := b[:sha256.Size], b[sha256.Size:]
	if sha256.Sum256(data) != [sha256.Size]byte(sum) {
		return nil
	}
	if now := time.Now(); now.Sub(info.ModTime()) > fresh {
		_ = os.Chtimes(name, now, now) // it only looks older than it is
	}
	return data
}

// Put keeps an entry, where that is possible.
func (c *Cache) Put(k Key, data []byte) {
	if c == nil || len(data) > MaxEntry {
		return
	}
	name := c.name(k)
	if os.MkdirAll(filepath.Dir(name), 0o700) != nil {
		return
	}
	file, err := os.CreateTemp(filepath.Dir(name), prefix)
	if err != nil {
		return
	}
	sum := sha256.Sum256(data)
	_, err = file.Write(sum[:])
	if err == nil {
		_, err = file.Write(data)
	}
	if file.Close() != nil || err != nil || os.Rename(file.Name(), name) != nil {
		os.Remove(file.Name())
		return
	}
	c.added.Add(int64(len(data)))
}

// Close deletes what is beyond the limit.
func (c *Cache) Close() error {
	if c == nil || c.added.Load() == 0 {
		return nil
	}
	var entries []entry
	total := int64(0)
	err := each(c.dir, func(e entry) {
		if strings.HasPrefix(filepath.Base(e.name), prefix) {
			if time.Since(e.used) > stale {
				os.Remove(e.name)
			}
			return
		}
		entries = append(entries, e)
		total += e.size
	})
	slices.SortFunc(entries, func(a, b entry) int { return a.used.Compare(b.used) })
	for _, e := range entries {
		if total <= c.limit {
			break
		}
		if os.Remove(e.name) == nil {
			total -= e.size
		}
	}
	return err
}

// IsYoung says whether a file that changed at a time may change again without its time telling.
func IsYoung(changed time.Time) bool { return time.Since(changed) < Tick }

// Size says how many entries the cache in a folder has, and how many bytes in them.
func Size(dir string) (entries int, bytes int64, err error) {
	err = each(dir, func(e entry) { entries, bytes = entries+1, bytes+e.size })
	return entries, bytes, err
}

// Clear deletes the cache in a folder, and returns the Size that it had.
func Clear(dir string) (entries int, bytes int64, err error) {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	if entries, bytes, err = Size(dir); err == nil {
		err = os.RemoveAll(dir)
	}
	return entries, bytes, err
}

// An entry is a file in a cache.
type entry struct {
	name string
	size int64
	used time.Time
}

// each goes through the files of a cache. A folder that is not there has none; a file that is deleted
// meanwhile is passed over.
func each(dir string, do func(entry)) error {
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case os.IsNotExist(err):
			return nil
		case err != nil:
			return err
		case !d.Type().IsRegular():
			return nil
		}
		info, err := d.Info()
		if err == nil {
			do(entry{name, info.Size(), info.ModTime()})
		}
		return nil
	})
}
