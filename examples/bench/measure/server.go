package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A served is a server under measurement.
type served struct {
	name string
	host string
	root string // what the paths of all addresses begin with, slash and all
	cmd  *exec.Cmd
}

// startSatchel returns when the viewer of a bundle has said its address.
func (b *bench) startSatchel(path string) (*served, error) {
	s, _, err := b.startViewer(path)
	return s, err
}

// startViewer starts a viewer with flags, bundles and all. What it says after its address can be read.
func (b *bench) startViewer(args ...string) (*served, *bufio.Reader, error) {
	cmd := b.command(b.satchel, append([]string{"open", "--no-browser"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	s := &served{name: "satchel open", cmd: cmd}
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("satchel open: %w", err), s.stop())
	}
	address, err := url.Parse(strings.TrimSpace(line))
	if err != nil {
		return nil, nil, errors.Join(err, s.stop())
	}
	s.host, s.root = address.Host, address.Path
	return s, lines, nil
}

// startKiwix returns when kiwix-serve accepts connections.
func (b *bench) startKiwix(path string) (*served, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	host := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	_, port, _ := strings.Cut(host, ":")
	s := &served{name: "kiwix-serve", host: host, root: "/",
		cmd: b.command("kiwix-serve", "-p", port, "--address", "127.0.0.1", path)}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for range 200 {
		c, err := net.Dial("tcp4", host)
		if err == nil {
			return s, c.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
	return nil, errors.Join(errors.New("kiwix-serve does not answer"), s.stop())
}

// stop ends the server. That it was interrupted is no failure.
func (s *served) stop() error {
	err := s.cmd.Process.Signal(os.Interrupt)
	var exit *exec.ExitError
	if waited := s.cmd.Wait(); !errors.As(waited, &exit) && s.cmd.ProcessState == nil {
		err = errors.Join(err, waited)
	}
	return err
}

// page returns what lies at an address of the server's.
func (s *served) page(path string) ([]byte, error) {
	r, err := http.Get("http://" + s.host + s.root + strings.TrimPrefix(path, "./"))
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(r.Body)
	err = errors.Join(err, r.Body.Close())
	if err == nil && r.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s", s.name, r.Status)
	}
	return body, err
}

// home returns the contents, as a reader comes to them from the first page; query is what is asked for there.
func (s *served) home(query string) ([]byte, error) {
	start, err := s.page("")
	if err != nil {
		return nil, err
	}
	address, ok := homeLink(start)
	if !ok {
		return nil, fmt.Errorf("the first page of %s leads nowhere", s.name)
	}
	return s.page(address + query)
}

var memoryLine = regexp.MustCompile(`(?m)^(Vm\w+):\s+(\d+) kB$`)

// memory returns what /proc says: VmRSS for now, VmHWM for the peak.
func (s *served) memory(line string) (float64, error) {
	return processMemory(strconv.Itoa(s.cmd.Process.Pid), line)
}

func processMemory(process, line string) (float64, error) {
	text, err := os.ReadFile("/proc/" + process + "/status")
	if err != nil {
		return none, err
	}
	for _, m := range memoryLine.FindAllSubmatch(text, -1) {
		if bytes.Equal(m[1], []byte(line)) {
			kilobytes, err := strconv.ParseInt(string(m[2]), 10, 64)
			return float64(kilobytes) * 1024, err
		}
	}
	return none, fmt.Errorf("/proc has no %s", line)
}
