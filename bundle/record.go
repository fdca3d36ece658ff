package bundle

import (
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"satchel/bundle/internal/safepath"
	"satchel/bundle/internal/zframe"
)

// The index is one tree. The first byte of a key says what the entry is; entries
// with a first byte that a reader does not know are never looked at.
const (
	keyAbout   = 'A' // name → what the bundle says of itself
	keyItem    = 'I' // id → an item
	keyList    = 'L' // dimension, value, last id → runs of ids
	keyNumber  = 'N' // dimension, value → how many items
	keyOrder   = 'O' // section, position → ids in the order of the section
	keyPath    = 'P' // folded folder, folded name → id, or a folder
	keySection = 'S' // section → its name and cover
	keyBlocks  = 'b' // member, first block → hashes of blocks
	keyMember  = 'm' // member → its name, size, place
	keySearch  = 's' // which member is the search index, and its end
)

// Sizes of blocks. A block is what is hashed, and lost, as one.
const (
	storedBlock  = 256 << 10 // of a member that is stored
	maxRawBlock  = zframe.MaxSize
	maxPackBlock = maxRawBlock + maxRawBlock/128 + 1024 // what zstd can make of it
	blocksPerKey = 64
)

// A place is where an item's bytes begin: in a block of a member, offset bytes
// into the block once it is decompressed. They go on in the blocks that follow.
type place struct {
	member, block uint32
	offset        uint32
}

// A member is a file of the bundle as the index knows it.
type member struct {
	name   string
	packed bool  // blocks are zstd frames
	offset int64 // of its data in the ZIP, behind the end of index
	size   int64
	crc    uint32
	blocks uint32
}

// memberNames are the names a member may have: they say nothing, and are safe to
// create on any file system.
var memberNames = regexp.MustCompile(`^[pbms][0-9]{4,5}(\.[a-z0-9]{1,5})?$`)

func itemKey(id uint32) []byte    { return be.AppendUint32([]byte{keyItem}, id) }
func memberKey(n uint32) []byte   { return be.AppendUint32([]byte{keyMember}, n) }
func aboutKey(name string) []byte { return append([]byte{keyAbout}, name...) }

func blocksKey(member, first uint32) []byte {
	return be.AppendUint32(be.AppendUint32([]byte{keyBlocks}, member), first)
}

// pathKey puts the children of a folder next to each other.
func pathKey(path string) []byte { return appendPathKey(nil, path) }

func appendPathKey(key []byte, path string) []byte {
	folder, name := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		folder, name = path[:i], path[i+1:]
	}
	key = safepath.AppendFold(append(key, keyPath), folder)
	return safepath.AppendFold(append(key, 0), name)
}

// folderKey is what the keys of all children of a folder begin with.
func folderKey(folder string) []byte {
	return append(safepath.AppendFold([]byte{keyPath}, folder), 0)
}

// A dimension is a way to filter items.
type dimension byte

const (
	byKind     dimension = 'k'
	byLanguage dimension = 'l'
	byFolder   dimension = 'f'
	bySection  dimension = 's'
)

// listKey is what the keys of a list begin with; the last id of a chunk follows.
func listKey(d dimension, value string) []byte {
	return append(append([]byte{keyList, byte(d)}, value...), 0)
}

func numberKey(d dimension, value string) []byte {
	return append([]byte{keyNumber, byte(d)}, value...)
}

var be = binary.BigEndian

// A decoder takes a value apart. The first failure sticks.
type decoder struct {
	b   []byte
	all string // what texts are parts of: all that there was in b, or nothing
	bad bool
}

func (d *decoder) uvarint(limit uint64) uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 || v > limit || (n > 1 && d.b[n-1] == 0) {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) bytes(n int) []byte {
	if n > len(d.b) {
		d.bad, d.b = true, nil
		return nil
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

func (d *decoder) text(limit int) string {
	b := d.bytes(int(d.uvarint(uint64(limit))))
	if d.all == "" {
		return string(b)
	}
	end := len(d.all) - len(d.b)
	return d.all[end-len(b) : end]
}

func (d *decoder) uint32() uint32 { return uint32(d.uvarint(1<<32 - 1)) }
func (d *decoder) int64() int64   { return int64(d.uvarint(1 << 62)) }

// done returns ErrFormat unless everything was read and nothing was wrong.
func (d *decoder) done(what string) error {
	if d.bad || len(d.b) > 0 {
		return fmt.Errorf("%w: malformed %s", ErrFormat, what)
	}
	return nil
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// appendItem encodes an item with its place. Later fields follow as pairs of a
// tag and a text in ascending order of tags; a reader skips odd tags that it does
// not know and refuses even ones.
func appendItem(b []byte, it *Item, p place) []byte {
	b = appendText(b, it.Path)
	b = append(b, byte(slices.Index(Kinds, it.Kind)+1))
	for _, s := range []string{it.Type, it.Title, it.Language, it.Date} {
		b = appendText(b, s)
	}
	b = binary.AppendUvarint(b, uint64(it.Size))
	for _, n := range []uint32{p.member, p.block, p.offset} {
		b = binary.AppendUvarint(b, uint64(n))
	}
	return appendFields(b, it)
}

func parseItem(b []byte) (it Item, p place, err error) {
	d := &decoder{b: b, all: string(b)} // one piece of memory for all the texts in it
	it.Path = d.text(safepath.MaxPath)
	kind := d.bytes(1)
	it.Type, it.Title = d.text(maxType), d.text(MaxTitle)
	it.Language, it.Date = d.text(maxShort), d.text(maxShort)
	it.Size = d.int64()
	p = place{d.uint32(), d.uint32(), uint32(d.uvarint(maxRawBlock))}
	if err := d.readFields(&it); err != nil {
		return Item{}, place{}, err
	}
	if err := d.done("item"); err != nil {
		return Item{}, place{}, err
	}
	if kind[0] == 0 || int(kind[0]) > len(Kinds) {
		return Item{}, place{}, fmt.Errorf("%w: item of kind %d", ErrNewer, kind[0])
	}
	it.Kind = Kinds[kind[0]-1]
	return it, p, checkItem(&it)
}

// checkPath applies the rule for names to what signed data says.
func checkPath(p string) error {
	if err := safepath.Check(p); err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return nil
}

// checkItem holds for every item, whether it is about to be written or was read.
func checkItem(it *Item) error {
	if err := checkPath(it.Path); err != nil {
		return err
	}
	switch {
	case !slices.Contains(Kinds, it.Kind):
		return fmt.Errorf("%w: kind %q", ErrFormat, it.Kind)
	case it.section > MaxSections:
		return fmt.Errorf("%w: section %d", ErrFormat, it.section)
	case it.Size < 0:
		return fmt.Errorf("%w: size %d", ErrFormat, it.Size)
	case !isType(it.Type):
		return fmt.Errorf("%w: media type %q", ErrFormat, clip(it.Type))
	case !isTitle(it.Title):
		return fmt.Errorf("%w: title %q", ErrFormat, clip(it.Title))
	case it.Language != "" && !isLanguage(it.Language):
		return fmt.Errorf("%w: language %q", ErrFormat, clip(it.Language))
	case it.Date != "" && !IsDate(it.Date):
		return fmt.Errorf("%w: date %q", ErrFormat, clip(it.Date))
	}
	return nil
}

// isType says whether s is a media type: two names, and perhaps a charset.
func isType(s string) bool {
	base, charset, found := strings.Cut(s, "; charset=")
	major, minor, ok := strings.Cut(base, "/")
	return len(s) <= maxType && ok && isToken(major, ".+-") && isToken(minor, ".+-") &&
		(!found || onlyOf(charset, "-"))
}

// isToken says whether s begins with a letter or digit and goes on with these and others.
func isToken(s, others string) bool {
	return onlyOf(s, others) && !strings.ContainsRune(others, rune(s[0]))
}

// onlyOf says whether s is of lower-case letters, digits and others, at least one.
func onlyOf(s, others string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && strings.IndexByte(others, c) < 0 {
			return false
		}
	}
	return s != ""
}

// isLanguage says whether s has the form of a BCP 47 tag.
func isLanguage(s string) bool {
	for i, part := range strings.Split(strings.ToLower(s), "-") {
		if len(part) > 8 || !onlyOf(part, "") || (i == 0 && (len(part) < 2 || strings.ContainsAny(part, "0123456789"))) {
			return false
		}
	}
	return true
}

// IsDate says whether s is YYYY, YYYY-MM or YYYY-MM-DD.
func IsDate(s string) bool {
	const form = "dddd-dd-dd"
	if len(s) != 4 && len(s) != 7 && len(s) != 10 {
		return false
	}
	for i := range len(s) {
		if digit := s[i] >= '0' && s[i] <= '9'; digit != (form[i] == 'd') || (!digit && s[i] != '-') {
			return false
		}
	}
	return (len(s) < 7 || (s[5:7] >= "01" && s[5:7] <= "12")) && (len(s) < 10 || (s[8:] >= "01" && s[8:] <= "31"))
}

// isTitle allows any text on one line. How bidirectional controls in it are shown
// is the viewer's business; control characters have no business there.
func isTitle(s string) bool {
	if len(s) > MaxTitle || s != strings.ToValidUTF8(s, "") {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r < 0x20 || (r >= 0x7f && r < 0xa0) || r == 0x2028 || r == 0x2029 || r == 0xfffe || r == 0xffff
	})
}

func (m *member) encode() []byte {
	b := appendText(nil, m.name)
	kind := byte(0)
	if m.packed {
		kind = 1
	}
	b = append(b, kind)
	b = binary.AppendUvarint(b, uint64(m.offset))
	b = binary.AppendUvarint(b, uint64(m.size))
	b = binary.AppendUvarint(b, uint64(m.blocks))
	return be.AppendUint32(b, m.crc) // last and of fixed length: it is known last
}

func parseMember(b []byte) (m member, err error) {
	d := &decoder{b: b}
	m.name = d.text(16)
	kind := d.bytes(1)
	m.offset, m.size = d.int64(), d.int64()
	m.blocks = d.uint32()
	crc := d.bytes(4)
	if err := d.done("member"); err != nil {
		return m, err
	}
	m.crc = be.Uint32(crc)
	m.packed = kind[0] == 1
	if kind[0] > 1 || !memberNames.MatchString(m.name) || m.offset+m.size < 0 {
		return m, fmt.Errorf("%w: member %q", ErrFormat, clip(m.name))
	}
	if !m.packed && int64(m.blocks) != (m.size+storedBlock-1)/storedBlock {
		return m, fmt.Errorf("%w: member %q has %d blocks", ErrFormat, m.name, m.blocks)
	}
	return m, nil
}

// A block is one line of the block table.
type block struct {
	offset int64 // in the member
	stored int   // bytes as they lie
	raw    int   // bytes once decompressed
	sum    [32]byte
}

// appendBlocks encodes up to blocksPerKey blocks that follow each other. Those of
// a stored member need no lengths.
func appendBlocks(packed bool, blocks []block) []byte {
	var b []byte
	if packed {
		b = binary.AppendUvarint(b, uint64(blocks[0].offset))
	}
	for i := range blocks {
		if packed {
			b = binary.AppendUvarint(b, uint64(blocks[i].stored))
			b = binary.AppendUvarint(b, uint64(blocks[i].raw))
		}
		b = append(b, blocks[i].sum[:]...)
	}
	return b
}

// parseBlocks decodes what appendBlocks wrote for the blocks of m from first on.
func parseBlocks(m *member, first uint32, value []byte) ([]block, error) {
	d := &decoder{b: value}
	at := int64(first) * storedBlock
	if m.packed {
		at = d.int64()
	}
	n := int(min(m.blocks-first, blocksPerKey))
	blocks := make([]block, n)
	for i := range blocks {
		blk := &blocks[i]
		blk.offset = at
		if m.packed {
			blk.stored, blk.raw = int(d.uvarint(maxPackBlock)), int(d.uvarint(maxRawBlock))
		} else {
			blk.stored = int(min(storedBlock, m.size-at))
			blk.raw = blk.stored
		}
		copy(blk.sum[:], d.bytes(len(blk.sum)))
		at += int64(blk.stored)
	}
	if err := d.done("block table"); err != nil {
		return nil, err
	}
	if at > m.size {
		return nil, fmt.Errorf("%w: blocks of %q go beyond its end", ErrFormat, m.name)
	}
	return blocks, nil
}
