// Package report writes down what a packing did: what goes into a bundle and what it weighs, what was
// taken out of files, what was left out or refused, and why.
//
// [HTML] writes a page for people, [JSON] the same for programs. The page stands by itself: it has no
// script, loads nothing and leads nowhere, since addresses in it are text. It can be looked at on a
// computer that must not go online, and it is for the curator alone: it names files by their paths and
// tells what stood in them, so it must not travel with the bundle.
//
// Both depend on nothing but the [Report]: no clock, no name of a computer.
package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// Limits of the page. JSON has everything.
const (
	maxRows     = 500      // of a table; more are counted
	maxPictures = 200      // of the contact sheet
	maxPicture  = 64 << 10 // bytes of one
)

// A Report is what is told. Lists are shown in the order they are in.
type Report struct {
	Title  string `json:"title"`
	Items  int    `json:"items"`
	Before int64  `json:"bytesBefore"` // of the files that the items were made of
	After  int64  `json:"bytesAfter"`  // of the items
	Bundle int64  `json:"bytesBundle"` // of the bundle, compressed; 0: not packed

	Tools []string `json:"tools"` // programs that could be used, with their versions

	Bylines   []Group `json:"bylines"` // names that go into the bundle
	Kinds     []Group `json:"kinds"`
	Languages []Group `json:"languages"`
	Sections  []Group `json:"sections"`

	Refused      []Note      `json:"refused"`      // with one of them nothing is packed
	LeftOut      []Note      `json:"leftOut"`      // files that were not packed, and why
	Removals     []Removal   `json:"removals"`     // what was taken out of files that were packed
	Placeholders []Note      `json:"placeholders"` // what was put in the place of something, and why
	External     []Address   `json:"external"`     // addresses on the net that items still name
	Duplicates   []Duplicate `json:"duplicates"`
	Largest      []File      `json:"largest"`
	Pictures     []Picture   `json:"pictures"` // the contact sheet
}

// A Group is items that have something in common. An empty name is for those of which it is unknown.
type Group struct {
	Name   string `json:"name"`
	Items  int    `json:"items"`
	Before int64  `json:"bytesBefore"`
	After  int64  `json:"bytesAfter"`
}

// A Note is a file and what there is to say of it.
type Note struct {
	Path string `json:"path"`
	Text string `json:"text"`
	// Help is what the curator can do about it, or empty.
	Help string `json:"help,omitempty"`
}

// A Removal is what was taken out of a file.
type Removal struct {
	Path  string   `json:"path"`
	What  []string `json:"what"` // such as "GPS position"
	Bytes int64    `json:"bytes"`
}

// An Address is one on the net, and where it stands.
type Address struct {
	Address string `json:"address"`
	Items   int    `json:"items"`
	First   string `json:"first"` // the path of one of them
}

// A Duplicate is files with the same content, which is stored once.
type Duplicate struct {
	Paths []string `json:"paths"`
	Bytes int64    `json:"bytes"` // of one of them
}

// A File is an item by its size.
type File struct {
	Path   string `json:"path"`
	Kind   string `json:"kind"`
	Before int64  `json:"bytesBefore"`
	After  int64  `json:"bytesAfter"`
}

// A Picture is a small one for the contact sheet. Image is a JPEG or PNG file of at most 64 KiB, cleaned
// like what is packed; the page has an empty frame for any other.
type Picture struct {
	Path  string `json:"path"`
	Image []byte `json:"image"`
}

// JSON writes the report as one JSON object, indented, with a line feed at the end. Lists that are empty
// are lists. The only error is that of w.
func JSON(w io.Writer, r *Report) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	marked := struct {
		Mark int `json:"satchelPackingReport"` // by which Is knows it
		*Report
	}{1, r.whole()}
	if err := e.Encode(marked); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// Is says whether a file that begins so is a report that was written here.
func Is(head []byte) bool {
	const far = 1 << 10
	head = head[:min(len(head), far)]
	return bytes.Contains(head, []byte(`content="Satchel packing report"`)) || bytes.HasPrefix(head, []byte("{\n  \"satchelPackingReport\": 1"))
}

// whole is the report with an empty list for each that is nil.
func (r *Report) whole() *Report {
	c := *r
	fillNil(&c.Tools)
	fillNil(&c.Bylines)
	fillNil(&c.Kinds)
	fillNil(&c.Languages)
	fillNil(&c.Sections)
	fillNil(&c.Refused)
	fillNil(&c.LeftOut)
	fillNil(&c.Removals)
	fillNil(&c.Placeholders)
	fillNil(&c.External)
	fillNil(&c.Duplicates)
	fillNil(&c.Largest)
	fillNil(&c.Pictures)
	return &c
}

func fillNil[T any](list *[]T) {
	if *list == nil {
		*list = []T{}
	}
}
