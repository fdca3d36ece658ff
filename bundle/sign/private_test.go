package sign

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// cheap is a derivation that costs little.
var cheap = derivation{salt: [saltLen]byte{1}, ops: opsMin, mem: memMin}

func passphrase(s string) func() ([]byte, error) {
	return func() ([]byte, error) { return []byte(s), nil }
}

func neverAsked(t testing.TB) func() ([]byte, error) {
	return func() ([]byte, error) {
		t.Error("a passphrase was asked for")
		return nil, nil
	}
}

// edit returns a secret key file with its bytes changed by f.
func edit(t testing.TB, file []byte, f func(raw []byte)) []byte {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(strings.Split(string(file), "\n")[1])
	if err != nil {
		t.Fatal(err)
	}
	f(raw)
	return keyFile(secretTitle, raw)
}

func TestGenerateKey(t *testing.T) {
	t.Parallel()
	a, b := newKey(t, nil), newKey(t, nil)
	if a.Public() == b.Public() || a.Public().ID() == b.Public().ID() {
		t.Error("two keys are the same")
	}
	if x, y := newKey(t, &counter{}), newKey(t, &counter{}); x.Public() != y.Public() {
		t.Error("the same random bytes make different keys")
	}
	for _, r := range []io.Reader{strings.NewReader("short"), iotest.ErrReader(io.ErrClosedPipe)} {
		if k, err := GenerateKey(r); err == nil || k.key != nil {
			t.Errorf("GenerateKey = %v, %v", k, err)
		}
	}
}

func TestEncrypted(t *testing.T) {
	t.Parallel()
	k := goldenKey(t)
	file, err := k.encrypt([]byte("open"), cheap)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParsePrivateKey(file, passphrase("open"))
	if err != nil || got.Public() != k.Public() || !got.key.Equal(k.key) {
		t.Errorf("ParsePrivateKey = %v, %v", got, err)
	}
	for _, bad := range []string{"", "Open", "open ", "open\n"} {
		got, err := ParsePrivateKey(file, passphrase(bad))
		if !errors.Is(err, ErrPassphrase) || got.key != nil {
			t.Errorf("with %q: %v, %v", bad, got, err)
		}
	}
	if _, err := ParsePrivateKey(file, nil); !errors.Is(err, ErrPassphrase) {
		t.Errorf("with no way to ask: %v", err)
	}
	cancelled := errors.New("cancelled")
	_, err = ParsePrivateKey(file, func() ([]byte, error) { return nil, cancelled })
	if !errors.Is(err, cancelled) {
		t.Errorf("cancelled: %v", err)
	}
}

// minisign lets a curator encrypt with an empty passphrase; such a file opens.
func TestEncryptedWithEmptyPassphrase(t *testing.T) {
	t.Parallel()
	k := goldenKey(t)
	file, err := k.encrypt(nil, cheap)
	if err != nil || !IsEncrypted(file) {
		t.Fatal(err)
	}
	if got, err := ParsePrivateKey(file, passphrase("")); err != nil || got.Public() != k.Public() {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestEncryptRefuses(t *testing.T) {
	t.Parallel()
	k := goldenKey(t)
	for _, bad := range []string{"a\nb", "a\r", "\x00", strings.Repeat("x", maxPassphrase+1)} {
		if file, err := k.Encrypt([]byte(bad), nil); !errors.Is(err, ErrFormat) || file != nil {
			t.Errorf("passphrase %.10q: %v", bad, err)
		}
	}
	if file, err := k.Encrypt([]byte("x"), strings.NewReader("short")); err == nil || file != nil {
		t.Error("no error for a salt that is cut short")
	}
}

func TestPrivateKeyLineEnds(t *testing.T) {
	t.Parallel()
	file := string(golden(t, "golden.key"))
	for name, text := range map[string]string{
		"LF":           file,
		"CRLF":         strings.ReplaceAll(file, "\n", "\r\n"),
		"no last line": strings.TrimSuffix(file, "\n"),
	} {
		k, err := ParsePrivateKey([]byte(text), neverAsked(t))
		if err != nil || k.Public() != goldenKey(t).Public() {
			t.Errorf("%s: %v, %v", name, k, err)
		}
	}
}

func TestPrivateKeyRefused(t *testing.T) {
	t.Parallel()
	plain, encrypted := golden(t, "golden.key"), golden(t, "golden-encrypted.key")
	set := func(file []byte, at int, b ...byte) []byte {
		return edit(t, file, func(raw []byte) { copy(raw[at:], b) })
	}
	limits := func(ops, mem uint64) []byte {
		return edit(t, encrypted, func(raw []byte) {
			binary.LittleEndian.PutUint64(raw[opsAt:], ops)
			binary.LittleEndian.PutUint64(raw[memAt:], mem)
		})
	}
	for name, file := range map[string][]byte{
		"empty":            nil,
		"public key":       golden(t, "golden.pub"),
		"signature":        golden(t, "golden.message.minisig"),
		"line alone":       bytes.SplitAfter(plain, []byte("\n"))[1],
		"cut":              plain[:len(plain)-10],
		"third line":       append(bytes.Clone(plain), "x\n"...),
		"too long":         append(bytes.Clone(plain), make([]byte, maxKeyFile)...),
		"algorithm":        set(plain, 0, 'E', 'D'),
		"encryption":       set(plain, kdfAt, 'A', '2'),
		"half encrypted":   set(plain, kdfAt, 'S'),
		"checksum kind":    set(plain, chkAlgAt, 'B', '3'),
		"checksum":         set(plain, bodyAt+checksumAt, 1),
		"seed changed":     set(plain, bodyAt+idLen, 0),
		"halves mixed":     set(plain, bodyAt+idLen+32, goldenKey(t).Public().point[1]),
		"too many ops":     limits(opsSensitive+1, memSensitive),
		"too much memory":  limits(opsSensitive, memSensitive+1),
		"vast":             limits(1<<63, 1<<63),
		"all ones":         limits(1<<64-1, 1<<64-1),
		"too few ops":      limits(opsMin-1, memMin),
		"too small memory": limits(opsMin, memMin-1),
		"zeros":            limits(0, 0),
	} {
		k, err := ParsePrivateKey(file, neverAsked(t))
		if !errors.Is(err, ErrFormat) || k.key != nil {
			t.Errorf("%s: %v, %v", name, k, err)
		}
	}
}

// Every flipped bit in the body of a plain key is refused, but for the key id, which
// nothing covers there: it gives another key id.
func TestPrivateKeyBitFlips(t *testing.T) {
	t.Parallel()
	plain := golden(t, "golden.key")
	want := goldenKey(t)
	for bit := range bodyLen * 8 {
		file := edit(t, plain, func(raw []byte) { raw[bodyAt+bit/8] ^= 1 << (bit % 8) })
		k, err := ParsePrivateKey(file, neverAsked(t))
		if bit/8 < idLen {
			if err != nil || k.id == want.id || !k.key.Equal(want.key) {
				t.Errorf("bit %d of the id: %v, %v", bit, k, err)
			}
		} else if !errors.Is(err, ErrFormat) {
			t.Errorf("bit %d: %v", bit, err)
		}
	}
}

func TestIsEncrypted(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"golden.key": false, "golden-encrypted.key": true, "golden.pub": false,
		"golden.message": false, "golden.message.minisig": false,
	} {
		if got := IsEncrypted(golden(t, name)); got != want {
			t.Errorf("IsEncrypted(%s) = %v", name, got)
		}
	}
}

func TestIsPrivateKey(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"golden.key": true, "golden-encrypted.key": true, "golden.pub": false,
		"golden.message": false, "golden.message.minisig": false, "golden.fingerprint": false,
	} {
		file := golden(t, name)
		for _, text := range [][]byte{
			file, file[:min(len(file), 64)], append(bytes.Clone(file), make([]byte, 1<<20)...),
			append([]byte("\ufeff"), file...), append([]byte("\r\n \n"), file...),
			bytes.ReplaceAll(file, []byte("\n"), []byte("\r\n")),
		} {
			if got := IsPrivateKey(text); got != want {
				t.Errorf("IsPrivateKey(%.80q) = %v", text, got)
			}
		}
	}
	signify := append([]byte("EdBK\x00\x00\x00\x2a"), make([]byte, 96)...)
	if !IsPrivateKey(keyFile("signify secret key", signify)) {
		t.Error("a secret key of signify is not known")
	}
	for _, text := range []string{"", "\n\n\n\n", "An article on RWRTY0Iy and RWQAAEIy.\n"} {
		if IsPrivateKey([]byte(text)) {
			t.Errorf("IsPrivateKey(%q)", text)
		}
	}
}

// However a key is printed, alone or inside of something, its secret does not show.
func TestPrivateKeyIsNotPrinted(t *testing.T) {
	t.Parallel()
	k := goldenKey(t)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x", "%q", "%T %v"} {
		args := []any{k, k}[:strings.Count(verb, "%")]
		for _, text := range []string{
			fmt.Sprintf(verb, args...), fmt.Sprintf("%v", []PrivateKey{k}), fmt.Sprint(&k),
		} {
			for _, secret := range []string{
				fmt.Sprintf("%x", []byte(k.key[:4])), fmt.Sprint([]byte(k.key[:4]))[1:8],
			} {
				if strings.Contains(text, secret) {
					t.Errorf("%s prints %q", verb, text)
				}
			}
		}
	}
	if got, want := fmt.Sprint(k), "private key "+k.Public().ID(); got != want {
		t.Errorf("printed as %q, want %q", got, want)
	}
}

func TestDerivationCost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ops, mem uint64
		n, p     int
	}{
		{opsSensitive, memSensitive, 1 << 20, 1},         // stock
		{opsSensitive / 2, memSensitive / 2, 1 << 19, 1}, // stock, short of memory
		{1 << 19, 1 << 24, 1 << 14, 1},                   // libsodium's interactive
		{opsMin, memMin, 1 << 10, 1},
		{opsMin, memSensitive, 1 << 10, 1},
		{opsSensitive, memMin, 1 << 14, 64},
		{1<<19 - 1, 1 << 24, 1 << 13, 1},
	} {
		n, p, err := derivation{ops: c.ops, mem: c.mem}.cost()
		if err != nil || n != c.n || p != c.p {
			t.Errorf("ops %d, mem %d: %d, %d, %v; want %d, %d", c.ops, c.mem, n, p, err, c.n, c.p)
		}
	}
}

// Whatever a file claims, within the limits the cost is that of stock at most.
func TestDerivationBounds(t *testing.T) {
	t.Parallel()
	for ops := uint64(opsMin); ops <= opsSensitive; ops += ops/3 + 7 {
		for mem := uint64(memMin); mem <= memSensitive; mem += mem/5 + 3 {
			n, p, err := derivation{ops: ops, mem: mem}.cost()
			if err != nil || p < 1 || n < 2 || n&(n-1) != 0 {
				t.Fatalf("ops %d, mem %d: %d, %d, %v", ops, mem, n, p, err)
			}
			if bytes := uint64(n+p) * scryptR * 128; uint64(n*p) > 1<<20 || bytes > memSensitive+1<<10 {
				t.Fatalf("ops %d, mem %d: N %d, p %d", ops, mem, n, p)
			}
		}
	}
}

func FuzzPrivateKey(f *testing.F) {
	plain := golden(f, "golden.key")
	f.Add(plain)
	f.Add(golden(f, "golden-encrypted.key"))
	f.Add(golden(f, "golden.pub"))
	f.Add(bytes.ReplaceAll(plain, []byte("\n"), []byte("\r\n")))
	f.Add(edit(f, plain, func(raw []byte) { raw[bodyAt] ^= 1 }))
	asked := errors.New("asked")
	f.Fuzz(func(t *testing.T, file []byte) {
		k, err := ParsePrivateKey(file, func() ([]byte, error) { return nil, asked })
		if errors.Is(err, asked) != IsEncrypted(file) && !errors.Is(err, ErrFormat) {
			t.Errorf("IsEncrypted = %v, but %v", IsEncrypted(file), err)
		}
		if err != nil {
			if k.key != nil || !errors.Is(err, ErrFormat) && !errors.Is(err, asked) {
				t.Errorf("error %v with %v", err, k)
			}
			return
		}
		if !IsPrivateKey(file) {
			t.Error("a packer would not notice this secret key")
		}
		again, _ := k.Encrypt(nil, nil)
		got, err := ParsePrivateKey(again, nil)
		if err != nil || got.id != k.id || !got.key.Equal(k.key) {
			t.Errorf("formatted and parsed: %v, %v", got, err)
		}
		if err := verifyFile(k.Public(), file, k.Sign(file)); err != nil {
			t.Errorf("a key that was parsed does not sign: %v", err)
		}
	})
}
