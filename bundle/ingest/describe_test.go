package ingest

import (
	"strings"
	"testing"
)

func TestTitle(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, content, want string }{
		{"a.html", "<title> Clean \n water </title><h1>Other</h1>", "Clean water"},
		{"a.html", "<title></title><h1>Heading</h1>", "Heading"},
		{"clean_water.html", "<p>x", "clean_water"},
		{"clean_water.ko.html", "<p>x", "clean_water.ko"},
		{"a.md", "words\n\n# First aid #\n", "First aid"},
		{"a.md", "```\n# remark\n```\n~~~\n# other\n~~~\n# Real", "Real"},
		{"a.md", "---\ntitle: x\n# remark\n---\n# Real", "Real"},
		{"a.md", "\t# code\n    # code\n## Second\n#No space", "a"},
		{"a.txt", "# Radio\nwords", "Radio"},
		{"a.txt", "words\n# remark", "a"},
		{"Makefile.txt", "\n\n", "Makefile"},
		{"a.csv", "# no heading", "a"},
		{"photo_1.JPG", jpeg, "photo_1"},
		{"tool.zip", "PK\x03\x04\x00\x00", "tool.zip"},
		{"style.css", "# x {}", "style.css"},
		{"Version 2.1", "words", "Version 2.1"},
		{"\u200d\u200c.txt", "words", "-"},
	} {
		if got := one(t, tt.name, tt.content).Title; got != tt.want {
			t.Errorf("%s with %.40q: title %q, want %q", tt.name, tt.content, got, tt.want)
		}
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, content, want string }{
		{"a.html", "<html lang='ko'><p>", "ko"},
		{"en/a.html", "<html lang='pt-br'><p>", "pt-BR"},
		{"a.ko.html", "<p>", "ko"},
		{"a.zh-Hant.html", "<p>", "zh-Hant"},
		{"film.ko.srt", "1", "ko"},
		{"film.kor.srt", "1", "ko"},
		{"film.kor.txt", "1", ""},
		{"jquery.min.html", "<p>", ""},
		{"en/a.html", "<p>", "en"},
		{"zh_CN/pictures/a.jpg", jpeg, "zh-CN"},
		{"ar-MA/a.html", "<html lang='not a tag!'><p>", "ar-MA"},
		{"fil-PH/a.txt", "x", "fil"},
		{"ckb/a.txt", "x", "ckb"},
		{"api/a.html", "<p>", ""},
		{"docs/en/a.txt", "x", ""},
		{"IT/a.txt", "x", ""},
		{"en/style.css", "p{}", ""},
		{"en/a.zip", "PK\x03\x04\x00\x00", ""},
		{"a.html", "<html lang='und'>", ""},
		{"a.html", "<html lang='mul'>", ""},
		{"a.html", "<html lang='en-x-alice'><p>", "en"},
		{"a.html", "<html lang='de-u-co-phonebk'><p>", "de"},
		{"a.html", "<html lang='ca-valencia'><p>", "ca-valencia"},
	} {
		if got := one(t, tt.name, tt.content).Language; got != tt.want {
			t.Errorf("%s with %.40q: language %q, want %q", tt.name, tt.content, got, tt.want)
		}
	}
}

// A folder that is packed beside others tells its language by its own name.
func TestLanguageOfOneOfSeveralFolders(t *testing.T) {
	t.Parallel()
	dir := lay(t, map[string]string{"ko/a.txt": "x", "site/fa/a.txt": "x"})
	r := scanAll(t, open(t, Options{}, dir+"/ko", dir+"/site"))
	if len(r.items) != 2 || r.items[0].Language != "ko" || r.items[1].Language != "fa" {
		t.Errorf("items %+v", r.items)
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"2024": "2024", "2024-02": "2024-02", "2024-02-29": "2024-02-29", "2023-02-29": "", "2024-13": "",
		"0000": "", "24": "", "2024-2-1": "", "٢٠٢٤": "", "2024-02-29T10": "",
	} {
		if got := cleanDate(in); got != want {
			t.Errorf("cleanDate(%q) = %q, want %q", in, got, want)
		}
	}
	got := one(t, "a.html", "<meta name=date content='2024-05-17T08:00:00Z'><title>x</title>").Date
	if got != "2024-05-17" {
		t.Errorf("date of a page: %q", got)
	}
	if got := one(t, "a.txt", "2024-05-17").Date; got != "" {
		t.Errorf("date of a text: %q", got)
	}
}

func FuzzTitle(f *testing.F) {
	for _, s := range []string{"", "a b", "\u202e", "\u200d", strings.Repeat("가 ", 600), "\xff", "\U000e0067"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := cleanTitle(s)
		if cleanTitle(got) != got || len(got) > 1024 || strings.ContainsAny(got, "\n\r\t\u202a\u202e\u2066\x1b") {
			t.Errorf("%q became %q", s, got)
		}
		_ = heading([]byte(s), true)
	})
}

func FuzzLanguage(f *testing.F) {
	for _, s := range []string{"ko", "zh_CN", "en-u-co-phonebk", "i-klingon", "sl-rozaj-biske", "x-a", "EN-latn-us"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := cleanLanguage(s)
		if cleanLanguage(got) != got || len(got) > 64 || strings.Contains(got, "-x-") {
			t.Errorf("%q became %q", s, got)
		}
		_ = nameLanguage(s, true)
	})
}

func FuzzLink(f *testing.F) {
	for _, s := range []string{"a b.zip", "../x#y", "//host/x", "//%", "#00%", "http:x", "%zz", `..\x`, "/x?y", "data:,x", "a%00b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if p, ok := localPath(s); ok && (p == "" || strings.HasPrefix(s, "//")) {
			t.Errorf("%q is taken for the local path %q", s, p)
		}
		ts := targets{}
		ts.add("d/x.zip", "")
		ts.mark("d/page.html", "", s)
	})
}

func TestPlacedLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ told, path, want string }{
		{"", "ko-KR/a.html", "ko"},
		{"ko", "ko-KR/a.html", "ko"},
		{"ar", "ar-MA/a.html", "ar-MA"},
		{"en", "ko-KR/a.html", "en"},
		{"zh-Hans", "zh_CN/a.html", "zh-CN"},
		{"zh-Hans", "zh-TW/a.html", "zh-Hans"},
		{"pt-PT", "pt-BR/a.html", "pt-PT"},
		{"it", "it/a.html", "it"},
		{"", "it/a.html", ""},
		{"it", "it-IT/a.html", "it"},
		{"ko", "a.html", "ko"},
		{"", "fr/a.html", "fr"},
		{"sr-Latn", "sr-RS/a.html", "sr-Latn"},
		{"de-1996", "de-DE/a.html", "de-1996"},
	} {
		if got := placedLanguage(c.told, c.path, c.path); got != c.want {
			t.Errorf("placedLanguage(%q, %q) = %q, not %q", c.told, c.path, got, c.want)
		}
	}
}
