// Command collection-src draws what the example collection shows: its diagrams, its clouds, its
// handout and the frames of its film. It reads nothing, and the same version of Go gives the same
// bytes each time. make.sh beside it calls it, and adds the voices.
//
//	collection-src pictures DIR   writes every picture of the collection below DIR
//	collection-src handout FILE   writes the printable two-page handout
//	collection-src film           writes the film's frames to standard output, as raw RGB24
package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
)

var errUsage = errors.New("usage: collection-src pictures DIR | handout FILE | film")

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "collection-src:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "pictures":
		return writePictures(args[1])
	case len(args) == 2 && args[0] == "handout":
		return os.WriteFile(args[1], handout(), 0o644)
	case len(args) == 1 && args[0] == "film":
		out := bufio.NewWriterSize(os.Stdout, 1<<20)
		return errors.Join(writeFilm(out), out.Flush())
	}
	return errUsage
}
