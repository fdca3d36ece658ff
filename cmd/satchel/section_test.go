package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestSections: info and ls on a bundle that says all that there is to say of itself.
func TestSections(t *testing.T) {
	t.Parallel()
	name := filepath.Join("..", "..", "bundle", "testdata", "vectors", "sections.zip")
	code, out, errs := command(t, t.Context(), "info", name)
	if code != exitDone {
		t.Fatalf("info: code %d, %s", code, errs)
	}
	for _, want := range []string{
		"title      Vectors, fa بردارها, ko 벡터\n", "about      For other readers.\nabout      ko 다른 독자를 위해.\n",
		"publisher  says it is from Example Newsroom (anybody can say so)\n",
		"section    1: en Texts, ko 글, 6 items\n", "section    3: Empty, 0 items\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("info prints %s\nwithout %s", out, want)
		}
	}
	_, out, _ = command(t, t.Context(), "info", "--json", name)
	for _, want := range []string{
		`"description":[{"text":"For other readers."},{"language":"ko","text":"다른 독자를 위해."}]`,
		`"publisher_claimed":"Example Newsroom"`,
		`{"number":2,"name":[{"text":"Pictures"}],"items":2,"cover":"pictures/b.png"}`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("info --json prints %s\nwithout %s", out, want)
		}
	}
	for args, want := range map[string]string{
		"--section Pictures":                           "pictures/b.png\npictures/a.png\n",
		"--section 2":                                  "pictures/b.png\npictures/a.png\n",
		"--section 글 --language ko":                    "health/again.html\nhealth/water.ko.html\n",
		"--section texts --folder notes":               "notes/long.txt\nnotes/empty.txt\n",
		"--section texts --kind page --folder health/": "health/water.fa.html\nhealth/again.html\nhealth/water.ko.html\n",
		"--section 3":                                  "",
	} {
		code, out, errs := command(t, t.Context(), append([]string{"ls", name}, strings.Fields(args)...)...)
		if code != exitDone || out != want {
			t.Errorf("ls %s: code %d, %q, want %q (%s)", args, code, out, want, errs)
		}
	}
	code, _, errs = command(t, t.Context(), "ls", "--section", "4", name)
	if code != exitFailed || !strings.Contains(errs, `no section "4"`) || !strings.Contains(errs, "satchel info lists the sections") {
		t.Errorf("ls of a section that there is not: code %d, %s", code, errs)
	}
}
