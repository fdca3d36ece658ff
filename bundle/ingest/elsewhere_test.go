package ingest

import (
	"encoding/base64"
	"strings"
	"testing"

	"satchel/bundle"
	"satchel/bundle/ingest/collection"
)

// TestE01E06E08Elsewhere plants the canary in less usual places.
func TestE01E06E08Elsewhere(t *testing.T) {
	t.Parallel()
	photo := commented(t)
	inline := "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString([]byte(photo))
	page := func(head, body string) string {
		return `<!DOCTYPE html><html lang="en"><head><title>Water</title>` + head + `</head><body><h1>Water</h1><p>Boil it for a minute.</p>` + body + `</body></html>`
	}
	svg := func(attributes, inside string) string {
		return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" width="9" height="9" ` + attributes + `>` + inside + `<path d="M0 0h9v9"/></svg>`
	}
	for name, tt := range map[string]struct {
		file, content string
		how           collection.HTML
	}{
		"a drawing's comment":               {"a.svg", "<!-- " + canary + " -->" + svg("", ""), collection.Article},
		"a drawing's metadata":              {"a.svg", svg("", "<metadata>"+canary+"</metadata>"), collection.Article},
		"where a drawing was exported to":   {"a.svg", svg(`inkscape:export-filename="/home/`+canary+`/a.png"`, ""), collection.Article},
		"a photo in a drawing":              {"a.svg", svg("", `<image width="9" height="9" href="`+inline+`"/>`), collection.Article},
		"hidden text of a document":         {"a.docx", zipped(t, docxParts(`<w:p><w:r><w:t>Boil it</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>`+canary+`</w:t></w:r></w:p>`)...), collection.Article},
		"a photo in a site's page":          {"a.html", page("", `<img alt="well" src="`+inline+`">`), collection.Site},
		"a comment in a site's style":       {"a.html", page("<style>/* "+canary+" */ p { color: red }</style>", ""), collection.Site},
		"a comment in a style attribute":    {"a.html", page("", `<p style="/* `+canary+` */ color: red">x</p>`), collection.Site},
		"a remote picture in a style":       {"a.html", page("<style>p { background: url(https://track.example/"+canary+".gif) }</style>", ""), collection.Site},
		"a form's token in a site's page":   {"a.html", page("", `<form><input type="hidden" name="csrf" value="`+canary+`"></form>`), collection.Site},
		"data of a site's page":             {"a.html", page("", `<div data-user="`+canary+`">x</div>`), collection.Site},
		"a session in an article's link":    {"a.html", page("", `<p><a href="https://news.example/?session=`+canary+`">x</a></p>`), collection.Article},
		"a session id in an article's link": {"a.html", page("", `<p><a href="https://news.example/?sid=`+canary+`">x</a></p>`), collection.Article},
		"a session where it was saved from": {"a.html", "<!--\n Page saved with SingleFile\n url: https://news.example/?session=" + canary + "\n saved date: Tue Mar 03 2026 21:14:05 GMT+0330\n-->" +
			page("", strings.Repeat("<p>Let it cool under a lid.</p>", 20)), collection.Article},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bundleName := pack(t, Options{HTML: tt.how, DropBylines: true}, bundle.Options{}, lay(t, map[string]string{tt.file: tt.content}))
			content, said := unpack(t, bundleName)
			if form := findCanary(t, append(content[tt.file], said[tt.file]...), 3); form != "" {
				t.Errorf("it is found, in %s", form)
			}
		})
	}
}

// TestSnapshotsArePacked: the pages that browsers save in one file.
func TestSnapshotsArePacked(t *testing.T) {
	t.Parallel()
	saved := string(readFile(t, "article/testdata/chromium.mhtml"))
	f := open(t, Options{}, lay(t, map[string]string{
		"a/saved.mhtml": saved,
		"a/single.mht":  "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><title>Water</title><p>Boil it.</html>",
	}))
	if r := scanAll(t, f); len(r.items) != 2 {
		t.Errorf("refused %v, left out %v", r.refused, r.left)
	}
}

// TestEachLanguageOfCaptions: films come with captions of two languages in one file.
func TestEachLanguageOfCaptions(t *testing.T) {
	t.Parallel()
	content, _ := unpack(t, pack(t, Options{}, bundle.Options{}, "../../examples/collection/water"))
	all := ""
	for path, data := range content {
		if strings.HasPrefix(path, "water.") && strings.HasSuffix(path, ".smi") {
			all += string(data)
		}
	}
	for _, text := range []string{"끓입니다", "Boil it"} {
		if !strings.Contains(all, text) {
			t.Errorf("%q of water.smi is in no captions", text)
		}
	}
}

// TestE08OneCanaryInASnapshot plants the canary in the headers and parts of a page saved in one file.
func TestE08OneCanaryInASnapshot(t *testing.T) {
	t.Parallel()
	photo := commented(t)
	dir := lay(t, map[string]string{
		"saved.mhtml": "From: <Saved by " + canary + ">\r\nSnapshot-Content-Location: file:///home/" + canary + "/a.html\r\nSubject: Water\r\nDate: Tue, 3 Mar 2026 21:14:05 -0000\r\n" +
			"X-Client: " + canary + "\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; type=\"text/html\"; boundary=\"b-" + canary + "\"\r\n\r\n" +
			"--b-" + canary + "\r\nContent-Type: text/html\r\nContent-ID: <frame@" + canary + ">\r\nContent-Location: http://news.example/a\r\n\r\n" +
			"<html lang=en><head><title>Water</title></head><body><h1>Water</h1><p>Boil it for a minute, at great height for three.<img src=\"cid:1@" + canary + "\" alt=well></body></html>\r\n" +
			"--b-" + canary + "\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <1@" + canary + ">\r\n\r\n" +
			base64.StdEncoding.EncodeToString([]byte(photo)) + "\r\n--b-" + canary + "--\r\n",
	})
	name := pack(t, Options{DropBylines: true}, bundle.Options{}, dir)
	content, said := unpack(t, name)
	if form := findCanary(t, append(content["saved.mhtml"], said["saved.mhtml"]...), 3); form != "" || len(content) != 1 {
		t.Errorf("it is found, in %q: %s\n%s", form, said["saved.mhtml"], content["saved.mhtml"])
	}
}

// commented is a photo with the canary in a comment.
func commented(t *testing.T) string {
	t.Helper()
	photo := encoded(t, asJPEG)
	return photo[:2] + "\xff\xfe\x00" + string(rune(len(canary)+2)) + canary + photo[2:]
}
