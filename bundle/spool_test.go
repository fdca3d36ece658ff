//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package bundle

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// What somebody else leaves in a folder for temporary files does not have us make or remove anything: a folder that
// others can write to is none of ours, and no link is followed.
func TestSweepFollowsNothing(t *testing.T) {
	t.Parallel()
	parent, made := t.TempDir(), filepath.Join(t.TempDir(), "made")
	for name, mode := range map[string]fs.FileMode{"open": 0o777, "ours": 0o700} {
		dir := filepath.Join(parent, spoolPrefix+name)
		if err := errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, mode), os.Symlink(made, filepath.Join(dir, spoolLock))); err != nil {
			t.Fatal(err)
		}
	}
	s, err := newSpool(filepath.Join(parent, "out.zip"))
	if err != nil {
		t.Fatal(err)
	}
	s.remove()
	if _, err := os.Lstat(made); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a link was followed: %v", err)
	}
	for _, name := range []string{"open", "ours"} {
		if _, err := os.Lstat(filepath.Join(parent, spoolPrefix+name)); err != nil {
			t.Errorf("the folder %q is gone: %v", name, err)
		}
	}
}
