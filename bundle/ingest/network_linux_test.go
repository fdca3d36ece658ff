package ingest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"satchel/bundle"
	"satchel/bundle/ingest/collection"
	"satchel/bundle/ingest/tool"
)

// insideNetwork is set in the process that packs in a network of its own.
const insideNetwork = "SATCHEL_TEST_NETWORK"

// TestE14NoNetwork packs the example collection, and beside it pages and documents that ask for things
// from everywhere, in a network of their own in which every packet is seen: those of a request and of
// a name look-up, made first to show it, and no other.
func TestE14NoNetwork(t *testing.T) {
	if os.Getenv(insideNetwork) != "" {
		packInNetwork(t)
		return
	}
	t.Parallel()
	if _, err := exec.LookPath("ip"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	again := exec.Command(os.Args[0], "-test.run=^TestE14NoNetwork$", "-test.v")
	again.Env = append(os.Environ(), insideNetwork+"=yes", "GODEBUG=netdns=go")
	again.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if os.Getuid() != 0 {
		again.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		again.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		again.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	out, err := again.CombinedOutput()
	if errors.Is(err, syscall.EPERM) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatalf("in a network of its own: %v\n%s", err, out)
	}
}

func packInNetwork(t *testing.T) {
	l := newLookout(t)
	if c, err := net.DialTimeout("tcp", "192.0.2.80:80", 300*time.Millisecond); err == nil {
		c.Close()
		t.Fatal("somebody answers")
	}
	l.wait(t, "a request", func(p packet) bool { return p.protocol == 6 && p.port == 80 })
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	asks := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, "192.0.2.53:53") // whatever this computer asks
	}}
	_, _ = asks.LookupHost(ctx, "lookout.example")
	l.wait(t, "a name look-up", func(p packet) bool { return p.protocol == 17 && p.port == 53 })
	time.Sleep(2 * time.Second) // until nothing is asked again

	before := l.count()
	tools := tool.Find()
	tools.Dir = t.TempDir()
	for _, how := range []collection.HTML{"", collection.Article, collection.Site} {
		f := open(t, Options{HTML: how, SkipUnsupported: true, Tools: tools}, "../../examples/collection", lay(t, asking(t)))
		name := t.TempDir() + "/x.zip"
		sum, err := bundle.Create(context.Background(), name, f, bundle.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if left := f.LeftOut(); len(left) != 1 || !strings.HasSuffix(left[0].Path, "entity.svg") || sum.Items < 70 {
			t.Errorf("%d items, left out: %v", sum.Items, left)
		}
	}
	time.Sleep(time.Second)
	if after := l.seen(); len(after) > before {
		t.Errorf("packing sent %d packets: %+v", len(after)-before, after[before:])
	}
}

// asking are files that want something from the net as soon as they are looked at.
func asking(t *testing.T) map[string]string {
	t.Helper()
	page := string(readFile(t, "../sanitize/testdata/requests.html"))
	const xxe = `<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://192.0.2.80/x.dtd" [<!ENTITY % a SYSTEM "http://192.0.2.80/a"> %a; ` +
		`<!ENTITY b SYSTEM "http://asked.example/b">]>`
	files := map[string]string{
		"ask/requests.html": page,
		"ask/frame.html":    `<title>t</title><base href="http://192.0.2.80/"><link rel=stylesheet href=a.css><iframe src=b></iframe><img src=c>`,
		"ask/text.md":       "# Ask\n\n![a](http://192.0.2.80/a.png) [b](//asked.example/b) <img src=http://asked.example/c>\n",
		"ask/drawing.svg": `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">` +
			`<image href="http://192.0.2.80/a.png"/><use xlink:href="http://asked.example/b.svg#c"/><style>@import "http://asked.example/c.css";</style><path d="M0 0h9"/></svg>`,
		"ask/entity.svg": xxe + `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9"/></svg>`,
		"ask/film.smi":   `<SAMI><HEAD><LINK REL=stylesheet HREF="http://192.0.2.80/a.css"></HEAD><BODY><SYNC Start=1><P><IMG SRC="http://asked.example/a">x</BODY></SAMI>`,
		"ask/film.vtt":   "WEBVTT\n\nSTYLE\n::cue { background: url(http://192.0.2.80/a) }\n\n00:01.000 --> 00:02.000\nx\n",
		"ask/paper.pdf":  askingPDF(),
	}
	put := func(name string, parts ...string) { files[name] = zipped(t, parts...) }
	put("ask/book.epub", "mimetype", "application/epub+zip", "META-INF/container.xml", `<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles><rootfile full-path="a.opf" media-type="application/oebps-package+xml"/></rootfiles></container>`,
		"a.opf", `<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>T</dc:title></metadata>`+
			`<manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/><item id="b" href="http://192.0.2.80/b.mp4" media-type="video/mp4"/></manifest><spine><itemref idref="a"/></spine></package>`,
		"a.xhtml", `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>T</title><link rel="stylesheet" href="http://asked.example/a.css"/></head><body><p>x<img src="http://192.0.2.80/a.png"/></p></body></html>`)
	put("ask/letter.docx", docxParts(`<w:p><w:r><w:t>Water</w:t></w:r></w:p>`, "word/_rels/document.xml.rels",
		`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" TargetMode="External" `+
			`Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="http://192.0.2.80/t.dotm"/></Relationships>`)...)
	return files
}

// askingPDF opens an address as soon as it is opened, and says that its content lies elsewhere.
func askingPDF() string {
	return pdf("<</Type/Catalog/Pages 2 0 R/OpenAction<</S/URI/URI(http://192.0.2.80/a)>>/AA<</WC<</S/SubmitForm/F(http://asked.example/b)>>>>>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>",
		"<</Length 0/F<</FS/URL/F(http://192.0.2.80/stream)>>>>stream\n\nendstream")
}

// A packet is one that left for somewhere, by its protocol and port.
type packet struct {
	protocol byte
	port     uint16
}

// A lookout sees all packets of a network in which every address lies behind one device.
type lookout struct {
	mu      sync.Mutex
	packets []packet
}

func newLookout(t *testing.T) *lookout {
	t.Helper()
	// whatever IPv6 says by itself is no packet of ours; without it, an attempt to use it fails at once
	_ = os.WriteFile("/proc/sys/net/ipv6/conf/all/disable_ipv6", []byte("1"), 0)
	for _, line := range []string{
		"link set lo up", "link add out type veth peer name end", "link set end up", "link set out up", "addr add 192.0.2.1/24 dev out",
		"neigh add 192.0.2.80 lladdr 02:00:00:00:00:02 dev out", "neigh add 192.0.2.53 lladdr 02:00:00:00:00:02 dev out",
		"neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev out", "route add default via 192.0.2.2",
	} {
		if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
			t.Fatalf("ip %s: %v %s", line, err, out)
		}
	}
	const allProtocols = syscall.ETH_P_ALL<<8&0xff00 | syscall.ETH_P_ALL>>8 // in network order
	fd, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, allProtocols)
	if err != nil {
		t.Fatal(err)
	}
	l := &lookout{}
	go l.follow(fd)
	return l
}

// follow goes on until the process ends. A look-up that stays on this computer counts, too.
func (l *lookout) follow(fd int) {
	buf := make([]byte, 64<<10)
	for {
		n, from, err := syscall.Recvfrom(fd, buf, 0)
		link, ok := from.(*syscall.SockaddrLinklayer)
		if err != nil || !ok || n < 24 || link.Protocol != 0x0008 || link.Pkttype != syscall.PACKET_OUTGOING {
			continue
		}
		head := 4 * int(buf[0]&15)
		p := packet{protocol: buf[9]}
		if head+4 <= n {
			p.port = binary.BigEndian.Uint16(buf[head+2:])
		}
		l.mu.Lock()
		l.packets = append(l.packets, p)
		l.mu.Unlock()
	}
}

func (l *lookout) seen() []packet {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.packets[:len(l.packets):len(l.packets)]
}

func (l *lookout) count() int { return len(l.seen()) }

func (l *lookout) wait(t *testing.T, what string, is func(packet) bool) {
	t.Helper()
	for range 50 {
		for _, p := range l.seen() {
			if is(p) {
				return
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal(fmt.Sprint("the look-out did not see ", what))
}
