package ingest

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"satchel/bundle"
	"satchel/bundle/sign"
)

// minisignKey returns a secret key file, unencrypted.
func minisignKey(t *testing.T) string {
	t.Helper()
	k, err := sign.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	file, err := k.Encrypt(nil, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(file)
}

// body is base64 as keys have it, made up here.
const body = "MC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// dashes are kept apart from the words, so that this file is no key itself.
const dashes = "-----"

func pem(label string) string {
	return dashes + "BEGIN " + label + dashes + "\n" + body + "\n" + dashes + "END " + label + dashes + "\n"
}

func TestE13SecretKeysRefused(t *testing.T) {
	t.Parallel()
	inJSON := `{"private_key": "` + strings.ReplaceAll(pem("PRIVATE KEY"), "\n", `\n`) + `"}`
	utf16 := []byte{0xff, 0xfe}
	for _, b := range []byte(pem("RSA PRIVATE KEY")) {
		utf16 = append(utf16, b, 0)
	}
	files := map[string]string{
		"keys/minisign.key":  minisignKey(t),
		"keys/renamed.txt":   minisignKey(t),
		"keys/renamed.html":  minisignKey(t),
		"keys/id_rsa":        pem("OPENSSH PRIVATE KEY"),
		"keys/server.pem":    "Certificate\n" + pem("CERTIFICATE") + pem("RSA PRIVATE KEY"),
		"keys/ec.md":         "# Notes\n\n" + pem("EC PRIVATE KEY"),
		"keys/old.html":      pem("PRIVATE KEY"),
		"keys/enc.pem":       pemWith("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"),
		"keys/gpg.asc":       pemWith("PGP PRIVATE KEY BLOCK", "Version: x\n\n"),
		"keys/indented.yaml": "key: |\n    " + strings.ReplaceAll(pem("PRIVATE KEY"), "\n", "\n    "),
		"keys/account.json":  inJSON,
		"keys/crlf.txt":      strings.ReplaceAll(pem("PRIVATE KEY"), "\n", "\r\n"),
		"keys/oneline.txt":   strings.ReplaceAll(pem("PRIVATE KEY"), "\n", " "),
		"keys/utf16.txt":     string(utf16),
		"keys/age.txt":       "# created\nAGE-SECRET" + "-KEY-1" + strings.Repeat("QPZRY9X8", 8) + "\n",
		"keys/putty.txt":     "PuTTY-User-Key-" + "File-3: ssh-ed25519\n",
		"keys/store.p12":     "\x30\x82",
		"keys/db.kdbx":       "\x03\xd9\xa2\x9a",
		".ssh/id_ed25519":    pem("OPENSSH PRIVATE KEY"),
		".env":               "PASSWORD=1",
		"site/.env.local":    "PASSWORD=1",
		"site/.ENV":          "PASSWORD=1",
		"app/.env/x.txt":     "PASSWORD=1",
		"code/.git/config":   "[core]",
		"work/.git":          "gitdir: ../x",
		"old/.svn/entries":   "12",
		"old/.hg/store":      "x",
	}
	var allow []string
	for p := range files {
		allow = append(allow, p)
	}
	r := scanAll(t, open(t, Options{SkipUnsupported: true, Allow: allow}, lay(t, files)))
	if len(r.items) != 0 {
		t.Errorf("packed %q", r.paths())
	}
	folders := strings.NewReplacer(".git/config", ".git/", ".svn/entries", ".svn/", ".hg/store", ".hg/", ".env/x.txt", ".env/")
	for p := range files {
		if p = folders.Replace(p); r.refused[p] == "" {
			t.Errorf("%q was not refused", p)
		}
	}
}

func pemWith(label, headers string) string {
	return strings.Replace(pem(label), dashes+"\n", dashes+"\n"+headers, 1)
}

// What only speaks of keys is no key.
func TestE13TalkOfKeysIsPacked(t *testing.T) {
	t.Parallel()
	begin := dashes + "BEGIN PRIVATE KEY" + dashes
	r := scanAll(t, open(t, Options{}, lay(t, map[string]string{
		"page.html":   "<!DOCTYPE html><title>Keys</title><pre>" + pem("RSA PRIVATE KEY") + "</pre>",
		"talk.md":     "A key begins with `" + begin + "`, and\n\n" + begin + "\n...\n" + dashes + "END",
		"cert.txt":    pem("CERTIFICATE") + pem("PUBLIC KEY"),
		"age.txt":     "AGE-SECRET" + "-KEY-1... is how it starts",
		"news.pub":    "untrusted comment: minisign public key\nRWQ",
		"message.asc": pemWith("PGP PUBLIC KEY BLOCK", "\n"),
		"environment": "x",
		"my.env.txt":  "x",
	})))
	if len(r.refused)+len(r.left) != 0 || len(r.items) != 8 {
		t.Errorf("refused %q, left out %q", r.refused, r.left)
	}
}

func TestE07LeftOut(t *testing.T) {
	t.Parallel()
	left := []string{
		".DS_Store", "a/Thumbs.db", "a/desktop.ini", "a/._photo.jpg", "a/~$report.docx", "a/.~lock.report.odt#",
		"a/notes.txt.swp", "a/page.html~", "System Volume Information/", "$RECYCLE.BIN/", ".Trashes/",
		".Spotlight-V100/", ".fseventsd/", "__MACOSX/", "a/script.js", "a/module.mjs", "a/script.min.js.map",
		"a/jquery.js@ver=1.2", "a/style.css.map", "a/game.swf", "a/view.php", "a/view.asp", ".htaccess", ".cache/x.html",
		"a/app.wasm", "a/hidden.wasm_",
	}
	files := map[string]string{"a/page.html": `<script src="script.js"></script><a href="module.mjs">m</a>` +
		`<a href="script.min.js.map">s</a><a href="style.css.map">c</a><a href="game.swf">g</a>`, "a/index.php": "<html><p>saved", "a/style.css@v=3": "p{}"}
	for _, p := range left {
		if strings.HasSuffix(p, "/") {
			p += "deep/program.exe"
		}
		files[p] = "text"
	}
	files["a/view.php"] = "<?php $password = 1; ?><html>"
	files["a/view.asp"] = "<html><% secret %>"
	files["a/hidden.wasm_"] = "\x00asm\x01\x00\x00\x00"
	files[".htaccess"] = "Deny from all"
	r := scanAll(t, open(t, Options{}, lay(t, files)))
	wantPaths(t, "packed", r.paths(), "a/index.php", "a/page.html", "a/style.css@v=3")
	for _, p := range left {
		if r.left[p] == "" {
			t.Errorf("%q was not left out", p)
		}
	}
	if len(r.left) != len(left) || len(r.refused) != 0 {
		t.Errorf("left out %q, refused %q", r.left, r.refused)
	}
}

// unknown is of no type that anybody knows.
const unknown = "\x00\x01\x02\x03 nobody knows"

func TestE07Unsupported(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"top.xyz":              unknown,
		"top.text-of-no-kind":  "legible",
		"data/alone.xyz":       unknown,
		"data/linked.xyz":      unknown,
		"data/Spaced Name.XYZ": unknown,
		"data/rooted.xyz":      unknown,
		"data/commented.xyz":   unknown,
		"data/outside.xyz":     unknown,
		"b/page.html":          `<a href="../data/linked.xyz#part">1</a> <a href="/data/rooted.xyz?x=1">2</a>`,
		"c.html": `<!-- <a href="data/commented.xyz"> --><img src="data/spaced%20name.xyz">` +
			`<a href="https://example.org/data/outside.xyz">`,
	}
	dir := lay(t, files)
	r := scanAll(t, open(t, Options{}, dir))
	wantPaths(t, "refused", keys(r.refused), "data/Spaced Name.XYZ", "data/linked.xyz", "data/rooted.xyz",
		"top.text-of-no-kind", "top.xyz")
	wantPaths(t, "left out", keys(r.left), "data/alone.xyz", "data/commented.xyz", "data/outside.xyz")
	if !strings.Contains(r.refused["data/linked.xyz"], `"b/page.html"`) {
		t.Errorf("the reason does not name the page: %s", r.refused["data/linked.xyz"])
	}

	r = scanAll(t, open(t, Options{SkipUnsupported: true}, dir))
	if len(r.refused) != 0 || len(r.left) != 8 {
		t.Errorf("skipping: refused %q, left out %q", r.refused, r.left)
	}
}

func TestE07LinksInAnotherCharset(t *testing.T) {
	t.Parallel()
	r := scanAll(t, open(t, Options{}, lay(t, map[string]string{
		"p/page.html": "<meta charset=euc-kr><a href=\"\xc7\xd1\xb1\xdb.xyz\">x</a>",
		"p/한글.xyz":    unknown,
	})))
	wantPaths(t, "refused", keys(r.refused), "p/한글.xyz")
}

func TestE07Allowed(t *testing.T) {
	t.Parallel()
	dir := lay(t, map[string]string{
		"top.xyz": unknown, "d/tool.exe": "MZ\x00\x01", "d/run": "#!/bin/sh\n", "s/site.js": "let x", "ok.txt": "x",
		".well-known/a.txt": "x", "also.xyz": unknown, "name.bat": "text",
	})
	f := open(t, Options{Allow: []string{
		"top.xyz", dir + "/d/tool.exe", "./d/run", "s/site.js", ".well-known/a.txt", "ok.txt", "misspelt", "name.bat",
	}}, dir)
	r := scanAll(t, f)
	wantPaths(t, "packed", r.paths(), ".well-known/a.txt", "d/run", "d/tool.exe", "name.bat", "ok.txt", "s/site.js", "top.xyz")
	wantPaths(t, "refused", keys(r.refused), "also.xyz", "misspelt")
	for _, it := range r.items {
		inert := it.Kind == bundle.KindFile && it.Type == "application/octet-stream"
		if strings.HasSuffix(it.Path, ".txt") == inert {
			t.Errorf("%q is %s, %s", it.Path, it.Kind, it.Type)
		}
	}
	var loud []string
	for _, a := range f.Allowed() {
		if a.Reason == "" {
			t.Errorf("%q is allowed without a word on what it is", a.Path)
		}
		loud = append(loud, a.Path)
	}
	wantPaths(t, "allowed", loud, ".well-known/a.txt", "d/run", "d/tool.exe", "name.bat", "s/site.js", "top.xyz")
}

func TestH07ExecutablesRefused(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"by/content.jpg":               string(program[:headLen]),
		"by/pe.pdf":                    "MZ\x90\x00\x03\x00\x00\x00",
		"by/macho":                     "\xcf\xfa\xed\xfe\x07\x00\x00\x01\x03\x00\x00\x00\x02\x00\x00\x00",
		"by/applet.gif":                "\xca\xfe\xba\xbe\x00\x00\x00\x34",
		"by/shortcut.txt":              "L\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46",
		"by/script":                    "#!/usr/bin/env python3\nprint(1)\n",
		"by/marked.txt":                "\xef\xbb\xbf#!/bin/sh\n",
		"by/jar.zip":                   zipStart("META-INF/MANIFEST.MF", "Manifest-Version: 1.0"),
		"by/dex.bin":                   "dex\n035\x00",
		"Tool.app/Contents/Info.plist": "<?xml version='1.0'?><plist/>",
	}
	for _, ext := range strings.Fields("exe SCR com bat cmd ps1 vbs msi lnk jar apk dmg desktop sh url hta docm") {
		files["name/article.jpg."+ext] = "text"
	}
	r := scanAll(t, open(t, Options{SkipUnsupported: true}, lay(t, files)))
	if len(r.items) != 0 {
		t.Errorf("packed %+v", r.items)
	}
	for p := range files {
		if strings.HasPrefix(p, "Tool.app/") {
			p = "Tool.app/"
		}
		if r.refused[p] == "" {
			t.Errorf("%q was not refused", p)
		}
	}
}

// A word that looks like a program is none, nor is a folder named like a domain.
func TestH07NoFalseAlarm(t *testing.T) {
	t.Parallel()
	r := scanAll(t, open(t, Options{}, lay(t, map[string]string{
		"a.txt": "MZ stands for Mark Zbikowski", "www.example.com/index.html": "<p>", "news.app/index.html": "<p>",
		"b.rs": "#![allow(dead_code)]", "c.txt": "BM is short for buried mine", "d.txt": "ID3 tags",
	})))
	if len(r.refused)+len(r.left) != 0 || len(r.items) != 6 {
		t.Errorf("refused %q, left %q, packed %q", r.refused, r.left, r.paths())
	}
}

// TestC06TitlesCleaned: a title shows as what it is, on one line, within its limit.
func TestC06TitlesCleaned(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"  two \t\r\n words ":           "two words",
		"safe\u202egpj.exe":             "safegpj.exe",
		"\u2066a\u2069\u200e\u200fb":    "ab",
		"a\x00b\x1b[31mc\u0085d":        "ab[31mc d",
		"bad \xff\xfe bytes":            "bad bytes",
		"می\u200cخواهم":                 "می\u200cخواهم",
		"\u200d\u200c":                  "",
		"\ufffe\U0010ffff\u00ad":        "",
		strings.Repeat("가", 1000):       strings.Repeat("가", 341),
		strings.Repeat("x", 1022) + "é": strings.Repeat("x", 1022),
	} {
		if got := cleanTitle(in); got != want {
			t.Errorf("cleanTitle(%q) = %q, want %q", in, got, want)
		}
	}
	r := scanAll(t, open(t, Options{}, lay(t, map[string]string{"a.html": "<title>a\u202eb&#x202e;c</title>"})))
	if got := r.items[0].Title; got != "abc" {
		t.Errorf("title of a page: %q", got)
	}
}

// A refusal anywhere keeps the bundle from being made, and arrives as what it is.
func TestRefusalStopsThePacking(t *testing.T) {
	t.Parallel()
	f := open(t, Options{}, lay(t, map[string]string{"a.txt": "x", "z/.env": "x"}))
	out := filepath.Join(t.TempDir(), "out.zip")
	_, err := bundle.Create(t.Context(), out, f, bundle.Options{})
	var re *RefusedError
	if !errors.As(err, &re) || len(re.Files) != 1 || re.Files[0].Path != "z/.env" {
		t.Errorf("error %v", err)
	}
}

// zipStart is the first entry of a ZIP file, stored.
func zipStart(name, content string) string {
	var b bytes.Buffer
	b.WriteString("PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	n, l := len(content), len(name)
	fmt.Fprintf(&b, "%c%c\x00\x00%c%c\x00\x00%c\x00\x00\x00", n&0x7f, n>>7, n&0x7f, n>>7, l)
	return b.String() + name + content + "PK\x01\x02"
}
