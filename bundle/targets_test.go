package bundle

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestC24FuzzTargets: everything that takes apart what a stranger wrote has a target of its
// own. 'make fuzz FUZZTIME=10m' runs them before a release.
func TestC24FuzzTargets(t *testing.T) {
	t.Parallel()
	target := regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)
	var have []string
	err := fs.WalkDir(os.DirFS(".."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		for _, m := range target.FindAllStringSubmatch(string(read(t, "../"+name)), -1) {
			have = append(have, m[1])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for parser, want := range map[string]string{
		"MANIFEST": "FuzzManifest", "MEMBERS": "FuzzMembers", "a page of index": "FuzzPage",
		"catalogue records": "FuzzRecords", "the block table": "FuzzBlocks", "ZIP framing": "FuzzFraming",
		"a zstd frame": "FuzzDecode", "a whole bundle": "FuzzOpen", "a signature": "FuzzSignature",
		"a public key": "FuzzPublicKey", "a secret key": "FuzzPrivateKey", "a fingerprint": "FuzzFingerprint",
		"a page of HTML": "FuzzHTML", "a style sheet": "FuzzCSS", "a drawing": "FuzzSVG",
		"a request": "FuzzRequest", "what comes over the wire": "FuzzWire", "captions": "FuzzWebVTT",
	} {
		if !slices.Contains(have, want) {
			t.Errorf("%s is taken apart without a target %s", parser, want)
		}
	}
}
