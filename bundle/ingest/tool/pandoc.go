package tool

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
)

// pandocFilter puts pictures into the page. What pandoc has for it (--embed-resources, once
// --self-contained) fetches those that lie elsewhere, with --sandbox too: 2.17 did.
//
//go:embed pandoc.lua
var pandocFilter []byte

// pandocTemplate is the page around the text: pandoc's own says which version made it.
//
//go:embed pandoc.html
var pandocTemplate []byte

// pandocFormats are what pandoc calls the media types that it reads for us.
var pandocFormats = map[string]string{
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
	"application/vnd.oasis.opendocument.text":                                 "odt",
	"application/rtf": "rtf",
}

// Pandoc makes one page of HTML, UTF-8, of a text document: DOCX, ODT or RTF, by its media type.
// Pictures that lie in the document are data: addresses in it; of those that would have to be
// fetched, the description is left. Formulas become MathML. Tracked changes are accepted and comments
// dropped. The head has what the text declares of title, authors and language (the styles Title and
// Author of DOCX); pandoc does not read the properties of a file.
//
// The page still has to be made an article, and its pictures to be cleaned. Errors wrap ErrMissing,
// also for other media types, ErrLimit, ErrFailed, or the cause of ctx. It needs pandoc 2.15 or
// later, which has --sandbox; an older one is ErrFailed. f is read from its beginning.
func (t *Tools) Pandoc(ctx context.Context, f *os.File, mediaType string) ([]byte, error) {
	format := pandocFormats[mediaType]
	if format == "" {
		return nil, fmt.Errorf("%s: %w", mediaType, ErrMissing)
	}
	return t.convert(ctx, pandoc, func(b *bench) ([]byte, error) {
		for name, text := range map[string][]byte{"pandoc.lua": pandocFilter, "pandoc.html": pandocTemplate} {
			if err := os.WriteFile(filepath.Join(b.dir, name), text, 0o600); err != nil {
				return nil, err
			}
		}
		// Its own limit of memory is for systems where we cannot set one.
		return b.run(pandoc, f, "+RTS", "-M1g", "-RTS", "--sandbox", "--quiet", "-f", format, "-t", "html5",
			"--standalone", "--template", "pandoc.html", "--lua-filter", "pandoc.lua", "--mathml",
			"--track-changes=accept", "--wrap=none", "--eol=lf")
	})
}
