// Serve opens bundles and shows them in a browser, as satchel open does:
//
//	go run ./examples/serve news.zip
//
// It prints the address, and ends with Ctrl-C or when the reader leaves.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"satchel/bundle"
	"satchel/viewer"
	"satchel/viewer/server"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(1)
	}
}

// run serves the bundles with these names until ctx ends.
func run(ctx context.Context, names []string) error {
	var bundles []*bundle.Reader
	for _, name := range names {
		b, err := bundle.Open(name) // checks the signatures
		if err != nil {
			return err
		}
		defer b.Close()
		bundles = append(bundles, b)
	}
	s := server.New(viewer.New(bundles, viewer.Options{}), server.Options{})
	if err := s.Listen(); err != nil {
		return err
	}
	fmt.Println(s.Address())
	return s.Serve(ctx)
}
