package main

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"
)

// TestE10Leaks packs a folder with a telling name and looks for that name, the user,
// the host, the home folder, the time zone and the year in every byte of the bundle,
// decompressed where it is compressed, in UTF-8 and UTF-16.
func TestE10Leaks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := filepath.Join(dir, "TELLING-PATH", "articles")
	for _, name := range []string{"a.html", "b.html", "notes/c.txt"} {
		writeFile(t, filepath.Join(in, name), "<title>T</title><p>"+strings.Repeat("words ", 500)+name)
	}
	key, out := filepath.Join(dir, "SECRET-NAME.key"), filepath.Join(dir, "out.zip")
	for _, args := range [][]string{
		{"keygen", "-o", key, "--no-passphrase"},
		{"pack", "-k", key, "-o", out, in},
	} {
		if code, _, errs := command(t, context.Background(), args...); code != exitDone {
			t.Fatalf("satchel %q: code %d, %s", args, code, errs)
		}
	}
	all := everyByte(t, out)
	if !bytes.Contains(all, []byte("words words")) || !bytes.Contains(all, []byte("notes/c.txt")) {
		t.Fatal("the search does not reach the content and the paths of the bundle")
	}
	for _, canary := range canaries(t) {
		for _, form := range [][]byte{[]byte(canary), inUTF16(canary)} {
			if i := bytes.Index(all, form); i >= 0 {
				t.Errorf("the bundle holds %q: %q", canary, all[max(0, i-20):min(len(all), i+60)])
			}
		}
	}
}

// canaries are what a bundle must not tell.
func canaries(t *testing.T) []string {
	t.Helper()
	found := []string{"TELLING-PATH", "SECRET-NAME", t.Name(), time.Now().Format("2006-01-02")}
	if host, err := os.Hostname(); err == nil && len(host) > 3 {
		found = append(found, host)
	}
	if home, err := os.UserHomeDir(); err == nil {
		found = append(found, home)
	}
	if u, err := user.Current(); err == nil && len(u.Username) > 4 {
		found = append(found, u.Username)
	}
	return append(found, os.TempDir()+string(filepath.Separator))
}

// everyByte returns the bundle as it lies there, and behind it what each zstd frame in
// it holds.
func everyByte(t *testing.T, name string) []byte {
	t.Helper()
	all, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(all), int64(len(all)))
	if err != nil {
		t.Fatal(err)
	}
	d, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, f := range z.File {
		if f.Modified.Year() > 1980 {
			t.Errorf("%s is dated %v", f.Name, f.Modified)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, frames(d, data)...)
	}
	return all
}

// frames decompresses whatever zstd frames there are in data.
func frames(d *zstd.Decoder, data []byte) []byte {
	var all []byte
	for {
		i := bytes.Index(data, []byte("\x28\xb5\x2f\xfd"))
		if i < 0 {
			return all
		}
		if err := d.Reset(bytes.NewReader(data[i:])); err == nil {
			var text bytes.Buffer
			_, _ = text.ReadFrom(d) // as far as it is one
			all = append(all, text.Bytes()...)
		}
		data = data[i+4:]
	}
}

func inUTF16(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}
