package sign

import (
	"errors"
	"strings"
	"testing"
)

func TestPin(t *testing.T) {
	t.Parallel()
	k := goldenKey(t).Public()
	other := newKey(t, &counter{}).Public()
	renamed := k
	renamed.id[0]++
	for name, c := range map[string]struct {
		text  string
		byKey bool
	}{
		"line":        {k.String(), true},
		"line end":    {" " + k.String() + "\r\n", true},
		"file":        {string(k.File()), true},
		"CRLF file":   {strings.ReplaceAll(string(k.File()), "\n", "\r\n"), true},
		"fingerprint": {k.Fingerprint().String(), false},
		"numerals":    {"\n" + k.Fingerprint().Format(Burmese) + "\n", false},
	} {
		p, err := ParsePin(c.text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !p.Matches(k) || p.Matches(other) || p.Matches(PublicKey{}) {
			t.Errorf("%s: does not match what it should", name)
		}
		if got := p.Matches(renamed); got == c.byKey {
			t.Errorf("%s: matches the key under another id: %v", name, got)
		}
		got, ok := p.Key()
		if ok != c.byKey || ok && got != k {
			t.Errorf("%s: Key = %v, %v", name, got, ok)
		}
		if p.Fingerprint() != k.Fingerprint() {
			t.Errorf("%s: Fingerprint = %v", name, p.Fingerprint())
		}
		if c.byKey && p != NewPin(k) {
			t.Errorf("%s: not the pin for the key", name)
		}
	}
}

func TestPinRefused(t *testing.T) {
	t.Parallel()
	k := goldenKey(t).Public()
	fingerprint := k.Fingerprint().String()
	for _, text := range []string{
		"", "RW", "news.pub", k.String()[1:], k.String() + "A", k.ID(), fingerprint[:40],
		strings.Replace(fingerprint, "4", "5", 1), fingerprint + strings.Repeat(" ", maxKeyFile) + "1",
		k.String() + "\n" + k.String(), string(golden(t, "golden.key")),
	} {
		if p, err := ParsePin(text); !errors.Is(err, ErrFormat) || p != (Pin{}) {
			t.Errorf("ParsePin(%.60q) = %v, %v", text, p, err)
		}
	}
}
