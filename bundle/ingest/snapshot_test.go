package ingest

import (
	"encoding/base64"
	"testing"

	"satchel/bundle"
)

// TestE08OneCanaryInASnapshot plants the canary in the headers and parts of a page saved in one file.
func TestE08OneCanaryInASnapshot(t *testing.T) {
	t.Parallel()
	photo := encoded(t, asJPEG)
	photo = photo[:2] + "\xff\xfe\x00" + string(rune(len(canary)+2)) + canary + photo[2:]
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
