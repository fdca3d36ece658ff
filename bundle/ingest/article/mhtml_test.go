package article

import (
	"bytes"
	"encoding/base64"
	"errors"
	"mime/quotedprintable"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const mhtmlPage = `<html lang="fr"><head><title>Le pain</title></head><body><h1>Le pain</h1><p>Été comme hiver, on fait le pain.</p>
<p><img src="https://example.org/i/pain.png" alt="un pain"></p><p><img src="cid:dot@mhtml.blink" alt="deux"></p>
<p><img src="i/pain.png" alt="trois"></p><p><img src="https://example.org/no.png" alt="quatre"></p>
<p><a href="autre.html">suite</a> <a href="https://example.org/d/page.html#x">ici</a><a id="x">là</a></p></body></html>`

// savedMHTML makes an MHTML file as browsers do, with the page in an encoding.
func savedMHTML(t testing.TB, page, encoding string) []byte {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(picture, "data:image/png;base64,"))
	must(t, err)
	text := base64.StdEncoding.EncodeToString([]byte(page))
	if encoding == "quoted-printable" {
		var b bytes.Buffer
		w := quotedprintable.NewWriter(&b)
		_, err := w.Write([]byte(page))
		must(t, err)
		must(t, w.Close())
		text = b.String()
	}
	part := func(headers, body string) string { return "------b\r\n" + headers + "\r\n\r\n" + body + "\r\n" }
	png := base64.StdEncoding.EncodeToString(raw)
	return []byte("From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.org/d/page.html?utm_source=x\r\n" +
		"Subject: x\r\nDate: Sat, 16 Nov 2024 12:00:00 +0100\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\tboundary=\"----b\"\r\n\r\n\r\n" +
		part("Content-Type: text/html\r\nContent-ID: <frame@mhtml.blink>\r\nContent-Transfer-Encoding: "+encoding+
			"\r\nContent-Location: https://example.org/d/page.html?utm_source=x", text) +
		part("Content-Type: text/css\r\nContent-Location: cid:css@mhtml.blink", "p{}") +
		part("Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-Location: https://example.org/i/pain.png", png) +
		part("Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <dot@mhtml.blink>", png) +
		part("Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-Location: https://example.org/d/i/pain.png", png) +
		"------b--\r\n")
}

func TestMHTML(t *testing.T) {
	t.Parallel()
	for _, encoding := range []string{"quoted-printable", "base64"} {
		t.Run(encoding, func(t *testing.T) {
			t.Parallel()
			file := savedMHTML(t, mhtmlPage, encoding)
			p, err := MHTML(bytes.NewReader(file), int64(len(file)), Options{Path: "a/pain.mhtml", Exists: only()})
			must(t, err)
			must(t, checkPage(p))
			checkSays(t, p, Page{Title: "Le pain", Language: "fr", Source: "https://example.org/d/page.html"})
			if n := strings.Count(string(p.HTML), `src="`+picture+`"`); n != 3 {
				t.Errorf("%d pictures, want 3 in %s", n, p.HTML)
			}
			if want := []string{"https://example.org/no.png"}; !slices.Equal(p.Missing, want) {
				t.Errorf("missing %q, want %q", p.Missing, want)
			}
			for _, want := range []string{"Été comme hiver", `href="https://example.org/d/autre.html"`, `href="#x"`} {
				if !strings.Contains(string(p.HTML), want) {
					t.Errorf("%q is not in %s", want, p.HTML)
				}
			}
			for _, not := range []string{"Blink", "blink", "2024", "utm_"} {
				if strings.Contains(string(p.HTML), not) {
					t.Errorf("%q is in %s", not, p.HTML)
				}
			}
		})
	}
}

func TestMHTMLCharset(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ charset, text string }{
		"declared": {"; charset=windows-1251", "<p>\xcc\xee\xf1\xf2</p>"},
		"in meta":  {"", "<meta charset=windows-1251><p>\xcc\xee\xf1\xf2</p>"},
		"a lie":    {"; charset=windows-1251", "<p>Мост</p>"},
	} {
		file := "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html" + c.charset + "\n\n" + c.text + "\n--b--\n"
		p, err := MHTML(strings.NewReader(file), int64(len(file)), Options{})
		must(t, err)
		if !strings.Contains(string(p.HTML), "<p>Мост</p>") {
			t.Errorf("%s: %s", name, p.HTML)
		}
	}
}

func TestBrokenMHTML(t *testing.T) {
	t.Parallel()
	whole := string(savedMHTML(t, mhtmlPage, "base64"))
	var many strings.Builder
	many.WriteString("Content-Type: multipart/related; boundary=b\n\n")
	for range maxParts + 1 {
		many.WriteString("--b\nContent-Type: text/css\n\n\n")
	}
	for _, c := range []struct {
		name, file string
		want       error
	}{
		{"empty", "", ErrFormat},
		{"no headers", "<html></html>", ErrFormat},
		{"no type", "A: b\n\ntext", ErrFormat},
		{"no boundary", "Content-Type: multipart/related\n\n--\n\n", ErrFormat},
		{"no page", "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: image/png\n\nx\n--b--\n", ErrFormat},
		{"too many parts", many.String(), ErrLimit},
		{"headers without an end", strings.Repeat("A: b\n", maxHeader/4), ErrFormat},
		{"too deep", "Content-Type: multipart/related; boundary=a\n\n--a\nContent-Type: multipart/related; boundary=b\n\n--b\n" +
			"Content-Type: multipart/related; boundary=c\n\n--c\nContent-Type: multipart/related; boundary=d\n\n--d\n\n", ErrFormat},
		{"cut off", whole[:len(whole)-10], nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if _, err := MHTML(strings.NewReader(c.file), int64(len(c.file)), Options{}); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// TestChromiumMHTML reads what a browser saved.
func TestChromiumMHTML(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("testdata/chromium.mhtml")
	must(t, err)
	p, err := MHTML(bytes.NewReader(file), int64(len(file)), Options{Path: "a.mhtml", Exists: only("a.mhtml")})
	must(t, err)
	must(t, checkPage(p))
	checkSays(t, p, Page{Title: "겨울 부엌 이야기", Language: "ko", Source: "http://kitchen.example.org/page.html"})
	want := "<h1>겨울 부엌 이야기</h1>\n<p>김치를 담그는 날이면 온 식구가 부엌에 모였다. 무를 씻고 배추를 절이는 동안 이야기가 끊이지 않았다.</p>\n" +
		"<p><img src=\"data:image/png;base64,@\" alt=\"주전자\"></p>\n<p>해가 지면 <a href=\"http://kitchen.example.org/next.html\">다음 글</a>을 읽는다. " +
		"<a href=\"https://example.org/\">바깥 글</a></p>\n<p>불을 피우고 물을 끓이고, 밤이 늦도록 함께 앉아 있었다.</p>"
	if got := regexp.MustCompile(`base64,[^"]*`).ReplaceAllString(body(t, p), "base64,@"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
