package sign

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/crypto/blake2b"
)

// signWith returns a signature file with any algorithm and comments, as a tool of
// another make would write it.
func signWith(k PrivateKey, alg string, message []byte, untrusted, trusted string) []byte {
	signed := message
	if alg == algorithmPre {
		digest := blake2b.Sum512(message)
		signed = digest[:]
	}
	sig := ed25519.Sign(k.key, signed)
	global := ed25519.Sign(k.key, append(bytes.Clone(sig), trusted...))
	raw := append([]byte(alg+string(k.id[:])), sig...)
	return []byte(untrustedPrefix + untrusted + "\n" +
		base64.StdEncoding.EncodeToString(raw) + "\n" +
		trustedPrefix + trusted + "\n" +
		base64.StdEncoding.EncodeToString(global) + "\n")
}

// Whatever bit of a signature file is flipped, it is refused, or is the same
// signature where the bit was in the untrusted comment.
func TestSignatureBitFlips(t *testing.T) {
	t.Parallel()
	k := goldenKey(t).Public()
	message := golden(t, "golden.message")
	file := golden(t, "golden.message.minisig")
	want, err := ParseSignature(file)
	if err != nil {
		t.Fatal(err)
	}
	comment := bytes.IndexByte(file, '\n')
	accepted := 0
	for bit := range len(file) * 8 {
		bad := bytes.Clone(file)
		bad[bit/8] ^= 1 << (bit % 8)
		err := verifyFile(k, message, bad)
		if err == nil {
			accepted++
			if at := bit / 8; at < len(untrustedPrefix) || at >= comment {
				t.Errorf("bit %d flipped: accepted", bit)
			}
			if s, _ := ParseSignature(bad); s != want {
				t.Errorf("bit %d flipped: another signature", bit)
			}
		} else if !errors.Is(err, ErrFormat) && !errors.Is(err, ErrSignature) {
			t.Errorf("bit %d flipped: %v", bit, err)
		}
	}
	if accepted == 0 {
		t.Error("no flip in the untrusted comment was accepted")
	}
}

func TestSignatureMessageBitFlips(t *testing.T) {
	t.Parallel()
	k := goldenKey(t).Public()
	message := golden(t, "golden.message")
	s, err := ParseSignature(golden(t, "golden.message.minisig"))
	if err != nil {
		t.Fatal(err)
	}
	for bit := range len(message) * 8 {
		bad := bytes.Clone(message)
		bad[bit/8] ^= 1 << (bit % 8)
		if err := k.Verify(bad, s); !errors.Is(err, ErrSignature) {
			t.Errorf("bit %d of the message flipped: %v", bit, err)
		}
	}
	for n := range len(message) {
		if err := k.Verify(message[:n], s); !errors.Is(err, ErrSignature) {
			t.Errorf("message cut to %d bytes: %v", n, err)
		}
	}
}

func TestSignatureCut(t *testing.T) {
	t.Parallel()
	file := golden(t, "golden.message.minisig")
	for n := range len(file) {
		if s, err := ParseSignature(file[:n]); !errors.Is(err, ErrFormat) || s != (Signature{}) {
			t.Errorf("cut to %d bytes: %v, %v", n, s.KeyID(), err)
		}
	}
}

func TestA03OtherSignatureOfTheSameKey(t *testing.T) {
	t.Parallel()
	k := goldenKey(t)
	other := k.Sign([]byte("another message"))
	if err := verifyFile(k.Public(), []byte("a message"), other); !errors.Is(err, ErrSignature) {
		t.Errorf("got %v", err)
	}
}

func TestA05SameKeyID(t *testing.T) {
	t.Parallel()
	k := goldenKey(t)
	attacker := newKey(t, &counter{})
	attacker.id = k.id
	message := []byte("a message")
	file := attacker.Sign(message)
	if err := verifyFile(attacker.Public(), message, file); err != nil {
		t.Fatal(err)
	}
	if err := verifyFile(k.Public(), message, file); !errors.Is(err, ErrSignature) {
		t.Errorf("got %v", err)
	}
	for _, p := range []Pin{NewPin(k.Public()), {fingerprint: k.Public().Fingerprint()}} {
		if p.Matches(attacker.Public()) {
			t.Error("the pin matches the attacker's key")
		}
	}
}

func TestSignatureKeyID(t *testing.T) {
	t.Parallel()
	k := goldenKey(t)
	renamed := k
	renamed.id[0] ^= 1
	err := verifyFile(k.Public(), []byte("m"), renamed.Sign([]byte("m")))
	if !errors.Is(err, ErrSignature) {
		t.Errorf("signature with another key id: %v", err)
	}
}

func TestA07LegacyDowngrade(t *testing.T) {
	t.Parallel()
	k := goldenKey(t)
	message := golden(t, "golden.message")
	line := "RUR6" // "EDz", the beginning of the golden signature
	file := string(golden(t, "golden.message.minisig"))
	if strings.Count(file, line) != 1 {
		t.Fatalf("the golden signature has no line %q…", line)
	}
	flipped := strings.Replace(file, line, "RWR6", 1)
	if err := verifyFile(k.Public(), message, []byte(flipped)); !errors.Is(err, ErrFormat) {
		t.Errorf("ED changed to Ed: %v", err)
	}
	legacy := signWith(k, algorithm, message, "c", "c")
	if err := verifyFile(k.Public(), message, legacy); !errors.Is(err, ErrFormat) {
		t.Errorf("proper signature of the older kind: %v", err)
	}
	for _, alg := range []string{"eD", "ed", "\x00\x00", "EE"} {
		if _, err := ParseSignature(signWith(k, alg, message, "c", "c")); !errors.Is(err, ErrFormat) {
			t.Errorf("algorithm %q: %v", alg, err)
		}
	}
}

// The hash of a message, signed unhashed, has the same signature as the message.
func TestA08LegacyCrossUse(t *testing.T) {
	t.Parallel()
	s := newStock(t)
	k := goldenKey(t)
	digest := blake2b.Sum512([]byte("what the curator signed"))
	file := strings.Replace(string(k.Sign([]byte("what the curator signed"))), "RUR6", "RWR6", 1)
	if !s.accepts(k.Public(), digest[:], []byte(file)) {
		t.Fatal("minisign refuses, so this is not the attack")
	}
	if err := verifyFile(k.Public(), digest[:], []byte(file)); !errors.Is(err, ErrFormat) {
		t.Errorf("got %v", err)
	}
}

func TestA09Comments(t *testing.T) {
	t.Parallel()
	k := goldenKey(t)
	message := []byte("m")
	hostile := "\x1b[2J\u202Egpj.exe \x07 \xff\xfe <script>"
	file := string(signWith(k, algorithmPre, message, "one", "two"))
	edited := strings.Replace(file, untrustedPrefix+"one", untrustedPrefix+hostile, 1)
	if err := verifyFile(k.Public(), message, []byte(edited)); err != nil {
		t.Errorf("untrusted comment edited: %v", err)
	}
	edited = strings.Replace(file, "\n"+trustedPrefix+"two", "\n"+trustedPrefix+"twO", 1)
	if err := verifyFile(k.Public(), message, []byte(edited)); !errors.Is(err, ErrSignature) {
		t.Errorf("trusted comment edited: %v", err)
	}
	// A signed comment is accepted whatever it says; and no error quotes either one.
	s, err := ParseSignature(signWith(k, algorithmPre, message, hostile, hostile))
	if err != nil || k.Public().Verify(message, s) != nil {
		t.Errorf("hostile comments, signed: %v", err)
	}
	for _, bad := range []string{
		hostile + "\n" + hostile + "\n" + hostile + "\n" + hostile + "\n",
		strings.Replace(file, "one", hostile+"\r", 1),
		strings.Replace(file, "\n"+trustedPrefix+"two", "\n"+hostile, 1),
	} {
		_, err := ParseSignature([]byte(bad))
		if err == nil || strings.Contains(err.Error(), "script") {
			t.Errorf("hostile file: %v", err)
		}
	}
	if text := fmt.Sprint(k.Public().Verify([]byte("other"), s)); strings.Contains(text, "script") {
		t.Errorf("the error quotes a comment: %q", text)
	}
}

func TestA10TrailingBytes(t *testing.T) {
	t.Parallel()
	file := golden(t, "golden.message.minisig")
	for _, tail := range []string{"\n", " ", "x", "\x00", "x\n", string(file), "\n\n"} {
		if _, err := ParseSignature(append(bytes.Clone(file), tail...)); !errors.Is(err, ErrFormat) {
			t.Errorf("with %.10q after it: %v", tail, err)
		}
	}
}

func TestA11Spelling(t *testing.T) {
	t.Parallel()
	file := string(golden(t, "golden.message.minisig"))
	lines := strings.SplitAfter(file, "\n")
	// The last character before "=" has two spare bits, before "==" four.
	loose2 := strings.Replace(lines[1], "tkAg=", "tkAh=", 1)
	loose4 := strings.Replace(lines[3], "aSFBg==", "aSFBh==", 1)
	if loose2 == lines[1] || loose4 == lines[3] {
		t.Fatal("the golden signature does not end as expected")
	}
	for name, bad := range map[string]string{
		"CRLF":                 strings.ReplaceAll(file, "\n", "\r\n"),
		"CR":                   strings.ReplaceAll(file, "\n", "\r"),
		"CR in a comment":      strings.Replace(file, "signature", "sig\rnature", 1),
		"zero in a comment":    strings.Replace(file, "satchel", "satchel\x00", 1),
		"byte order mark":      "\ufeff" + file,
		"no last line feed":    strings.TrimSuffix(file, "\n"),
		"line feed before":     "\n" + file,
		"spare bits, line 2":   lines[0] + loose2 + lines[2] + lines[3],
		"spare bits, line 4":   lines[0] + lines[1] + lines[2] + loose4,
		"no padding":           strings.ReplaceAll(file, "=", ""),
		"URL alphabet":         strings.NewReplacer("+", "-", "/", "_").Replace(file),
		"space after base64":   strings.Replace(file, "=\n", "= \n", 1),
		"space before base64":  strings.Replace(file, "\nRUR6", "\n RUR6", 1),
		"lines exchanged":      lines[2] + lines[1] + lines[0] + lines[3],
		"signatures exchanged": lines[0] + lines[3] + lines[2] + lines[1],
		"upper-case prefix":    strings.Replace(file, "untrusted", "Untrusted", 1),
		"no space in prefix":   strings.Replace(file, "comment: satchel", "comment:satchel", 1),
		"UTF-16":               strings.ReplaceAll(file, "", "\x00"),
		"empty":                "",
		"long comment":         strings.Replace(file, "satchel", strings.Repeat("x", 1<<14), 1),
	} {
		if s, err := ParseSignature([]byte(bad)); !errors.Is(err, ErrFormat) || s != (Signature{}) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The longest comments that stock reads are the longest that are accepted.
func TestSignatureCommentLimits(t *testing.T) {
	t.Parallel()
	s := newStock(t)
	k := goldenKey(t)
	message := []byte("m")
	untrusted, trusted := maxUntrustedLine-len(untrustedPrefix), maxTrustedLine-len(trustedPrefix)
	for _, c := range []struct {
		untrusted, trusted int
		want               bool
	}{
		{0, 0, true},
		{untrusted, trusted, true},
		{untrusted + 1, 1, false},
		{1, trusted + 1, false},
	} {
		file := signWith(k, algorithmPre, message,
			strings.Repeat("u", c.untrusted), strings.Repeat("t", c.trusted))
		if err := verifyFile(k.Public(), message, file); (err == nil) != c.want {
			t.Errorf("comments of %d and %d bytes: %v", c.untrusted, c.trusted, err)
		}
		if got := s.accepts(k.Public(), message, file); got != c.want {
			t.Errorf("comments of %d and %d bytes: minisign says %v", c.untrusted, c.trusted, got)
		}
	}
}

// What we accept, stock accepts.
func TestStockAgrees(t *testing.T) {
	t.Parallel()
	s := newStock(t)
	k := goldenKey(t)
	message := golden(t, "golden.message")
	for _, comment := range []string{
		" ", "\t", "trusted comment: x", "\xff\xfe", "\u202e\u2066", "\x1b[31m", "timestamp:0\tfile:a b",
		strings.Repeat("é", 500),
	} {
		file := signWith(k, algorithmPre, message, comment, comment)
		if err := verifyFile(k.Public(), message, file); err != nil {
			t.Errorf("comments %.20q: %v", comment, err)
		}
		if !s.accepts(k.Public(), message, file, "-H") {
			t.Errorf("comments %.20q: minisign refuses", comment)
		}
	}
}

func TestE12CommentsSayNothing(t *testing.T) {
	t.Parallel()
	k := goldenKey(t)
	message := []byte("m")
	file := string(k.Sign(message))
	want := untrustedPrefix + "signature from minisign secret key\n"
	trusted := "\n" + trustedPrefix + "satchel\n"
	if !strings.HasPrefix(file, want) || !strings.Contains(file, trusted) {
		t.Errorf("Sign = %q", file)
	}
	if again := string(k.Sign(message)); again != file {
		t.Errorf("signed again: %q, want %q", again, file)
	}
	for _, word := range []string{"timestamp", "file:", "hashed"} {
		if strings.Contains(file, word) {
			t.Errorf("the signature file has %q in it", word)
		}
	}
}

func FuzzSignature(f *testing.F) {
	file := golden(f, "golden.message.minisig")
	k := goldenKey(f)
	f.Add(file)
	f.Add(signWith(k, algorithmPre, []byte("m"), "\x1b", "timestamp:1\tfile:m\thashed"))
	f.Add(signWith(k, algorithm, []byte("m"), "", ""))
	f.Add(append(bytes.Clone(file), '\n'))
	f.Fuzz(func(t *testing.T, file []byte) {
		s, err := ParseSignature(file)
		if err != nil {
			if !errors.Is(err, ErrFormat) || s != (Signature{}) {
				t.Errorf("error %v with %v", err, s)
			}
			return
		}
		first, _, _ := strings.Cut(string(file), "\n")
		_, rest, _ := strings.Cut(string(s.file()), "\n")
		if got := first + "\n" + rest; got != string(file) {
			t.Errorf("formats to %q, was %q", got, file)
		}
		if len(s.KeyID()) != 16 {
			t.Errorf("key id %q", s.KeyID())
		}
		_ = k.Public().Verify(file, s)
	})
}
