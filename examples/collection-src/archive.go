package main

import (
	"archive/zip"
	"bytes"
	"strings"
)

// An entry is a file in an archive. Its text may be that of a picture.
type entry struct{ name, text string }

// archive is a ZIP file without dates. The mimetype comes first and stored, as books and documents
// want it (OCF 3.3, 4.3).
func archive(entries []entry) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		if e.name == "mimetype" {
			h.Method = zip.Store
		}
		f, err := w.CreateHeader(h)
		if err == nil {
			_, err = f.Write([]byte(e.text))
		}
		if err != nil {
			panic("collection-src: internal error: " + err.Error()) // a buffer takes everything
		}
	}
	if err := w.Close(); err != nil {
		panic("collection-src: internal error: " + err.Error())
	}
	return b.Bytes()
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace
