package document

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

const hwpSpace = `xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph" xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section" ` +
	`xmlns:hh="http://www.hancom.co.kr/hwpml/2011/head" xmlns:hc="http://www.hancom.co.kr/hwpml/2011/core"`

func testHWPX() entries {
	const sub = `<hp:subList id="" textDirection="HORIZONTAL">`
	return entries{
		{"=mimetype", "application/hwp+zip"},
		{"META-INF/container.xml", `<ocf:container xmlns:ocf="urn:oasis:names:tc:opendocument:xmlns:container"><ocf:rootfiles><ocf:rootfile full-path="Contents/content.hpf" media-type="application/hwpml-package+xml"/></ocf:rootfiles></ocf:container>`},
		{"META-INF/manifest.xml", `<odf:manifest xmlns:odf="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>`},
		{"version.xml", canary}, {"settings.xml", canary}, {"Preview/PrvText.txt", canary}, {"Scripts/headerScripts", canary},
		{"Contents/content.hpf", `<opf:package xmlns:opf="http://www.idpf.org/2007/opf/"><opf:metadata><opf:title>우물 &amp; 펌프</opf:title><opf:language>ko</opf:language>` +
			`<opf:meta name="creator" content="text">` + canary + `</opf:meta><opf:meta name="CreatedDate" content="text">` + canary + `</opf:meta></opf:metadata>` +
			`<opf:manifest><opf:item id="header" href="Contents/header.xml"/><opf:item id="image1" href="BinData/image1.png"/><opf:item id="image2" href="BinData/image2.wmf"/><opf:item id="section0" href="Contents/section0.xml"/></opf:manifest>` +
			`<opf:spine><opf:itemref idref="header"/><opf:itemref idref="section0"/></opf:spine></opf:package>`},
		{"Contents/header.xml", `<hh:head ` + hwpSpace + `><hh:refList><hh:charProperties><hh:charPr id="0"/><hh:charPr id="1"><hh:bold/></hh:charPr></hh:charProperties>` +
			`<hh:paraProperties><hh:paraPr id="5"><hh:heading type="OUTLINE" level="2"/></hh:paraPr></hh:paraProperties>` +
			`<hh:styles><hh:style id="0" name="바탕글" engName="Normal"/><hh:style id="2" name="개요 1" engName="Outline 1"/></hh:styles></hh:refList></hh:head>`},
		{"Contents/section0.xml", `<hs:sec ` + hwpSpace + `><hp:p styleIDRef="2"><hp:run charPrIDRef="0"><hp:secPr><x>` + canary + `</x></hp:secPr><hp:ctrl><hp:header>` + sub + `<hp:p><hp:run><hp:t>` + canary + `</hp:t></hp:run></hp:p></hp:subList></hp:header></hp:ctrl>` +
			`<hp:t>우물</hp:t></hp:run><hp:linesegarray><hp:lineseg textpos="0"/></hp:linesegarray></hp:p><hp:p paraPrIDRef="5"><hp:run><hp:t>Deep</hp:t></hp:run></hp:p>` +
			`<hp:p styleIDRef="0"><hp:run charPrIDRef="1"><hp:t>굵게</hp:t></hp:run><hp:run charPrIDRef="0"><hp:t> a&lt;b<hp:lineBreak/>c<hp:deleteBegin Id="1"/>` + canary + `<hp:deleteEnd Id="1"/><hp:fwSpace/></hp:t>` +
			`<hp:ctrl><hp:footNote number="1">` + sub + `<hp:p><hp:run><hp:t>A note</hp:t></hp:run></hp:p></hp:subList></hp:footNote></hp:ctrl>` +
			`<hp:ctrl><hp:fieldBegin type="MEMO">` + sub + `<hp:p><hp:run><hp:t>` + canary + `</hp:t></hp:run></hp:p></hp:subList></hp:fieldBegin></hp:ctrl><hp:t>.</hp:t></hp:run>` +
			`<hp:run><hp:tbl rowCnt="1" colCnt="2"><hp:tr><hp:tc>` + sub + `<hp:p><hp:run><hp:t>Cell</hp:t></hp:run></hp:p></hp:subList><hp:cellAddr/><hp:cellSpan colSpan="2" rowSpan="1"/></hp:tc></hp:tr></hp:tbl>` +
			`<hp:pic><hp:shapeComment>` + canary + `</hp:shapeComment><hc:img binaryItemIDRef="image1"/></hp:pic><hp:pic><hc:img binaryItemIDRef="image2"/></hp:pic><hp:equation><hp:script>x over y</hp:script></hp:equation>` +
			`<hp:rect><hp:drawText>` + sub + `<hp:p><hp:run><hp:t>In a box</hp:t></hp:run></hp:p></hp:subList></hp:drawText></hp:rect></hp:run></hp:p></hs:sec>`},
		{"BinData/image1.png", pngFile}, {"BinData/image2.wmf", canary},
	}
}

func TestHWPX(t *testing.T) {
	t.Parallel()
	want := `<!DOCTYPE html>
<html lang="ko"><head><meta charset="utf-8"><title>우물 &amp; 펌프</title></head><body>
<h1>우물</h1>
<h3>Deep</h3>
<p><b>굵게</b> a&lt;b<br>c` + "\u3000" + `<sup><a href="#note1">1</a></sup>.</p>
<table>
<tr><td colspan="2"><p>Cell</p></td></tr>
</table>
<p><img alt="" src="data:image/png;base64,` + base64Of(strings.ReplaceAll(pngFile, canary, "clean")) + `"><code>x over y</code></p>
<p>In a box</p>
<hr>
<ol>
<li id="note1"><p>A note</p></li>
</ol>
</body></html>
`
	for name, data := range map[string][]byte{
		"2011":     testHWPX().zip(t),
		"standard": testHWPX().with("Contents/section0.xml", strings.ReplaceAll(testHWPX().get("Contents/section0.xml"), "http://www.hancom.co.kr/hwpml/2011/", "http://www.owpml.org/owpml/2021/")).zip(t),
	} {
		page, info, err := HWPX(bytes.NewReader(data), int64(len(data)), Options{testOnlyScrub: fakeScrubber{}})
		must(t, err)
		noCanary(t, page)
		if string(page) != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, page, want)
		}
		if info.Title != "우물 & 펌프" || info.Language != "ko" || info.Byline != "" {
			t.Errorf("%s: %+v", name, info)
		}
	}
}

func TestHWPXRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		name, content string
		want          error
	}{
		"encrypted":      {"META-INF/manifest.xml", `<m:manifest xmlns:m="x"><m:encryption-data/></m:manifest>`, ErrEncrypted},
		"no package":     {"Contents/content.hpf", "", ErrFormat},
		"no section":     {"Contents/section0.xml", "", ErrFormat},
		"broken section": {"Contents/section0.xml", "<a>", ErrFormat},
		"entities":       {"Contents/section0.xml", `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, ErrFormat},
	} {
		data := testHWPX().with(c.name, c.content).zip(t)
		if _, _, err := HWPX(bytes.NewReader(data), int64(len(data)), Options{}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
