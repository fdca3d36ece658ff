package sign

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const goldenPassphrase = "correct horse"

// golden returns the content of a file in testdata.
func golden(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// goldenKey returns the private key in testdata.
func goldenKey(t testing.TB) PrivateKey {
	t.Helper()
	k, err := ParsePrivateKey(golden(t, "golden.key"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// counter is a source of bytes that are all different keys and salts, and the same
// on every run.
type counter struct{ next byte }

func (c *counter) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = c.next*73 + byte(i)
	}
	c.next++
	return len(p), nil
}

func newKey(t testing.TB, random io.Reader) PrivateKey {
	t.Helper()
	k, err := GenerateKey(random)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// verifyFile is what a caller does with a signature file.
func verifyFile(k PublicKey, message, file []byte) error {
	s, err := ParseSignature(file)
	if err != nil {
		return err
	}
	return k.Verify(message, s)
}

// stock runs the minisign that is installed, with a passphrase where it wants one.
type stock struct {
	t    testing.TB
	path string
	dir  string
}

func newStock(t testing.TB) stock {
	t.Helper()
	path, err := exec.LookPath("minisign")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("minisign is not installed")
		}
		t.Skip("minisign is not installed")
	}
	return stock{t, path, t.TempDir()}
}

// file writes content into the test's folder and returns its path.
func (s stock) file(name string, content []byte) string {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

func (s stock) read(name string) []byte {
	s.t.Helper()
	b, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

func (s stock) run(passphrase string, args ...string) (string, error) {
	cmd := exec.Command(s.path, args...)
	cmd.Dir = s.dir
	cmd.Stdin = strings.NewReader(strings.Repeat(passphrase+"\n", 2))
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (s stock) must(passphrase string, args ...string) {
	s.t.Helper()
	if out, err := s.run(passphrase, args...); err != nil {
		s.t.Fatalf("minisign %q: %v\n%s", args, err, out)
	}
}

// accepts says whether stock minisign calls the signature good.
func (s stock) accepts(k PublicKey, message, file []byte, flags ...string) bool {
	s.t.Helper()
	args := append(flags, "-V", "-m", s.file("checked", message),
		"-x", s.file("checked.minisig", file), "-P", k.String())
	_, err := s.run("", args...)
	return err == nil
}

func TestGolden(t *testing.T) {
	t.Parallel()
	k := goldenKey(t)
	message := golden(t, "golden.message")
	if got, want := k.Sign(message), golden(t, "golden.message.minisig"); !bytes.Equal(got, want) {
		t.Errorf("Sign = %q, want %q", got, want)
	}
	if got, want := k.Public().File(), golden(t, "golden.pub"); !bytes.Equal(got, want) {
		t.Errorf("File = %q, want %q", got, want)
	}
	if got, err := k.Encrypt(nil, nil); err != nil || !bytes.Equal(got, golden(t, "golden.key")) {
		t.Errorf("Encrypt(nil) = %q, %v", got, err)
	}
	want := strings.Split(strings.TrimSuffix(string(golden(t, "golden.fingerprint")), "\n"), "\n")
	for n := Latin; n <= FullWidth; n++ {
		if got := k.Public().Fingerprint().Format(n); got != want[n] {
			t.Errorf("fingerprint in numerals %d = %q, want %q", n, got, want[n])
		}
	}
}

func TestGoldenEncrypted(t *testing.T) {
	t.Parallel()
	file := golden(t, "golden-encrypted.key")
	k, err := ParsePrivateKey(file, func() ([]byte, error) { return []byte(goldenPassphrase), nil })
	if err != nil {
		t.Fatal(err)
	}
	if k.Public() != goldenKey(t).Public() {
		t.Error("not the key of golden.key")
	}
	raw, err := decodeSecret(file)
	if err != nil {
		t.Fatal(err)
	}
	again, err := k.encrypt([]byte(goldenPassphrase), parseDerivation(raw[saltAt:bodyAt]))
	if err != nil || !bytes.Equal(again, file) {
		t.Errorf("encrypted again: %q, %v", again, err)
	}
}

// What stock minisign signs with our key is, byte for byte, what we sign.
func TestStockSignsTheSame(t *testing.T) {
	t.Parallel()
	s := newStock(t)
	k := goldenKey(t)
	message := golden(t, "golden.message")
	s.file("m", message)
	s.file("k", golden(t, "golden.key"))
	s.must("", "-S", "-H", "-s", "k", "-m", "m", "-t", trustedComment, "-c", untrustedComment)
	if got := s.read("m.minisig"); !bytes.Equal(got, k.Sign(message)) {
		t.Errorf("minisign wrote %q", got)
	}
}

func TestStockReadsOurs(t *testing.T) {
	t.Parallel()
	s := newStock(t)
	random := &counter{}
	for _, message := range []string{"", "x", strings.Repeat("long ", 5000)} {
		k := newKey(t, random)
		if !s.accepts(k.Public(), []byte(message), k.Sign([]byte(message))) {
			t.Errorf("minisign refuses our signature of %d bytes", len(message))
		}
		s.file("p", k.Public().File())
		s.must("", "-V", "-H", "-p", "p", "-m", "checked")
	}
}

func TestStockWritesOurs(t *testing.T) {
	t.Parallel()
	s := newStock(t)
	s.must("", "-G", "-W", "-p", "p", "-s", "k")
	message := []byte("signed elsewhere\n")
	s.file("m", message)
	s.must("", "-S", "-H", "-s", "k", "-m", "m")
	pub, err := ParsePublicKey(string(s.read("p")))
	if err != nil {
		t.Fatal(err)
	}
	if err := verifyFile(pub, message, s.read("m.minisig")); err != nil {
		t.Error(err)
	}
	k, err := ParsePrivateKey(s.read("k"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if k.Public() != pub {
		t.Errorf("public key %v, want %v", k.Public(), pub)
	}
	if file, _ := k.Encrypt(nil, nil); !bytes.Equal(file, s.read("k")) {
		t.Errorf("our plain key file %q is not stock's", file)
	}
	if got := string(pub.File()); !strings.HasSuffix(got, pub.String()+"\n") ||
		!strings.Contains(string(s.read("p")), strings.TrimLeft(pub.ID(), "0")) {
		t.Errorf("our public key file %q does not have stock's id", got)
	}
}

// Every way in which libsodium picks scrypt's parameters, with keys that cost little.
func TestStockOpensOurEncryption(t *testing.T) {
	t.Parallel()
	s := newStock(t)
	k := goldenKey(t)
	s.file("m", []byte("m"))
	for i, d := range []derivation{
		{ops: opsMin, mem: memMin},
		{ops: 1 << 19, mem: memMin},
		{ops: 1<<19 + 4711, mem: memMin},
		{ops: 1 << 20, mem: 1 << 25},
		{ops: 1<<22 + 1, mem: memMin + 999},
		{ops: 100_000, mem: memSensitive},
	} {
		d.salt[0] = byte(i)
		file, err := k.encrypt([]byte("päss wörd"), d)
		if err != nil {
			t.Fatalf("ops %d, mem %d: %v", d.ops, d.mem, err)
		}
		s.file("k", file)
		s.must("päss wörd", "-S", "-H", "-s", "k", "-m", "m")
		if err := verifyFile(k.Public(), []byte("m"), s.read("m.minisig")); err != nil {
			t.Errorf("ops %d, mem %d: %v", d.ops, d.mem, err)
		}
	}
}

// A key at full cost: 1 GiB and some seconds each time. Encrypted again with the same
// salt it is, byte for byte, what stock made; so stock reads what we write.
func TestStockEncryption(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 1 GiB of memory")
	}
	s := newStock(t)
	const passphrase = "four words and space"
	s.must(passphrase, "-G", "-p", "p", "-s", "k")
	file := s.read("k")
	k, err := ParsePrivateKey(file, func() ([]byte, error) { return []byte(passphrase), nil })
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(s.read("p")), k.Public().String()) {
		t.Error("not the key that stock made")
	}
	raw, err := decodeSecret(file)
	if err != nil {
		t.Fatal(err)
	}
	again, err := k.Encrypt([]byte(passphrase), bytes.NewReader(raw[saltAt:opsAt]))
	if err != nil || !bytes.Equal(again, file) {
		t.Errorf("encrypted again: %q, %v, want %q", again, err, file)
	}
}

// Stock takes a passphrase off, and leaves salt and checksum in the file.
func TestStockRemovesPassphrase(t *testing.T) {
	t.Parallel()
	s := newStock(t)
	s.file("k", golden(t, "golden-encrypted.key"))
	s.must(goldenPassphrase, "-C", "-W", "-s", "k")
	k, err := ParsePrivateKey(s.read("k"), nil)
	if err != nil || k.Public() != goldenKey(t).Public() {
		t.Errorf("key with its passphrase taken off: %v", err)
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "AAA", "AAAA=", "AA==", "AAB=", "AA\nA", "AA\r\n", "A-_A", "AAAA", "=AAA", "AAA\x00",
	} {
		if raw, err := decode(text, 2); !errors.Is(err, ErrFormat) || raw != nil {
			t.Errorf("decode(%q) = %x, %v, want ErrFormat", text, raw, err)
		}
	}
	if raw, err := decode("AAE=", 2); err != nil || !bytes.Equal(raw, []byte{0, 1}) {
		t.Errorf("decode = %x, %v", raw, err)
	}
}

// keyText returns a public key with the given parts.
func keyText(alg string, id keyID, point []byte) string {
	return base64.StdEncoding.EncodeToString(append([]byte(alg+string(id[:])), point...))
}

func ExamplePublicKey_Verify() {
	key, err := ParsePublicKey("RWR6JA1HQkDO5HynMpUZJDrJjXOgyjkdii+rlIBIfyOUc+xkE2sukjGM")
	if err != nil {
		fmt.Println(err)
		return
	}
	message, _ := os.ReadFile("testdata/golden.message")
	file, _ := os.ReadFile("testdata/golden.message.minisig")
	s, err := ParseSignature(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(key.Verify(message, s), key.Fingerprint())
	fmt.Println(key.Verify(message[1:], s))
	// Output:
	// <nil> 40803 26954 35771 87519 50860 67196 90462 85801
	// signature does not hold for these bytes and key E4CE4042470D247A
}
