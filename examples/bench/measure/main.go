// Measure measures Satchel beside what others need for the same work, and prints one
// table of ratios. bench.sh, beside it, sees to the tools and the corpora, builds what is
// measured, and calls it:
//
//	measure [-runs N] [-corpora NAMES] [-soak D] [-satchel FILE] SECTION...
//
// The sections are pack, ingest, verify, serve, film, growth, open, class, soak and search.
// All figures are medians. Ours and the peer's runs alternate, so that whatever else the
// machine does meets both.
//
// Further uses serve the first, which needs them in processes of their own; the last
// makes bundles for other experiments as well:
//
//	measure loop [-deep] BUNDLE      hashes what verify hashes, and does nothing else
//	measure cost BUNDLE SEED         what opening reads and allocates
//	measure index ARTICLES INDEX     makes a search index of articles that are made up
//	measure ask INDEX QUERIES        what queries of it take and read, and memory in the end
//	measure generate [-pages N] [-page BYTES] [-films N] [-film BYTES] BUNDLE
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"satchel/bundle"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "loop":
			return runLoop(args[1:])
		case "cost":
			return runCost(args[1:])
		case "index":
			return runIndex(args[1:])
		case "ask":
			return runAsk(args[1:])
		case "generate":
			return runGenerate(ctx, args[1:])
		}
	}
	return runBench(ctx, args)
}

func runLoop(args []string) error {
	flags := flag.NewFlagSet("loop", flag.ExitOnError)
	deep := flags.Bool("deep", false, "the flat hashes, too")
	flags.Parse(args) // exits when it fails
	return loop(flags.Arg(0), *deep)
}

func runCost(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: measure cost BUNDLE SEED")
	}
	seed, err := strconv.ParseUint(args[1], 10, 64)
	if err != nil {
		return err
	}
	read, allocated, err := cost(args[0], seed)
	fmt.Println(read, allocated)
	return err
}

func runIndex(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: measure index ARTICLES INDEX")
	}
	n, err := strconv.ParseUint(args[0], 10, 32)
	if err != nil {
		return err
	}
	return indexArticles(int(n), args[1])
}

func runAsk(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: measure ask INDEX QUERIES")
	}
	n, err := strconv.ParseUint(args[1], 10, 32)
	if err != nil {
		return err
	}
	return askArticles(args[0], int(n), os.Stdout)
}

// packMemory is where the garbage collector begins to work harder, as in satchel pack:
// the memory that growth shows is to be what the command takes.
const packMemory = 200 << 20

func runGenerate(ctx context.Context, args []string) error {
	var m made
	flags := flag.NewFlagSet("generate", flag.ExitOnError)
	flags.Int64Var(&m.pages, "pages", 0, "how many pages")
	flags.Int64Var(&m.pageSize, "page", 1000, "bytes of a page")
	flags.Int64Var(&m.films, "films", 0, "how many films")
	flags.Int64Var(&m.filmSize, "film", 1_000_000, "bytes of a film")
	flags.Parse(args) // exits when it fails
	debug.SetMemoryLimit(packMemory)
	_, err := bundle.Create(ctx, flags.Arg(0), m, bundle.Options{Title: "Made up"})
	return err
}

func runBench(ctx context.Context, args []string) (err error) {
	b := &bench{ctx: ctx, done: map[string]usage{}}
	flags := flag.NewFlagSet("measure", flag.ExitOnError)
	flags.IntVar(&b.runs, "runs", 5, "how often each is run")
	flags.DurationVar(&b.soakTime, "soak", time.Minute, "how long to soak")
	flags.StringVar(&b.satchel, "satchel", "bin/satchel", "the program to measure")
	flags.StringVar(&b.cache, "cache", "", "where the corpora lie and bundles are kept; default: satchel in the user's cache folder")
	flags.BoolVar(&b.keep, "keep", false, "keep the 20 GB bundle for the next time")
	flags.StringVar(&b.queries, "queries", "bundle/search/testdata", "where tables of known queries lie")
	packed := flags.String("corpora", "handbook gimp jdk", "what to pack beside others, in one argument")
	flags.Parse(args) // exits when it fails
	b.corpora = strings.Fields(*packed)
	if b.runs < 1 {
		return errors.New("-runs must be at least 1")
	}
	if b.cache == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			return err
		}
		b.cache = filepath.Join(dir, "satchel")
	}
	names := flags.Args()
	if len(names) == 0 {
		for _, s := range sections {
			names = append(names, s.name)
		}
	}
	if err := b.prepare(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.cleanUp()) }()
	failed := b.measure(names)
	return errors.Join(b.table.print(os.Stdout), failed)
}

// sections are what is measured, in the order in which all are run: what leaves bundles
// behind that another uses comes first.
var sections = []struct {
	name string
	run  func(*bench) error
}{
	{"pack", (*bench).pack}, {"ingest", (*bench).ingest}, {"verify", (*bench).verify}, {"serve", (*bench).serve},
	{"film", (*bench).film}, {"growth", (*bench).growth}, {"open", (*bench).open},
	{"class", (*bench).class}, {"soak", (*bench).soak}, {"search", (*bench).search},
}

// measure runs sections. One that fails does not keep the others from running.
func (b *bench) measure(names []string) error {
	var failures []error
	for _, name := range names {
		known := false
		for _, s := range sections {
			if s.name != name {
				continue
			}
			known = true
			b.say("section %s", name)
			if err := s.run(b); err != nil {
				b.say("section %s: %v", name, err)
				failures = append(failures, fmt.Errorf("%s: %w", name, err))
			}
			if err := b.ctx.Err(); err != nil {
				return err
			}
		}
		if !known {
			failures = append(failures, fmt.Errorf("no section %q", name))
		}
	}
	return errors.Join(failures...)
}
