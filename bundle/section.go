package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"

	"satchel/bundle/internal/tree"
)

// A bundle may have sections, which are its parts as readers see them: each has a name and an order of
// its own for the items in it. An item belongs to one section at most, which its record names.

// A Section is a part of a bundle.
type Section struct {
	Name  Text
	Cover string // the path of the item, a picture, that stands for it, or empty
	Items int64  // how many there are in it; what Options say here does not count
}

// NoSection is what stands for the number of a section where there is none.
const NoSection = -1

// MaxSections is how many sections a bundle may have.
const MaxSections = 1000

// orderChunk is how many ids of an order lie in one entry.
const orderChunk = 1024

func sectionKey(n uint32) []byte { return be.AppendUint32([]byte{keySection}, n) }

// orderChunkKey is that of the chunk of an order that begins at position first.
func orderChunkKey(section, first uint32) []byte {
	return be.AppendUint32(be.AppendUint32([]byte{keyOrder}, section), first)
}

// sectionNumber is what numbers and lists of items have for the value of a section.
func sectionNumber(n int) string { return strconv.Itoa(n) }

func (s *Section) encode() []byte {
	return appendText(appendText(nil, string(s.Name.encode())), s.Cover)
}

func parseSection(b []byte) (s Section, err error) {
	d := &decoder{b: b}
	name, cover := d.text(maxText), d.text(tree.MaxKey)
	if err := d.done("section"); err != nil {
		return s, err
	}
	if s.Name, err = parseText([]byte(name)); err == nil && len(s.Name) == 0 {
		err = fmt.Errorf("%w: a section without a name", ErrFormat)
	}
	if err == nil && cover != "" {
		s.Cover, err = cover, checkPath(cover)
	}
	if err != nil {
		return Section{}, err
	}
	return s, nil
}

// checkSections says what is wrong with the sections of a bundle that is to be made.
func (o *Options) checkSections() error {
	switch {
	case len(o.Sections) > MaxSections:
		return fmt.Errorf("%d sections: at most %d", len(o.Sections), MaxSections)
	case o.Place != nil && len(o.Sections) == 0:
		return errors.New("items are to be placed in sections, and there are none")
	}
	for i := range o.Sections {
		s := &o.Sections[i]
		err := s.Name.check()
		if err == nil && len(s.Name) == 0 {
			err = errors.New("it has none: call it something")
		}
		if err != nil {
			return fmt.Errorf("name of section %d: %w", i+1, err)
		}
		if s.Cover == "" {
			continue
		}
		if err := CheckPath(s.Cover); err != nil {
			return fmt.Errorf("cover of section %d: %w", i+1, err)
		}
	}
	return nil
}

// sections returns how many sections there are. More than there may be is as good as none.
func (r *Reader) sections() int {
	n := r.aboutNumber(aboutSections)
	if n > MaxSections {
		return 0
	}
	return int(n)
}

// Sections returns the sections of the bundle in their order.
func (r *Reader) Sections() ([]Section, error) {
	if n := r.aboutNumber(aboutSections); n > MaxSections {
		return nil, fmt.Errorf("%w: %d sections", ErrFormat, n)
	}
	var sections []Section
	for n := range r.sections() {
		value, ok, err := r.get(sectionKey(uint32(n)))
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, fmt.Errorf("%w: section %d is not there", ErrFormat, n)
		}
		s, err := parseSection(value)
		if err == nil {
			s.Items, err = r.number(bySection, sectionNumber(n))
		}
		if err != nil {
			return nil, fmt.Errorf("section %d: %w", n, err)
		}
		sections = append(sections, s)
	}
	return sections, nil
}

// Section returns the number of the section that an item belongs to, or NoSection. It is always one
// that Sections returns.
func (r *Reader) Section(e Entry) int {
	if e.section > int64(r.sections()) {
		return NoSection
	}
	return int(e.section) - 1
}

// SectionItems returns up to n items of a section in the order that it gives them, beginning with the
// one at position from, counted from 0. more says whether others follow. What it reads does not grow
// with the bundle. A section that there is not is an error that wraps fs.ErrNotExist.
func (r *Reader) SectionItems(section int, from int64, n int) (entries []Entry, more bool, err error) {
	if section < 0 || section >= r.sections() {
		return nil, false, fmt.Errorf("section %d: %w", section, fs.ErrNotExist)
	}
	count, err := r.number(bySection, sectionNumber(section))
	if err != nil || from < 0 || from >= count {
		return nil, false, err
	}
	for at := from; at < count; {
		ids, err := r.orderFrom(section, at, count)
		if err != nil {
			return entries, false, err
		}
		for _, id := range ids {
			if len(entries) == n {
				return entries, true, nil
			}
			e, err := r.entry(id)
			if err == nil && r.Section(e) != section {
				err = fmt.Errorf("%w: item %d is not of section %d", ErrFormat, id, section)
			}
			if err != nil {
				return entries, false, err
			}
			entries = append(entries, e)
			at++
		}
	}
	return entries, false, nil
}

// orderFrom returns the ids from a position on that lie in one chunk with it, of count in all.
func (r *Reader) orderFrom(section int, at, count int64) ([]uint32, error) {
	first := at / orderChunk * orderChunk
	if first >= MaxItems {
		return nil, fmt.Errorf("%w: a section of %d items", ErrFormat, count)
	}
	value, ok, err := r.get(orderChunkKey(uint32(section), uint32(first)))
	if err == nil && !ok {
		err = fmt.Errorf("%w: the order of section %d is not complete", ErrFormat, section)
	}
	if err != nil {
		return nil, err
	}
	ids, err := parseOrder(value, count-first)
	if err != nil {
		return nil, err
	}
	return ids[at-first:], nil
}

// parseOrder decodes a chunk of an order of which count ids are left. None of them comes twice.
func parseOrder(b []byte, count int64) ([]uint32, error) {
	n := min(count, orderChunk)
	if n < 1 || int64(len(b)) != 4*n {
		return nil, fmt.Errorf("%w: malformed order of a section", ErrFormat)
	}
	ids, known := make([]uint32, n), make(map[uint32]bool, n)
	for i := range ids {
		ids[i] = be.Uint32(b[4*i:])
		known[ids[i]] = true
	}
	if len(known) < len(ids) {
		return nil, fmt.Errorf("%w: an item comes twice in a section", ErrFormat)
	}
	return ids, nil
}

// SectionIDs returns the ids of up to n items of a section in its order, beginning with the one at position from.
func (r *Reader) SectionIDs(section int, from int64, n int) (ids []uint32, err error) {
	count, err := r.number(bySection, sectionNumber(section))
	for err == nil && from < count && len(ids) < n {
		var more []uint32
		more, err = r.orderFrom(section, from, count)
		more = more[:min(len(more), n-len(ids))]
		ids, from = append(ids, more...), from+int64(len(more))
	}
	return ids, err
}

// maxSought is how many items of a section SectionPosition looks through.
const maxSought = 1 << 20

// SectionPosition returns the first position of an item, or of others in its section, in the order of that, counted
// from 0. It is not ok for an item without a section, nor for one behind the first million of its section.
func (r *Reader) SectionPosition(e Entry, others ...Entry) (at int64, ok bool, err error) {
	section := r.Section(e)
	if section == NoSection {
		return 0, false, nil
	}
	wanted := []uint32{e.ID}
	for _, o := range others {
		wanted = append(wanted, o.ID)
	}
	count, err := r.number(bySection, sectionNumber(section))
	for ; err == nil && at < min(count, maxSought); at += orderChunk {
		var ids []uint32
		if ids, err = r.orderFrom(section, at, count); err != nil {
			break
		}
		if i := slices.IndexFunc(ids, func(id uint32) bool { return slices.Contains(wanted, id) }); i >= 0 {
			return at + int64(i), true, nil
		}
	}
	return 0, false, err
}
