package bundle

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"satchel/bundle/internal/tree"
)

// writeCatalogue writes the part of the index that does not depend on how the
// content compresses: items, lists, numbers and paths, in the order of their keys.
func (c *creator) writeCatalogue(b *tree.Builder, entries sorter) error {
	lists, paths := c.newSorter(), c.newSorter()
	places := &sectioner{&c.o, c.newSorter()}
	b.Section(true)
	if err := c.addAbout(b); err != nil {
		return err
	}
	b.Section(true)
	if err := addItems(b, entries, lists, paths, places); err != nil {
		return err
	}
	b.Section(true)
	if err := c.addLists(b, lists, paths); err != nil {
		return err
	}
	b.Section(true)
	if err := places.addOrders(b); err != nil {
		return err
	}
	b.Section(true)
	if err := addPaths(b, paths); err != nil {
		return err
	}
	b.Section(true)
	if err := places.addSections(b); err != nil {
		return err
	}
	return errors.Join(entries.Close(), lists.Close(), places.orders.Close(), paths.Close())
}

// addAbout adds what the bundle says of itself.
func (c *creator) addAbout(b *tree.Builder) error {
	about := c.o.about()
	maps.DeleteFunc(about, func(_ string, text []byte) bool { return len(text) == 0 })
	about["bytes"] = binary.AppendUvarint(nil, uint64(c.sum.Input))
	about["items"] = binary.AppendUvarint(nil, uint64(c.sum.Items))
	about["members"] = binary.AppendUvarint(nil, uint64(c.memberCount))
	if n := len(c.o.Sections); n > 0 {
		about[aboutSections] = binary.AppendUvarint(nil, uint64(n))
	}
	for _, name := range slices.Sorted(maps.Keys(about)) {
		if err := b.Add(aboutKey(name), about[name]); err != nil {
			return err
		}
	}
	return nil
}

// addItems adds the items in the default order, which numbers them, and enters each where it belongs.
func addItems(b *tree.Builder, entries, lists, paths sorter, places *sectioner) error {
	id := uint32(0)
	for r, err := range entries.Sorted() {
		if err != nil {
			return err
		}
		it, p, err := parseItem(r.Value)
		if err != nil {
			return err
		}
		if err := places.place(&it, id); err != nil {
			return err
		}
		if err := b.Add(itemKey(id), appendItem(nil, &it, p)); err != nil {
			return err
		}
		if err := addItem(lists, paths, &it, id); err != nil {
			return err
		}
		id++
	}
	return nil
}

// addItem enters an item in the lists it belongs to and in the path table.
func addItem(lists, paths sorter, it *Item, id uint32) error {
	number := be.AppendUint32(nil, id)
	keys := [][]byte{listKey(byKind, string(it.Kind))}
	if it.Language != "" {
		keys = append(keys, listKey(byLanguage, it.Language))
	}
	if it.section > 0 {
		keys = append(keys, listKey(bySection, sectionNumber(int(it.section-1))))
	}
	for i, c := range it.Path {
		if c == '/' {
			keys = append(keys, listKey(byFolder, it.Path[:i]))
		}
	}
	for _, key := range keys {
		if err := lists.Add(key, number); err != nil {
			return err
		}
	}
	n := node{id: id}
	key := pathKey(it.Path)
	name := it.Path[strings.LastIndexByte(it.Path, '/')+1:]
	if !bytes.HasSuffix(key, append([]byte{0}, name...)) {
		n.name = name
	}
	return addNode(paths, key, &n, it.Path)
}

// addNode sorts in an entry of the path table, with its path for an error message.
func addNode(paths sorter, key []byte, n *node, path string) error {
	return paths.Add(key, append(appendText(nil, string(n.encode())), path...))
}

// addLists writes the lists, then how long each is. Folders go to the path table.
func (c *creator) addLists(b *tree.Builder, lists, paths sorter) error {
	numbers := map[string]int64{}
	w := &listWriter{b: b}
	done := func() error {
		if w.key == nil {
			return nil
		}
		d, value := dimension(w.key[1]), string(w.key[2:len(w.key)-1])
		if d != byFolder {
			numbers[string(numberKey(d, value))] = w.count
			return w.flush()
		}
		n := node{folder: true, items: w.count, path: value}
		return errors.Join(w.flush(), addNode(paths, pathKey(value), &n, value))
	}
	for r, err := range lists.Sorted() {
		if err != nil {
			return err
		}
		if !bytes.Equal(r.Key, w.key) {
			if err := done(); err != nil {
				return err
			}
			w.key, w.count = bytes.Clone(r.Key), 0
		}
		if err := w.add(be.Uint32(r.Value)); err != nil {
			return err
		}
	}
	if err := done(); err != nil {
		return err
	}
	b.Section(true)
	for _, key := range slices.Sorted(maps.Keys(numbers)) {
		value := binary.AppendUvarint(nil, uint64(numbers[key]))
		if err := b.Add([]byte(key), value); err != nil {
			return err
		}
	}
	return nil
}

// A listWriter turns ascending ids into chunks of runs.
type listWriter struct {
	b     *tree.Builder
	key   []byte
	count int64
	runs  []run
}

func (w *listWriter) add(id uint32) error {
	w.count++
	if n := len(w.runs); n > 0 && w.runs[n-1].last+1 == id {
		w.runs[n-1].last = id
		return nil
	}
	if len(w.runs) == chunkRuns {
		if err := w.flush(); err != nil {
			return err
		}
	}
	w.runs = append(w.runs, run{id, id})
	return nil
}

func (w *listWriter) flush() error {
	if len(w.runs) == 0 {
		return nil
	}
	last := w.runs[len(w.runs)-1].last
	value := appendRuns(w.runs)
	w.runs = w.runs[:0]
	return w.b.Add(be.AppendUint32(bytes.Clone(w.key), last), value)
}

// addPaths writes the path table, in which two names that fold alike meet.
func addPaths(b *tree.Builder, paths sorter) error {
	var key []byte
	var last string
	for r, err := range paths.Sorted() {
		if err != nil {
			return err
		}
		d := &decoder{b: r.Value}
		value, path := d.text(4<<10), string(d.b)
		if bytes.Equal(key, r.Key) {
			return fmt.Errorf("%w: %q and %q: rename one of them", ErrCollision, last, path)
		}
		if err := b.Add(r.Key, []byte(value)); err != nil {
			return err
		}
		key, last = append(key[:0], r.Key...), path
	}
	return nil
}
