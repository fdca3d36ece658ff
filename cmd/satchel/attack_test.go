package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"satchel/bundle/sign"
)

// issued packs a signed folder bundle of a series and returns its name and its key.
func issued(t *testing.T) (name string, key sign.PrivateKey) {
	t.Helper()
	dir := t.TempDir()
	in, file := filepath.Join(dir, "in"), filepath.Join(dir, "news.key")
	name = filepath.Join(dir, "week-8")
	writeFile(t, filepath.Join(in, "a.html"), "<title>A</title><p>a</p>")
	for _, args := range [][]string{
		{"keygen", "-o", file, "--no-passphrase"},
		{"pack", "-k", file, "--series", "month", "--issue", "7", "--layout", "folder", "-o", name, in},
	} {
		if code, _, errs := command(t, context.Background(), args...); code != exitDone {
			t.Fatalf("satchel %q: code %d, %s", args, code, errs)
		}
	}
	secret, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if key, err = sign.ParsePrivateKey(secret, nil); err != nil {
		t.Fatal(err)
	}
	return name, key
}

// edit replaces a text in a MANIFEST and returns what is there then.
func edit(t *testing.T, name, from, to string) []byte {
	t.Helper()
	file := filepath.Join(name, "MANIFEST")
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := bytes.Replace(old, []byte(from), []byte(to), 1)
	if bytes.Equal(text, old) {
		t.Fatalf("MANIFEST does not contain %q", from)
	}
	writeFile(t, file, string(text))
	return text
}

// TestB20OtherSeries: whatever a bundle is called, info says of which series it is, and to
// change that breaks the signature.
func TestB20OtherSeries(t *testing.T) {
	t.Parallel()
	name, _ := issued(t)
	code, out, errs := command(t, context.Background(), "info", "--json", name)
	if want := `"series":"month","issue":7,`; code != exitDone || !strings.Contains(out, want) {
		t.Errorf("info of %q: code %d, %s %s; want %s", name, code, out, errs, want)
	}
	edit(t, name, "# series month\n", "# series week\n")
	for _, sub := range []string{"info", "ls", "verify"} {
		code, out, errs := command(t, context.Background(), sub, name)
		if code != exitChanged || strings.Contains(out, "a.html") || !strings.Contains(out+errs, "bad-signature") {
			t.Errorf("%s of another series: code %d, %q, %q; want %d and bad-signature", sub, code, out, errs, exitChanged)
		}
	}
}

// TestH08NewerFormat: a bundle of a later version is not read, and what can be said of its
// signature is said.
func TestH08NewerFormat(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		sign func(key sign.PrivateKey, text []byte) []byte
		code int
		want string
	}{
		"signed":       {func(k sign.PrivateKey, text []byte) []byte { return k.Sign(text) }, exitFailed, "its signature holds"},
		"unsigned":     {func(sign.PrivateKey, []byte) []byte { return nil }, exitFailed, "nobody has signed it"},
		"badly signed": {func(k sign.PrivateKey, _ []byte) []byte { return k.Sign([]byte("a letter")) }, exitChanged, "bad-signature"},
	} {
		name, key := issued(t)
		text := edit(t, name, "# satchel bundle v1\n", "# satchel bundle v2\n")
		sig := filepath.Join(name, "MANIFEST.minisig")
		if err := os.Remove(sig); err != nil {
			t.Fatal(err)
		}
		if b := c.sign(key, text); b != nil {
			writeFile(t, sig, string(b))
		}
		for _, sub := range []string{"verify", "info", "ls"} {
			code, out, errs := command(t, context.Background(), sub, name)
			if code != c.code || !strings.Contains(out+errs, c.want) {
				t.Errorf("%s, %s: code %d, %q, %q; want %d and %q", what, sub, code, out, errs, c.code, c.want)
			}
			if newer := strings.Contains(errs, "newer satchel"); newer != (c.code == exitFailed) {
				t.Errorf("%s, %s: %q, says that it is newer: %v", what, sub, errs, newer)
			}
		}
	}
}
