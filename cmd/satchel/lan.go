package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"satchel/viewer/server"
)

// A networkAddress is one that this computer has in a local network.
type networkAddress struct {
	ip   netip.Addr
	name string // of the network card
}

// localAddresses are those that this computer has now. Link-local ones are not among them: nobody could
// tell which one pupils reach.
func localAddresses() ([]networkAddress, error) {
	cards, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var all []networkAddress
	for _, card := range cards {
		if card.Flags&net.FlagUp == 0 {
			continue
		}
		list, err := card.Addrs()
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() && p.Addr().IsPrivate() {
				all = append(all, networkAddress{p.Addr(), card.Name})
			}
		}
	}
	return all, nil
}

// pickAddress is where a class is listened for: the address that was asked for, or the only one there is.
func pickAddress(asked string, found []networkAddress) (none netip.Addr, err error) {
	if asked != "" {
		ip, err := netip.ParseAddr(asked)
		if err != nil || !ip.Is4() {
			return none, misuse("--address {value}: it is four numbers with dots between them, such as 192.168.1.5", quote(asked))
		}
		if !ip.IsPrivate() && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() {
			return none, misuse("--address {ip} is none of a local network: others than the class could come from afar", ip)
		}
		return ip, nil
	}
	switch len(found) {
	case 0:
		return none, withHint(failure("this computer is in no local network"), "connect it to the class's network, or give an address with --address")
	case 1:
		return found[0].ip, nil
	}
	var list []string
	for _, f := range found {
		list = append(list, fmt.Sprintf("--address %s (%s)", f.ip, f.name))
	}
	return none, withHint(misuse("this computer is in several networks; which one is the class in?"), "{flags}", strings.Join(list, ", "))
}

// lanAddress understands --lan and --address.
func (o *openOptions) lanAddress() (none netip.Addr, err error) {
	if !o.lan {
		if o.address != "" {
			return none, misuse("--address goes with --lan")
		}
		return none, nil
	}
	found, err := localAddresses()
	if err != nil && o.address == "" {
		return none, failure("this computer's addresses: {reason}", err)
	}
	return pickAddress(o.address, found)
}

// invite says how the class comes in, and who sees what.
func invite(u *ui, c *server.Class) error {
	u.printf("%s %s\n", c.Address(), c.Code())
	u.warn("others can reach what you opened:")
	u.say("- whoever knows the code reads and searches all of it, and changes nothing;")
	u.say("- everybody in the network sees that something is offered here, and who watches the network sees the code, and what is read: " +
		"it is not encrypted;")
	u.say("- a pupil's browser may keep that it was here, unless it is told to open a private window;")
	u.say("- you do not see what they read, and nothing is written down here.")
	u.say("For the class: {address}   code {code}", c.Address(), c.Code()[:3]+" "+c.Code()[3:])
	if !u.progress.on { // no terminal
		return nil
	}
	lines, err := c.QR()
	if err != nil {
		return err
	}
	for _, line := range lines {
		u.say("{line}", "\x1b[30;107m"+line+"\x1b[0m") // dark on light, whatever the terminal's colours
	}
	return nil
}

// tellGuesses tells the teacher of wrong codes until the class ends.
func tellGuesses(ctx context.Context, u *ui, guesses <-chan server.Guess) {
	for {
		select {
		case <-ctx.Done():
			return
		case g := <-guesses:
			tellGuess(u, g)
		}
	}
}

// tellGuess says who is held up, and for how long.
func tellGuess(u *ui, g server.Guess) {
	wait := int64(g.Wait.Round(time.Second) / time.Second)
	if g.From == "" {
		u.warn("{n} wrong codes came in all: those that are typed are looked at slowly now, one at a time; the QR code leads in as before", g.Wrong)
		return
	}
	u.warn("{n} wrong codes came from {address}: the next one there is looked at in {seconds}", g.Wrong, show(g.From),
		quantity{wait, "{n} second", "{n} seconds"})
}
