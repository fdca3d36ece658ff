package viewer

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"net/url"
	"strings"
	"sync"
)

// An address is a sealed note to ourselves: which view of what in which bundle.
//
//	base64url( tag || note XOR AES-256-CTR(tag) )    tag = HMAC-SHA256(note), 16 bytes
//
// with two keys that live as long as the Viewer. This is the SIV construction: the
// tag is the initial counter, the same note always gives the same address, and
// what does not open was not made here. So addresses need no table, a page with
// 300 links is rewritten without a single look-up, a browser's history holds
// nothing but noise, and the pages of a bundle can name no other bundle's items:
// the bundle's number is inside the seal. Notes are padded, so that the length of an
// address tells little about the length of a path.

// A view is what of an item or a bundle an address leads to.
type view byte

const (
	viewLibrary  view = 'l' // all bundles that are open
	viewHome     view = 'h' // a bundle's home, or a shelf of it
	viewHandout  view = 'p' // a shelf, to print
	viewItem     view = 'i' // the page around an item
	viewContent  view = 'c' // the item itself
	viewCaptions view = 'v' // captions, as WebVTT
	viewSave     view = 's' // the item, to be saved
	viewTrust    view = 't' // who made a bundle, and whether it is whole
	viewOutside  view = 'x' // an address that leads out
	viewSearch   view = 'q' // what a query has found, in all bundles
	viewForm     view = 'f' // what a form carries to prove that it is ours
)

// A target is what an address leads to.
type target struct {
	view   view
	volume int
	text   string // a path, a shelf, an address outside
}

const (
	tagSize    = 16
	padTo      = 16
	maxSealed  = 12 << 10 // characters of an address
	maxText    = 8 << 10  // bytes of a target's text
	headerSize = 3        // view and volume
)

// A sealer makes addresses, and opens those that it made.
type sealer struct {
	block cipher.Block
	pool  sync.Pool // of *sealing: keyed hashes are dear to make
}

// A sealing is what one address takes to make.
type sealing struct {
	mac  hash.Hash
	sum  [sha256.Size]byte
	key  [aes.BlockSize]byte // a block of key stream
	ctr  [aes.BlockSize]byte
	note []byte
	text []byte
}

func newSealer() *sealer {
	keys := make([]byte, 64)
	rand.Read(keys) // never fails
	block, err := aes.NewCipher(keys[:32])
	if err != nil {
		panic("viewer: internal error: " + err.Error())
	}
	s := &sealer{block: block}
	s.pool.New = func() any { return &sealing{mac: hmac.New(sha256.New, keys[32:])} }
	return s
}

// seal returns the address of a target. A text that is too long for one has none.
func (s *sealer) seal(t target) (string, bool) {
	if len(t.text) > maxText || t.volume > 0xffff {
		return "", false
	}
	w := s.pool.Get().(*sealing)
	defer s.pool.Put(w)
	n := tagSize
	w.note = append(w.note[:0], make([]byte, n)...)
	w.note = append(w.note, byte(t.view))
	w.note = binary.BigEndian.AppendUint16(w.note, uint16(t.volume))
	w.note = append(append(w.note, t.text...), 1) // the end of the text; zeros follow
	for (len(w.note)-n)%padTo != 0 {
		w.note = append(w.note, 0)
	}
	copy(w.note, w.tag(w.note[n:]))
	w.crypt(s.block, w.note)
	w.text = base64.RawURLEncoding.AppendEncode(w.text[:0], w.note)
	return string(w.text), true
}

// tag returns the tag of a note, good until the next call.
func (w *sealing) tag(note []byte) []byte {
	w.mac.Reset()
	w.mac.Write(note)
	return w.mac.Sum(w.sum[:0])[:tagSize]
}

// Ids of strangers' pages become a mark, and so many characters behind it.
const (
	idMark   = "in-"
	idLength = 10
)

// id returns what stands for an id of a stranger's page: it shows in addresses, so it says nothing either. An id
// is the same as it stands in an address.
func (s *sealer) id(id string) string {
	if plain, err := url.PathUnescape(id); err == nil {
		id = plain
	}
	w := s.pool.Get().(*sealing)
	defer s.pool.Put(w)
	w.note = append(append(w.note[:0], 0), id...) // no view is 0
	w.text = base64.RawURLEncoding.AppendEncode(append(w.text[:0], idMark...), w.tag(w.note))
	return string(w.text[:len(idMark)+idLength])
}

// place is id for pages in a frame of their own, where #top means their beginning, whether or not something is named so.
func (s *sealer) place(id string) string {
	if strings.EqualFold(id, "top") {
		return id
	}
	return s.id(id)
}

// crypt adds the key stream that belongs to the tag in front to what is behind it.
func (w *sealing) crypt(block cipher.Block, sealed []byte) {
	copy(w.ctr[:], sealed)
	for note := sealed[tagSize:]; len(note) > 0; note = note[min(len(note), aes.BlockSize):] {
		block.Encrypt(w.key[:], w.ctr[:])
		for i := range min(len(note), aes.BlockSize) {
			note[i] ^= w.key[i]
		}
		low := binary.BigEndian.Uint64(w.ctr[8:]) + 1
		binary.BigEndian.PutUint64(w.ctr[8:], low)
	}
}

// open returns what an address leads to, if it was made here.
func (s *sealer) open(address string) (target, bool) {
	if len(address) > maxSealed {
		return target{}, false
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(address)
	if err != nil || len(sealed) < tagSize+headerSize+1 {
		return target{}, false
	}
	w := s.pool.Get().(*sealing)
	defer s.pool.Put(w)
	w.crypt(s.block, sealed)
	note := sealed[tagSize:]
	if !hmac.Equal(sealed[:tagSize], w.tag(note)) {
		return target{}, false
	}
	end := len(note)
	for note[end-1] == 0 {
		end--
	}
	return target{
		view:   view(note[0]),
		volume: int(binary.BigEndian.Uint16(note[1:])),
		text:   string(note[headerSize : end-1]),
	}, true
}
