package main

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"runtime/debug"
	"strconv"

	"github.com/urfave/cli/v2"

	"satchel/bundle"
	"satchel/bundle/ingest/document"
	"satchel/bundle/sign"
	"satchel/viewer"
	"satchel/viewer/server"
)

type openOptions struct {
	pins      []sign.Pin
	noBrowser bool
	noPrivate bool
	portText  string
	port      int
	lan       bool
	address   string
	class     netip.Addr // understood from the two above
}

// newOpenCommand takes several bundles, which then form a library.
func newOpenCommand(u *ui) *cli.Command {
	var o openOptions
	return &cli.Command{
		Name:      "open",
		Usage:     "read bundles in the browser",
		ArgsUsage: "BUNDLE…",
		Flags: append(append([]cli.Flag{pinFlag()}, o.browserFlags()...),
			&cli.BoolFlag{Name: "lan", Destination: &o.lan,
				Usage: "let others in the local network read, too, who know a code that is shown"},
			&cli.StringFlag{Name: "address", Destination: &o.address,
				Usage: "with --lan, listen at this computer's address `IP`; otherwise at the only " +
					"one that it has in a local network"}),
		Description: manual{
			about: `Shows bundles in the system's browser, in a private window where that can be had. Only
this computer can reach the viewer, at the address in the first line of the output;
nothing is sent anywhere. Everything is checked before it is shown. Ctrl-C ends it, and
so do the button to leave and Shift pressed three times. It ends by itself when no page
is open any more, or a bundle is not there any more.

With --lan a class can read along, without an installation: the second line of the output
has the address, and a code of six digits without which nobody comes in. On a terminal
there is a QR code that leads in. You are told where wrong codes come from. It is not
encrypted, and ends for all when you leave.`,
			example: `satchel open news.zip
satchel open --lan --address 192.168.1.5 lessons.zip
satchel open -p news.pub --no-browser /media/stick/*.zip`,
			exits: []string{doneLine, failLine, usageLine, holdLine},
		}.text(u),
		Action: func(c *cli.Context) error {
			args, err := arguments(c, 1, -1)
			if err != nil {
				return err
			}
			if err := o.parse(); err != nil {
				return err
			}
			if o.class, err = o.lanAddress(); err != nil {
				return err
			}
			if o.pins, err = readPins(c.Context, c.StringSlice("publisher")); err != nil {
				return err
			}
			return o.run(c.Context, u, args)
		},
	}
}

// browserFlags say how the viewer is shown. They are shared by open and preview.
func (o *openOptions) browserFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "no-browser", Destination: &o.noBrowser,
			Usage: "print the address, and start no browser"},
		&cli.BoolFlag{Name: "no-private", Destination: &o.noPrivate,
			Usage: "start the browser in an ordinary window; otherwise in a private one " +
				"where that can be had"},
		&cli.StringFlag{Name: "port", Destination: &o.portText,
			Usage: "listen on port `N` of this computer; otherwise on one that is free"},
	}
}

// parse understands what browserFlags took.
func (o *openOptions) parse() (err error) {
	o.port, err = parsePort(o.portText)
	return err
}

// parsePort takes no 0: who wants any port gives none.
func parsePort(s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil || n == 0 {
		return 0, misuse("--port {value}: it is a number from 1 to 65535", quote(s))
	}
	return int(n), nil
}

// What the viewer may take: an old computer has little memory. Garbage is collected when it
// is half of what is in use, and sooner near the limit, which is for the viewer and for each
// bundle's cache of blocks.
const (
	openGarbage   = 50 // per cent
	openMemory    = 80 << 20
	openPerBundle = 48 << 20
)

// run opens every bundle before it shows one, so that a forged one is not overlooked.
func (o *openOptions) run(ctx context.Context, u *ui, names []string) (err error) {
	debug.SetGCPercent(openGarbage)
	debug.SetMemoryLimit(openMemory + openPerBundle*int64(len(names)))
	var readers []*bundle.Reader
	defer func() {
		for _, r := range readers {
			err = errors.Join(err, r.Close())
		}
	}()
	for _, name := range names {
		r, err := openBundle(name)
		if err != nil {
			return err
		}
		readers = append(readers, r)
		if err := noteStanding(u, name, r.Standing(o.pins...)); err != nil {
			return err
		}
	}
	return o.serve(ctx, u, readers)
}

// endings are what is said of an end that nobody in the terminal has called for.
var endings = map[server.End]phrase{
	server.Left:     "Ended: the reader has left.",
	server.Deserted: "Ended: nobody reads any more.",
	server.Gone:     "Ended: a bundle is not there any more; its stick was pulled, or its file removed or renamed.",
}

// serve shows the bundles until the context ends, the reader leaves, nobody reads any more or a
// bundle is gone. The address is printed before the browser starts, so that it is at hand where none does.
func (o *openOptions) serve(ctx context.Context, u *ui, readers []*bundle.Reader) error {
	s := server.New(viewer.New(readers, viewer.Options{Pins: o.pins, Documents: document.Text}), server.Options{Port: o.port, Class: o.class, Language: os.Getenv("SATCHEL_LANG")})
	if err := s.Listen(); err != nil {
		return err
	}
	u.printf("%s\n", s.Address())
	if c := s.Class(); c != nil {
		if err := invite(u, c); err != nil {
			return err
		}
		telling, stop := context.WithCancel(ctx)
		defer stop()
		go tellGuesses(telling, u, c.Guesses())
	}
	u.say("Ctrl-C ends it.")
	if !o.noBrowser {
		go o.startBrowser(u, s)
	}
	if err := s.Serve(ctx); err != nil {
		return err
	}
	if why := endings[s.End()]; why != "" {
		u.say(why)
	}
	return nil
}
