package bundle

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// A field is something that an item may say of itself. It is written as a tag and a text, and not
// at all where it is empty.
type field struct {
	tag uint64
	get func(*Item) string
	// set takes what was read, and says whether it is well formed.
	set func(*Item, string) bool
}

// fields are in the order of their tags, which FORMAT.md has.
var fields = []field{
	textField(1, func(it *Item) *string { return &it.Summary }, isTitle),
	textField(3, func(it *Item) *string { return &it.Tags }, isTags),
	textField(5, func(it *Item) *string { return &it.Byline }, isTitle),
	textField(7, func(it *Item) *string { return &it.Licence }, isTitle),
	textField(9, func(it *Item) *string { return &it.Origin }, isTitle),
	textField(11, func(it *Item) *string { return &it.Captured }, IsDate),
	numberField(13, func(it *Item) []*int64 { return []*int64{&it.Millis} }),
	numberField(15, func(it *Item) []*int64 { return []*int64{&it.Words} }),
	numberField(17, func(it *Item) []*int64 { return []*int64{&it.Width, &it.Height} }),
	textField(19, func(it *Item) *string { return &it.Cover }, func(s string) bool { return checkPath(s) == nil }),
	numberField(21, func(it *Item) []*int64 { return []*int64{&it.section} }),
}

func textField(tag uint64, of func(*Item) *string, valid func(string) bool) field {
	return field{tag, func(it *Item) string { return *of(it) }, func(it *Item, s string) bool {
		*of(it) = s
		return s != "" && valid(s)
	}}
}

// numberField has numbers that are not below 0, and not all 0.
func numberField(tag uint64, of func(*Item) []*int64) field {
	get := func(it *Item) string {
		var b []byte
		some := int64(0)
		for _, n := range of(it) {
			b = binary.AppendUvarint(b, uint64(*n))
			some |= *n
		}
		if some == 0 {
			return ""
		}
		return string(b)
	}
	set := func(it *Item, s string) bool {
		d := &decoder{b: []byte(s)}
		some := int64(0)
		for _, n := range of(it) {
			*n = d.int64()
			some |= *n
		}
		return d.done("") == nil && some != 0
	}
	return field{tag, get, set}
}

// isTags says whether s is titles, each on a line of its own.
func isTags(s string) bool {
	for line := range strings.SplitSeq(s, "\n") {
		if line == "" || !isTitle(line) {
			return false
		}
	}
	return len(s) <= MaxTitle
}

// appendFields encodes what an item says beyond what every item does.
func appendFields(b []byte, it *Item) []byte {
	for i := range fields {
		if text := fields[i].get(it); text != "" {
			b = appendText(binary.AppendUvarint(b, fields[i].tag), text)
		}
	}
	return b
}

// readFields decodes fields to the end of d. Those of later versions are passed over, when their
// tags are odd.
func (d *decoder) readFields(it *Item) error {
	last := uint64(0)
	for len(d.b) > 0 && !d.bad {
		tag := d.uvarint(1 << 31)
		text := d.text(maxRawBlock)
		if d.bad || tag <= last {
			d.bad = true
			break
		}
		if tag%2 == 0 {
			return fmt.Errorf("%w: item field %d", ErrNewer, tag)
		}
		for i := range fields {
			if f := &fields[i]; f.tag == tag && !f.set(it, text) {
				return fmt.Errorf("%w: item field %d", ErrFormat, tag)
			}
		}
		last = tag
	}
	return nil
}

// checkFields applies the rules for reading to an item that is about to be written.
func checkFields(it *Item) error {
	var again Item
	for i := range fields {
		if text := fields[i].get(it); text != "" && !fields[i].set(&again, text) {
			return fmt.Errorf("%w: item field %d of %q", ErrFormat, fields[i].tag, clip(it.Path))
		}
	}
	return nil
}
