package viewer

import (
	"strings"
	"testing"

	"satchel/bundle"
	"satchel/viewer/internal/testbundle"
)

// TestTitlesInTheReadersLanguage: a bundle that has titles in several languages is called as its reader
// calls things, and what it is about is said likewise.
func TestTitlesInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	name := testbundle.Pack(t, testbundle.Files{"a.html": "<p>x"}, bundle.Options{
		Language:    "en",
		Titles:      bundle.Text{{Language: "en", Text: "Water"}, {Language: "ko", Text: "물"}, {Language: "zh-CN", Text: "饮水"}, {Language: "zh-TW", Text: "飲水"}},
		Description: bundle.Text{{Language: "ko", Text: "물에 대하여"}, {Language: "", Text: "<About> water"}},
	})
	s := newSession(t, Options{}, testbundle.Open(t, name))
	for lang, want := range map[string][]string{
		"en":      {`<bdi lang="en">Water</bdi>`, `<p dir="auto">&lt;About&gt; water</p>`},
		"ko":      {`<bdi lang="ko">물</bdi>`, `<p dir="auto" lang="ko">물에 대하여</p>`},
		"fa":      {`<bdi lang="en">Water</bdi>`},
		"zh-Hans": {`<bdi lang="zh-CN">饮水</bdi>`},
		"zh-Hant": {`<bdi lang="zh-TW">飲水</bdi>`},
	} {
		_, page := s.homeIn(lang)
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("%s: no %s in %s", lang, w, page[:min(len(page), 2500)])
			}
		}
	}
}
