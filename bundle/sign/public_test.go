package sign

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestPublicKeyForms(t *testing.T) {
	t.Parallel()
	k := goldenKey(t).Public()
	file := string(k.File())
	for name, text := range map[string]string{
		"line":         k.String(),
		"file":         file,
		"no last line": strings.TrimSuffix(file, "\n"),
		"CRLF":         strings.ReplaceAll(file, "\n", "\r\n"),
		"comment":      untrustedPrefix + "\x1b\u202e RWQ\n" + k.String() + "\n",
		"no comment":   untrustedPrefix + "\n" + k.String() + "\n",
	} {
		if got, err := ParsePublicKey(text); err != nil || got != k {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if k.ID() != "E4CE4042470D247A" {
		t.Errorf("ID = %s", k.ID())
	}
}

func TestPublicKeyRefused(t *testing.T) {
	t.Parallel()
	k := goldenKey(t).Public()
	line, file := k.String(), string(k.File())
	secret := string(golden(t, "golden.key"))
	for name, text := range map[string]string{
		"empty":             "",
		"line with LF":      line + "\n",
		"space before":      " " + line,
		"space after":       line + " ",
		"cut":               line[:55],
		"longer":            line + "A",
		"URL alphabet":      strings.Replace(line, "+", "-", 1),
		"line feed inside":  line[:20] + "\n" + line[21:],
		"two line feeds":    file + "\n",
		"third line":        file + "x\n",
		"no key line":       untrustedPrefix + "x",
		"byte order mark":   "\ufeff" + file,
		"wrong prefix":      strings.Replace(file, "untrusted", "trusted", 1),
		"lone CR":           strings.ReplaceAll(file, "\n", "\r"),
		"CRCRLF":            strings.ReplaceAll(file, "\n", "\r\r\n"),
		"older algorithm":   keyText("ED", k.id, k.point[:]),
		"other algorithm":   keyText("XX", k.id, k.point[:]),
		"short key":         keyText(algorithm, k.id, k.point[:31]),
		"long key":          keyText(algorithm, k.id, append(k.point[:], 0)),
		"too long":          untrustedPrefix + strings.Repeat("x", maxKeyFile) + "\n" + line + "\n",
		"signature":         string(golden(t, "golden.message.minisig")),
		"secret key":        secret,
		"secret key's line": strings.Split(secret, "\n")[1],
	} {
		if got, err := ParsePublicKey(text); !errors.Is(err, ErrFormat) || got != (PublicKey{}) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	_, err := ParsePublicKey(secret)
	if text := fmt.Sprint(err); !strings.Contains(text, "this is the secret key") ||
		strings.Contains(text, "RWQAAEIy") {
		t.Errorf("for a secret key: %q", text)
	}
}

// Every changed character of a key is refused, or is another key.
func TestPublicKeyChanged(t *testing.T) {
	t.Parallel()
	k := goldenKey(t).Public()
	line := k.String()
	refused := 0
	for i := range line {
		for c := range 256 {
			if byte(c) == line[i] {
				continue
			}
			bad := []byte(line)
			bad[i] = byte(c)
			got, err := ParsePublicKey(string(bad))
			switch {
			case err != nil:
				refused++
			case got == k || got.String() != string(bad):
				t.Errorf("%q gives %v", bad, got)
			}
		}
	}
	if refused < len(line)*190 {
		t.Errorf("only %d changes were refused", refused)
	}
}

func TestZeroPublicKey(t *testing.T) {
	t.Parallel()
	// For an all-zero key this signature of anything holds one time in four, if
	// nobody looks at the key.
	s := Signature{}
	for i := range 64 {
		if err := (PublicKey{}).Verify([]byte{byte(i)}, s); !errors.Is(err, ErrSignature) {
			t.Errorf("zero key: %v", err)
		}
	}
}

func TestB16NearCollision(t *testing.T) {
	t.Parallel()
	f := goldenKey(t).Public().Fingerprint()
	near := f
	near.digits[dataDigits/2] ^= 1
	a, b := f.Groups(Latin), near.Groups(Latin)
	if a[0] != b[0] || a[groups-1] != b[groups-1] || a[groups/2] == b[groups/2] {
		t.Fatalf("%q and %q are no near collision", a, b)
	}
	p, err := ParsePin(near.String())
	if err != nil {
		t.Fatal(err)
	}
	if p.Matches(goldenKey(t).Public()) {
		t.Error("a fingerprint that differs in the middle matches")
	}
}

func FuzzPublicKey(f *testing.F) {
	k := goldenKey(f).Public()
	f.Add(k.String())
	f.Add(string(k.File()))
	f.Add(strings.ReplaceAll(string(k.File()), "\n", "\r\n"))
	f.Add(keyText(algorithm, k.id, make([]byte, 32)))
	f.Add(keyText(algorithm, k.id, bytes.Repeat([]byte{0xff}, 32)))
	f.Add(string(golden(f, "golden.key")))
	f.Fuzz(func(t *testing.T, text string) {
		k, err := ParsePublicKey(text)
		if err != nil {
			if k != (PublicKey{}) || !errors.Is(err, ErrFormat) && !errors.Is(err, ErrWeakKey) {
				t.Errorf("error %v with %v", err, k)
			}
			return
		}
		if !strings.HasPrefix(text, untrustedPrefix) && k.String() != text {
			t.Errorf("formats to %q, was %q", k, text)
		}
		if !strings.Contains(text, base64.StdEncoding.EncodeToString(k.raw())) {
			t.Errorf("%q does not have the key %v in it", text, k)
		}
		for _, again := range []string{k.String(), string(k.File())} {
			if got, err := ParsePublicKey(again); err != nil || got != k {
				t.Errorf("%q: %v, %v", again, got, err)
			}
		}
	})
}
