package sanitize

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
)

// D24: a playlist in a data: address is no film: a player would fetch what it lists.
func TestD24Playlists(t *testing.T) {
	t.Parallel()
	const hls = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://beacon.invalid/a.ts\n"
	for text, kept := range map[string]bool{
		hls:               false,
		"\uFEFF" + hls:    false,
		" \r\n" + hls:     false,
		"<MPD><Period/>":  false,
		"<?xml ?><smil/>": false,
		"[playlist]\nFile1=http://beacon.invalid/": false,
		"\xff\xfe<\x00M\x00P\x00D\x00":             false,
		"\xfe\xff\x00<\x00M\x00P\x00D":             false,
		"\x00\x00\x00<ftypisom":                    true, // a box of 60 bytes
		"\x1a\x45\xdf\xa3#<[":                      true,
		"\xff\xfb\x90<":                            true,
		"ID3\x03#":                                 true,
	} {
		data := base64.StdEncoding.EncodeToString([]byte(text))
		for _, page := range []string{
			`<video src="data:video/mp4;base64,` + data + `"></video>`,
			`<audio src="data:audio/mpegurl;base64,` + strings.ReplaceAll(data, "=", "%3D") + `"></audio>`,
			`<video><source src="data:video/mp4;base64,%` + "49" + data[1:] + `"></video>`,
		} {
			if strings.Contains(page, "%49") && data[0] != 'I' {
				continue
			}
			var out bytes.Buffer
			if err := HTML(&out, strings.NewReader(page), Options{Linker: everything{}}); err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(out.String(), "data:"); got != kept {
				t.Errorf("%q in %.30q: kept is %v", text, page, got)
			}
		}
	}
}

// everything lets all addresses through.
type everything struct{}

func (everything) Link(ref string) (string, bool)            { return ref, true }
func (everything) Resource(ref string, _ Use) (string, bool) { return ref, true }
