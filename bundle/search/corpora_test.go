package search

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// corpus is a folder of pages in folders named by language.
type corpus struct {
	docs  []Document
	paths []string
	text  int64 // bytes
}

// in prefers the pages of a folder.
func (c *corpus) in(folder string) func(uint32) bool {
	return func(doc uint32) bool { return strings.HasPrefix(c.paths[doc], folder+"/") }
}

// readCorpus reads the pages of a corpus of SATCHEL_CORPORA, and skips the test without it.
func readCorpus(t testing.TB, name string) *corpus {
	t.Helper()
	root := os.Getenv("SATCHEL_CORPORA")
	if root == "" {
		t.Skip("SATCHEL_CORPORA names no folder of corpora")
	}
	root = filepath.Join(root, name)
	c := &corpus{}
	groups := map[string]uint32{}
	err := filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(p, ".html") {
			return err
		}
		data, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, p)
		rel = filepath.ToSlash(rel)
		_, file, _ := strings.Cut(rel, "/")
		if _, ok := groups[file]; !ok {
			groups[file] = uint32(len(c.docs))
		}
		d := pageDocument(data)
		d.ID, d.Group, d.Name = uint32(len(c.docs)), groups[file], strings.TrimSuffix(e.Name(), ".html")
		c.docs, c.paths = append(c.docs, d), append(c.paths, rel)
		c.text += int64(len(d.Text) + len(d.Title))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// pageDocument takes title, headings and text out of a page.
func pageDocument(data []byte) (d Document) {
	z := html.NewTokenizer(bytes.NewReader(data))
	var text, head, name strings.Builder
	in := atom.Atom(0)
	for {
		kind := z.Next()
		switch kind {
		case html.ErrorToken:
			d.Title, d.Text = name.String(), text.String()
			return d
		case html.StartTagToken:
			tag, _ := z.TagName()
			switch a := atom.Lookup(tag); a {
			case atom.Script, atom.Style, atom.Title, atom.H1, atom.H2, atom.H3, atom.H4:
				in = a
			}
		case html.EndTagToken:
			tag, _ := z.TagName()
			if atom.Lookup(tag) == in {
				in = 0
				if head.Len() > 0 {
					d.Headings = append(d.Headings, head.String())
					head.Reset()
				}
			}
		case html.TextToken:
			words := strings.Join(strings.Fields(string(z.Text())), " ") + " "
			switch in {
			case atom.Script, atom.Style:
			case atom.Title:
				name.WriteString(words)
			case 0:
				text.WriteString(words)
			default:
				head.WriteString(words)
			}
		}
	}
}

func build(t testing.TB, docs []Document) []byte {
	t.Helper()
	return finish(t, NewBuilder(t.TempDir()), docs)
}

func finish(t testing.TB, b *Builder, docs []Document) []byte {
	t.Helper()
	for _, d := range docs {
		if err := b.Add(d); err != nil {
			t.Fatal(err)
		}
	}
	var buf bytes.Buffer
	if err := b.Finish(&buf); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestCorporaSize(t *testing.T) {
	for _, name := range []string{"jdk", "handbook", "gimp"} {
		t.Run(name, func(t *testing.T) {
			c := readCorpus(t, name)
			start := time.Now()
			data := build(t, c.docs)
			t.Logf("%d documents, %d bytes of text: index of %d bytes, %.1f %%, built in %v",
				len(c.docs), c.text, len(data), 100*float64(len(data))/float64(c.text), time.Since(start).Round(time.Millisecond))
			limit := 20.0
			if share := 100 * float64(len(data)) / float64(c.text); share > limit {
				t.Errorf("%.1f %%, at most %.0f %% wanted", share, limit)
			}
		})
	}
}

// TestCorporaLanguages says what the pages of one language alone take.
func TestCorporaLanguages(t *testing.T) {
	c := readCorpus(t, "handbook")
	for language, limit := range map[string]float64{
		"en-US": 20, "es-ES": 20, "ru-RU": 20, "fa-IR": 20, "ko-KR": 20, "ja-JP": 35, "zh-CN": 50,
	} {
		var docs []Document
		size := 0
		for i, d := range c.docs {
			if strings.HasPrefix(c.paths[i], language+"/") {
				docs = append(docs, d)
				size += len(d.Text) + len(d.Title)
			}
		}
		share := 100 * float64(len(build(t, docs))) / float64(size)
		if t.Logf("%s: %.1f %% of %d bytes", language, share, size); share > limit {
			t.Errorf("%s: %.1f %%, at most %.0f %% wanted", language, share, limit)
		}
	}
}
