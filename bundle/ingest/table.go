package ingest

import "satchel/bundle"

// A class is what a file is: a kind, and the canonical media type without
// parameters.
type class struct {
	kind bundle.Kind
	mime string
}

func (c class) known() bool { return c.kind != "" }

// The classes that the code names.
var (
	htmlPage  = class{bundle.KindPage, "text/html"}
	xhtmlPage = class{bundle.KindPage, "application/xhtml+xml"}
	mhtmlPage = class{bundle.KindPage, "multipart/related"}
	plainText = class{bundle.KindText, "text/plain"}
	svgImage  = class{bundle.KindPicture, "image/svg+xml"}
	xmlData   = class{bundle.KindResource, "application/xml"}
	jsonData  = class{bundle.KindResource, "application/json"}
	vttText   = class{bundle.KindCaptions, "text/vtt"}
	samiText  = class{bundle.KindCaptions, "application/x-sami"}
	rtfText   = class{bundle.KindDocument, "application/rtf"}
	pdfFile   = class{bundle.KindDocument, "application/pdf"}
	hwpxFile  = class{bundle.KindDocument, "application/hwp+zip"}
	epubFile  = class{bundle.KindBook, "application/epub+zip"}
	xpmFile   = class{bundle.KindFile, "image/x-xpixmap"}
	mngFile   = class{bundle.KindFile, "video/x-mng"}
	opaque    = class{bundle.KindFile, "application/octet-stream"}
)

// textByName tells legible text apart, by extension.
var textByName = byName(map[class]string{
	htmlPage:  "html htm shtml shtm",
	xhtmlPage: "xhtml xht",
	plainText: `txt text log asc nfo rst adoc asciidoc org tex bib po pot diff patch ics vcf
		c h cc cpp hpp cxx cs java kt go rs swift py rb pl lua r jl m f90 hs erl scala dart sql
		yaml yml toml pub minisig sha256`,
	{bundle.KindText, "text/markdown"}:             "md markdown mdown mkd mkdn",
	{bundle.KindText, "text/csv"}:                  "csv",
	{bundle.KindText, "text/tab-separated-values"}: "tsv tab",
	{bundle.KindResource, "text/css"}:              "css",
	xmlData:                                        "xml rss atom opf ncx dtd xsd xsl xslt rng gpx kml",
	jsonData:                                       "json geojson jsonld webmanifest",
	vttText:                                        "vtt",
	samiText:                                       "smi sami",
	{bundle.KindCaptions, "application/x-subrip"}: "srt",
	{bundle.KindCaptions, "text/x-ssa"}:           "ass ssa",
})

func byName(classes map[class]string) map[string]class {
	m := map[string]class{}
	for c, exts := range classes {
		for ext := range set(exts) {
			m[ext] = c
		}
	}
	return m
}

// binaryTypes are the types that mimetype finds by content and that we know.
var binaryTypes = map[string]class{
	"image/jpeg":               {bundle.KindPicture, "image/jpeg"},
	"image/png":                {bundle.KindPicture, "image/png"},
	"image/vnd.mozilla.apng":   {bundle.KindPicture, "image/png"},
	"image/apng":               {bundle.KindPicture, "image/png"},
	"image/gif":                {bundle.KindPicture, "image/gif"},
	"image/webp":               {bundle.KindPicture, "image/webp"},
	"image/avif":               {bundle.KindPicture, "image/avif"},
	"image/bmp":                {bundle.KindPicture, "image/bmp"},
	"image/tiff":               {bundle.KindPicture, "image/tiff"},
	"image/heic":               {bundle.KindPicture, "image/heic"},
	"image/heic-sequence":      {bundle.KindPicture, "image/heic"},
	"image/heif":               {bundle.KindPicture, "image/heif"},
	"image/heif-sequence":      {bundle.KindPicture, "image/heif"},
	"image/x-icon":             {bundle.KindPicture, "image/vnd.microsoft.icon"},
	"image/vnd.microsoft.icon": {bundle.KindPicture, "image/vnd.microsoft.icon"},

	"audio/mpeg":      {bundle.KindSound, "audio/mpeg"},
	"audio/ogg":       {bundle.KindSound, "audio/ogg"},
	"application/ogg": {bundle.KindSound, "audio/ogg"},
	"audio/mp4":       {bundle.KindSound, "audio/mp4"},
	"audio/x-m4a":     {bundle.KindSound, "audio/mp4"},
	"audio/flac":      {bundle.KindSound, "audio/flac"},
	"audio/wav":       {bundle.KindSound, "audio/wav"},
	"audio/aac":       {bundle.KindSound, "audio/aac"},
	"audio/aiff":      {bundle.KindSound, "audio/aiff"},
	"audio/amr":       {bundle.KindSound, "audio/amr"},

	"video/mp4":        {bundle.KindVideo, "video/mp4"},
	"video/x-m4v":      {bundle.KindVideo, "video/mp4"},
	"video/webm":       {bundle.KindVideo, "video/webm"},
	"video/matroska":   {bundle.KindVideo, "video/x-matroska"},
	"video/x-matroska": {bundle.KindVideo, "video/x-matroska"},
	"video/quicktime":  {bundle.KindVideo, "video/quicktime"},
	"video/x-msvideo":  {bundle.KindVideo, "video/x-msvideo"},
	"video/3gpp":       {bundle.KindVideo, "video/3gpp"},
	"video/3gpp2":      {bundle.KindVideo, "video/3gpp2"},
	"video/mpeg":       {bundle.KindVideo, "video/mpeg"},
	"video/ogg":        {bundle.KindVideo, "video/ogg"},

	"application/pdf":                                 pdfFile,
	"application/epub+zip":                            epubFile,
	"application/vnd.oasis.opendocument.text":         odf("text"),
	"application/vnd.oasis.opendocument.spreadsheet":  odf("spreadsheet"),
	"application/vnd.oasis.opendocument.presentation": odf("presentation"),
	ooxml("wordprocessingml.document").mime:           ooxml("wordprocessingml.document"),
	ooxml("spreadsheetml.sheet").mime:                 ooxml("spreadsheetml.sheet"),
	ooxml("presentationml.presentation").mime:         ooxml("presentationml.presentation"),

	"font/ttf":                      {bundle.KindResource, "font/ttf"},
	"font/otf":                      {bundle.KindResource, "font/otf"},
	"font/collection":               {bundle.KindResource, "font/collection"},
	"font/woff":                     {bundle.KindResource, "font/woff"},
	"font/woff2":                    {bundle.KindResource, "font/woff2"},
	"application/vnd.ms-fontobject": {bundle.KindResource, "application/vnd.ms-fontobject"},

	"application/zip":  {bundle.KindFile, "application/zip"},
	"application/gzip": {bundle.KindFile, "application/gzip"},
}

func odf(what string) class {
	return class{bundle.KindDocument, "application/vnd.oasis.opendocument." + what}
}

func ooxml(what string) class {
	return class{bundle.KindDocument, "application/vnd.openxmlformats-officedocument." + what}
}

// mediaNames are extensions of kinds that go by content alone.
var mediaNames = set(`jpg jpeg jpe png apng gif webp avif bmp tif tiff heic heif ico
	mp3 ogg oga opus m4a m4b flac wav aac aif aiff amr weba mka 3ga
	mp4 m4v webm mkv mov avi 3gp 3g2 mpg mpeg ogv
	pdf epub odt ods odp docx xlsx pptx hwpx`)

// soundNames are extensions by which people tell sound from film in a container
// that can hold either.
var soundNames = map[string]class{
	"m4a":  {bundle.KindSound, "audio/mp4"},
	"m4b":  {bundle.KindSound, "audio/mp4"},
	"weba": {bundle.KindSound, "audio/webm"},
	"mka":  {bundle.KindSound, "audio/x-matroska"},
	"3ga":  {bundle.KindSound, "audio/3gpp"},
}

// programTypes are types by content that some system runs.
var programTypes = map[string]string{
	"application/vnd.microsoft.portable-executable": "Windows",
	"application/x-ms-installer":                    "Windows",
	"application/x-ms-shortcut":                     "a Windows shortcut",
	"application/vnd.ms-htmlhelp":                   "Windows help",
	"application/x-elf":                             "Linux",
	"application/x-object":                          "Linux",
	"application/x-executable":                      "Linux",
	"application/x-sharedlib":                       "Linux",
	"application/x-coredump":                        "Linux",
	"application/vnd.debian.binary-package":         "Linux",
	"application/x-rpm":                             "Linux",
	"application/x-mach-binary":                     "macOS",
	"application/x-java-applet":                     "Java",
	"application/java-archive":                      "Java",
	"application/vnd.android.package-archive":       "Android",
	"application/x-chrome-extension":                "a browser extension",
	"application/x-bytecode.python":                 "Python",
}

// siteTypes are programs by content that only run inside a page.
var siteTypes = set("application/wasm application/x-shockwave-flash")

// charsetTypes are the types beside text/* that carry a charset.
var charsetTypes = set(`application/xhtml+xml application/xml application/x-subrip
	application/x-sami`)
