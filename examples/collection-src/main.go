// Command collection-src draws what the example collection shows: its diagrams, its clouds, its
// handout and the frames of its film; and it puts together the files that stand for what curators get
// from others. The same version of Go gives the same bytes each time. make.sh beside it calls it, and
// adds the voices.
//
//	collection-src pictures DIR    writes every picture of the collection below DIR
//	collection-src elsewhere DIR   writes the book, the document, the saved page and their like
//	collection-src handout FILE    writes the printable two-page handout
//	collection-src film            writes the film's frames to standard output, as raw RGB24
//	collection-src morse           writes the Morse alphabet to standard output, as WAV
//	collection-src tag FILE        puts tags and a cover before an MP3 recording
package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
)

var errUsage = errors.New("usage: collection-src pictures DIR | elsewhere DIR | handout FILE | film | morse | tag FILE")

func main() {
	if err := do(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "collection-src:", err)
		os.Exit(1)
	}
}

func do(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "pictures":
		return writePictures(args[1])
	case len(args) == 2 && args[0] == "elsewhere":
		return writeElsewhere(args[1])
	case len(args) == 2 && args[0] == "tag":
		return tagMP3(args[1])
	case len(args) == 1 && args[0] == "morse":
		return writeMorse(os.Stdout)
	case len(args) == 2 && args[0] == "handout":
		return os.WriteFile(args[1], handout(), 0o644)
	case len(args) == 1 && args[0] == "film":
		out := bufio.NewWriterSize(os.Stdout, 1<<20)
		return errors.Join(writeFilm(out), out.Flush())
	}
	return errUsage
}
