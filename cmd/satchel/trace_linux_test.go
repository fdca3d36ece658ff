package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"satchel/viewer/server"
)

// TestG04Trace follows every system call of the built program while somebody reads, and
// looks at which of them write, send or say something.
func TestG04Trace(t *testing.T) {
	t.Parallel()
	strace, bundle := need(t, "strace"), packed(t)
	log := filepath.Join(t.TempDir(), "trace")
	open := exec.Command(strace, "-f", "-qq", "-o", log, "-e", "trace=%file,%network,?ftruncate,?fallocate,?memfd_create",
		program(t), "open", "--no-browser", bundle)
	o := begin(t, open)
	o.readAll()
	out, errs := o.end()
	trace, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`openat\(.*news\.zip", O_RDONLY`).Match(trace) || !bytes.Contains(trace, []byte("bind(")) {
		t.Fatalf("the trace does not even show that the bundle is opened and a port taken:\n%.3000s", trace)
	}
	t.Run("nothing is written", func(t *testing.T) {
		none(t, trace, `\b(creat|rename\w*|unlink\w*|rmdir|mkdir\w*|mknod\w*|link\w*|symlink\w*|f?truncate\w*|fallocate|f?chmod\w*|l?f?chown\w*|utim\w*|l?f?setxattr)\(.*`)
		none(t, bytes.ReplaceAll(trace, []byte(`"/dev/null"`), nil), `\bopen\w*\(.*O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE).*`)
	})
	t.Run("G01 nothing is sent", func(t *testing.T) {
		none(t, trace, `\b(connect|sendto|sendmsg|sendmmsg)\(.*`)
	})
	t.Run("D03 nobody else can connect", func(t *testing.T) {
		none(t, regexp.MustCompile(`bind\(.*("127\.0\.0\.1"|"::1"|"::ffff:127\.0\.0\.1").*`).ReplaceAll(trace, nil), `\bbind\(.*`)
	})
	t.Run("G06 nothing is logged", func(t *testing.T) {
		if out != "" {
			t.Errorf("standard output goes on behind the address: %q", out)
		}
		if !regexp.MustCompile(`^satchel: note: "[^"\n]*": unknown publisher, fingerprint [\d ]+\nCtrl-C ends it\.\nEnded: the reader has left\.\n$`).MatchString(errs) {
			t.Errorf("standard error is %q, want two lines from before anything was read, and why it ended", errs)
		}
	})
}

// TestG13OpenGone: satchel open ends by itself once the stick is pulled, which is no fault, and says why.
func TestG13OpenGone(t *testing.T) {
	t.Parallel()
	bundle := packed(t)
	o := begin(t, exec.Command(program(t), "open", "--no-browser", bundle))
	if code, _ := o.get("alive"); code != http.StatusNoContent {
		t.Errorf("before: %d, want %d", code, http.StatusNoContent)
	}
	if err := os.Rename(bundle, bundle+"x"); err != nil {
		t.Fatal(err)
	}
	if _, errs := o.end(); !strings.HasSuffix(errs, "\n"+string(endings[server.Gone])+"\n") {
		t.Errorf("it says %q, want why it ended", errs)
	}
}

// none fails for each line that a pattern matches.
func none(t *testing.T, trace []byte, pattern string) {
	t.Helper()
	for _, line := range regexp.MustCompile(pattern).FindAll(trace, -1) {
		t.Errorf("%.300s", line)
	}
}

// An opened is satchel open as a process of its own, which shows a bundle.
type opened struct {
	t       *testing.T
	process *exec.Cmd
	out     *bufio.Reader
	errs    bytes.Buffer // to be read after it has ended
	address string
}

// begin starts satchel open and waits for the address that it prints.
func begin(t *testing.T, c *exec.Cmd) *opened {
	t.Helper()
	o := &opened{t: t, process: c}
	c.Stderr = &o.errs
	pipe, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill() })
	o.out = bufio.NewReader(pipe)
	line, err := o.out.ReadString('\n')
	if err != nil {
		t.Fatalf("%q prints %q, want an address: %v", c.Args, line, err)
	}
	o.address = strings.TrimSpace(line)
	return o
}

// end waits until the process has ended by itself, and returns what else it printed.
func (o *opened) end() (out, errs string) {
	o.t.Helper()
	rest, err := io.ReadAll(o.out)
	if err != nil {
		o.t.Fatal(err)
	}
	if err := o.process.Wait(); err != nil {
		o.t.Fatalf("%q: %v\n%s", o.process.Args, err, o.errs.String())
	}
	return string(rest), o.errs.String()
}

// get asks for an address below the first.
func (o *opened) get(path string) (code int, body string) {
	o.t.Helper()
	return o.answer(http.Get(o.address + path))
}

// post sends a form as a page of the viewer does.
func (o *opened) post(path string, form url.Values) (code int, body string) {
	o.t.Helper()
	r, err := http.NewRequest("POST", o.address+path, strings.NewReader(form.Encode()))
	if err != nil {
		o.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return o.answer(http.DefaultClient.Do(r))
}

func (o *opened) answer(a *http.Response, err error) (code int, body string) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
	defer a.Body.Close()
	data, err := io.ReadAll(a.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return a.StatusCode, string(data)
}

var (
	sealed    = regexp.MustCompile(`(?:href|src)="(?:\./)?([A-Za-z0-9_-]{40,})`)
	formProof = regexp.MustCompile(`name="for" value="([^"]+)"`)
)

// readAll follows every address that a page has to its end, types, has everything checked, asks
// for what there is not, and leaves.
func (o *opened) readAll() {
	o.t.Helper()
	seen, ask := map[string]bool{}, []string{""}
	for len(ask) > 0 && len(seen) < 200 {
		code, page := o.get(ask[0])
		ask = ask[1:]
		if code != http.StatusOK {
			continue // a page of several kinds has links that lead nowhere
		}
		for _, m := range sealed.FindAllStringSubmatch(page, -1) {
			if !seen[m[1]] {
				seen[m[1]] = true
				ask = append(ask, m[1])
			}
		}
	}
	if len(seen) < 15 {
		o.t.Errorf("there are only %d addresses to follow", len(seen))
	}
	_, page := o.get("")
	proof := proofIn(page)
	proof.Set("fingerprint", "words the reader typed")
	o.get("nothing-there")
	o.answer(http.Get(strings.TrimSuffix(o.address, "/") + "x/"))
	o.post("pin", proof)
	if code, page := o.post("check", proof); code != http.StatusOK || !strings.Contains(page, "Checking") && !strings.Contains(page, "whole") {
		o.t.Errorf("having everything checked: %d\n%s", code, page)
	}
	if code, _ := o.post("leave", proof); code != http.StatusOK {
		o.t.Errorf("leaving: %d", code)
	}
}

// proofIn returns what the forms of a page carry.
func proofIn(page string) url.Values {
	m := formProof.FindStringSubmatch(page)
	if m == nil {
		return nil
	}
	return url.Values{"for": {m[1]}}
}
