package bundle

import (
	"errors"
	"fmt"
	"hash/maphash"
	"slices"

	"satchel/bundle/internal/tree"
)

// This file has the orders of sections as they are written and as Verify checks them.

// A sectioner finds for each item in the default order where it stands in a section.
type sectioner struct {
	o      *Options
	orders sorter // section and key → id
}

// place enters the section in the item and notes its position there.
func (s *sectioner) place(it *Item, id uint32) error {
	if s.o.Place == nil {
		return nil
	}
	n, key := s.o.Place(it)
	if n == NoSection {
		return nil
	}
	if n < 0 || n >= len(s.o.Sections) {
		return fmt.Errorf("%q is placed in section %d, and there are %d, counted from 0", it.Path, n, len(s.o.Sections))
	}
	it.section = int64(n) + 1
	// In the value, ids keep the default order among items with the same key.
	return s.orders.Add(append(be.AppendUint32(nil, uint32(n)), key...), be.AppendUint32(nil, id))
}

// addOrders writes the orders in chunks.
func (s *sectioner) addOrders(b *tree.Builder) error {
	section, first := uint32(0), uint32(0)
	var chunk []byte
	flush := func() error {
		if len(chunk) == 0 {
			return nil
		}
		err := b.Add(orderChunkKey(section, first), chunk)
		first += uint32(len(chunk) / 4)
		chunk = chunk[:0]
		return err
	}
	for r, err := range s.orders.Sorted() {
		if err != nil {
			return err
		}
		if n := be.Uint32(r.Key); n != section || len(chunk) == 4*orderChunk {
			if err := flush(); err != nil {
				return err
			}
			if n != section {
				section, first = n, 0
			}
		}
		chunk = append(chunk, r.Value...)
	}
	return flush()
}

// addSections writes the records of the sections.
func (s *sectioner) addSections(b *tree.Builder) error {
	for n := range s.o.Sections {
		if err := b.Add(sectionKey(uint32(n)), s.o.Sections[n].encode()); err != nil {
			return err
		}
	}
	return nil
}

// A sectionCheck compares the orders of sections with what items say. Each item's record is there once:
// where the sums of hashes over both agree, each item stands once in the order of its section, and in
// no other.
type sectionCheck struct {
	items int64  // that are in a section
	sum   uint64 // of hashes: those of items, less those of orders
}

// sectionItem takes what an item says.
func (v *verifier) sectionItem(c *sectionCheck, it *Item, id []byte) error {
	if it.section == 0 {
		return nil
	}
	c.items++
	c.sum += v.placeHash(uint32(it.section-1), id)
	if it.section > int64(v.r.sections()) {
		return fmt.Errorf("%w: %q is in section %d", ErrFormat, clip(it.Path), it.section-1)
	}
	return nil
}

// sectionOrder takes a chunk of an order.
func (v *verifier) sectionOrder(c *sectionCheck, e tree.Entry) error {
	if len(e.Key) != len(orderChunkKey(0, 0)) {
		return fmt.Errorf("%w: order of a section", ErrFormat)
	}
	section, first := be.Uint32(e.Key[1:]), int64(be.Uint32(e.Key[5:]))
	count, err := v.r.number(bySection, sectionNumber(int(section)))
	if errors.Is(err, ErrDamaged) || errors.Is(err, ErrMissing) {
		return nil // a lost page is counted where it is met
	}
	if err == nil && first%orderChunk != 0 {
		err = fmt.Errorf("%w: order of section %d", ErrFormat, section)
	}
	if err != nil {
		return err
	}
	if _, err := parseOrder(e.Value, count-first); err != nil {
		return err
	}
	for id := range slices.Chunk(e.Value, 4) {
		c.sum -= v.placeHash(section, id)
	}
	return nil
}

// checkSectionRecord checks the record of a section.
func (v *verifier) checkSectionRecord(e tree.Entry) error {
	if len(e.Key) != len(sectionKey(0)) || int64(be.Uint32(e.Key[1:])) >= int64(v.r.sections()) {
		return fmt.Errorf("%w: more sections than announced", ErrFormat)
	}
	_, err := parseSection(e.Value)
	return err
}

// checkSections checks what holds for all sections together, once every record has been read.
func (v *verifier) checkSections() error {
	sections, err := v.r.Sections()
	if err != nil {
		return err
	}
	left := v.sections.items
	for _, s := range sections {
		if left -= s.Items; left < 0 {
			break // before it overflows
		}
	}
	if v.sections.sum != 0 || left != 0 {
		return fmt.Errorf("%w: the sections are not those of the items", ErrFormat)
	}
	return nil
}

// placeHash is of an item's being in a section.
func (v *verifier) placeHash(section uint32, id []byte) uint64 {
	var buf [9]byte
	b := be.AppendUint32(append(buf[:0], keyOrder), section)
	return maphash.Bytes(v.seed, append(b, id...))
}
