package main

import (
	"bytes"
	"debug/buildinfo"
	"debug/elf"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// H03: what ships needs no loader and no libraries, so none can be put in their place.
func TestH03Static(t *testing.T) {
	t.Parallel()
	f, err := elf.Open(program(t))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			t.Errorf("the program has a %s segment", p.Type)
		}
	}
	if libraries, _ := f.ImportedLibraries(); len(libraries) > 0 {
		t.Errorf("the program loads %q", libraries)
	}
}

// H03: neither what lies beside the program nor the environment changes what it says.
func TestH03Environment(t *testing.T) {
	t.Parallel()
	bundle, planted := packed(t), t.TempDir()
	proxy, called := listener(t)
	for _, name := range []string{"libc.so.6", "evil.so", "xdg-open", "satchel", "minisign"} {
		plant(t, filepath.Join(planted, name), filepath.Join(planted, "ran"))
	}
	hostile := []string{"LD_PRELOAD=" + filepath.Join(planted, "evil.so"), "LD_LIBRARY_PATH=" + planted, "LD_AUDIT=evil.so",
		"PATH=" + planted, "SSLKEYLOGFILE=" + filepath.Join(planted, "keys"), "GODEBUG=execerrdot=0,zipinsecurepath=1,netdns=cgo,x509usefallbackroots=1",
		"HTTP_PROXY=http://" + proxy, "http_proxy=http://" + proxy, "ALL_PROXY=http://" + proxy, "NO_PROXY=", "HTTPS_PROXY=http://" + proxy}
	for _, args := range [][]string{{"verify", "--json", bundle}, {"verify", "--deep", bundle}, {"info", bundle}, {"ls", bundle}} {
		plain, _ := runIn(t, planted, os.Environ(), args...)
		if got, _ := runIn(t, planted, append(os.Environ(), hostile...), args...); got != plain {
			t.Errorf("satchel %s prints %q in a hostile environment, and %q otherwise", args[0], got, plain)
		}
	}
	pages := map[bool]string{}
	for _, isHostile := range []bool{false, true} {
		c := exec.Command(program(t), "open", "--no-browser", bundle)
		c.Dir = planted
		if isHostile {
			c.Env = append(os.Environ(), hostile...)
		}
		o := begin(t, c)
		_, page := o.get("")
		pages[isHostile] = regexp.MustCompile(`[A-Za-z0-9_-]{40,}`).ReplaceAllString(page, "ADDRESS")
		o.post("leave", proofIn(page))
		o.end()
	}
	if pages[true] != pages[false] {
		t.Errorf("the first page is %q in a hostile environment, and %q otherwise", pages[true], pages[false])
	}
	for _, name := range []string{"ran", "keys"} {
		if _, err := os.Stat(filepath.Join(planted, name)); err == nil {
			t.Errorf("%s was made: something planted had its way", name)
		}
	}
	if n := called(); n > 0 {
		t.Errorf("the proxy was called %d times", n)
	}
}

// runIn runs the program in a folder and returns what it says.
func runIn(t *testing.T, dir string, env []string, args ...string) (out string, code int) {
	t.Helper()
	c := exec.Command(program(t), args...)
	c.Dir, c.Env = dir, env
	data, err := c.CombinedOutput()
	if err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	return string(data), c.ProcessState.ExitCode()
}

// plant writes a program that leaves a file behind when it runs.
func plant(t *testing.T, name, trace string) {
	t.Helper()
	writeFile(t, name, "#!/bin/sh\necho \"$0 $*\" >>'"+trace+"'\n")
	if err := os.Chmod(name, 0o777); err != nil {
		t.Fatal(err)
	}
}

// listener returns an address that nobody should connect to, and how often somebody did.
func listener(t *testing.T) (address string, called func() int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan int)
	go func() {
		n := 0
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			c.Close()
			n++
		}
		done <- n
	}()
	return l.Addr().String(), func() int {
		l.Close()
		return <-done
	}
}

// H04: the browser is the system's, whatever programs and settings of that name lie where satchel
// is started, or on the stick.
func TestH04Browser(t *testing.T) {
	t.Parallel()
	for name, env := range map[string][]string{
		"a dot in PATH":            {"PATH=.:SYSTEM"},
		"an empty entry in PATH":   {"PATH=:SYSTEM"},
		"a relative entry in PATH": {"PATH=sub:./sub:SYSTEM"},
		"Go told to allow it":      {"PATH=.:SYSTEM", "GODEBUG=execerrdot=0"},
		"relative settings":        {"PATH=.:SYSTEM", "XDG_CONFIG_HOME=.", "XDG_DATA_HOME=.", "XDG_DATA_DIRS=:.:sub", "HOME=."},
	} {
		for program, arguments := range map[string]string{"xdg-open": `1\n`, "firefox": `2\n--private-window\n`} {
			t.Run(name+", "+program, func(t *testing.T) {
				t.Parallel()
				checkBrowser(t, program, arguments, env)
			})
		}
	}
}

func checkBrowser(t *testing.T, usual, arguments string, env []string) {
	stick, system := t.TempDir(), t.TempDir()
	bundle := filepath.Join(stick, "$(touch ran);`touch ran` & touch ran #.zip")
	if err := os.Rename(packed(t), bundle); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"xdg-open", "x-www-browser", "www-browser", "wslview", "open", "chromium", "firefox", "sh", "xdg-mime", "env"} {
		plant(t, filepath.Join(stick, name), filepath.Join(stick, "ran"))
		plant(t, filepath.Join(stick, "sub", name), filepath.Join(stick, "ran"))
	}
	for _, dir := range []string{".", ".config", "applications", ".local/share/applications"} {
		writeFile(t, filepath.Join(stick, dir, "mimeapps.list"), "[Default Applications]\nx-scheme-handler/http=planted.desktop\n")
		writeFile(t, filepath.Join(stick, dir, "planted.desktop"), "[Desktop Entry]\nExec="+filepath.Join(stick, "firefox")+" %u\n")
	}
	// As the real one does, it runs other programs by their names.
	called := filepath.Join(system, "called")
	writeFile(t, filepath.Join(system, usual), "#!/bin/sh\nxdg-mime query\nprintf '%s\\n' \"$#\" \"$@\" >'"+called+".part'\n/bin/mv '"+called+".part' '"+called+"'\n")
	plant(t, filepath.Join(system, "xdg-mime"), filepath.Join(system, "asked"))
	if err := os.Chmod(filepath.Join(system, usual), 0o777); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program(t), "open", filepath.Base(bundle))
	c.Dir = stick
	c.Env = []string{"XDG_DATA_DIRS=" + system} // or those of this system
	for _, v := range env {
		c.Env = append(c.Env, strings.ReplaceAll(v, "SYSTEM", system))
	}
	o := begin(t, c)
	defer func() {
		if ran, err := os.ReadFile(filepath.Join(stick, "ran")); err == nil {
			t.Errorf("with %q, what was planted on the stick ran: %q", env, ran)
		}
	}()
	got := waitForFile(t, called)
	if want := `^` + arguments + `http://127\.0\.0\.1:\d+/[A-Za-z0-9_-]+\n$`; !regexp.MustCompile(want).MatchString(got) {
		t.Errorf("%s is started with %q, want %s", usual, got, want)
	}
	_, page := o.get("")
	o.post("leave", proofIn(page))
	o.end()
}

// H05: verify lists everything in a bundle's folder that does not belong to it, however it
// is called, and shows the name as what it is.
func TestH05Lures(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "news")
	if code, _, errs := command(t, t.Context(), "convert", "--layout", "folder", "-o", folder, packed(t)); code != exitDone {
		t.Fatalf("convert: code %d, %s", code, errs)
	}
	lures := []string{".hidden", "AUTORUN.INF", "MANIFEST.exe", "News.lnk", "OPEN-ME.html", "RECYCLER", "article.pdf.exe",
		"desktop.ini", "m0001.mp4.exe", "photo\u202egpj.exe", "s0009"}
	for _, name := range lures {
		if name == "RECYCLER" { // a folder is named as a whole
			name = "RECYCLER/deep/run.exe"
		}
		writeFile(t, filepath.Join(folder, name), "MZ")
	}
	_, out, _ := command(t, t.Context(), "verify", "--json", folder)
	var line struct{ Extra []string }
	if err := json.Unmarshal([]byte(out), &line); err != nil {
		t.Fatal(err)
	}
	slices.Sort(line.Extra)
	if !slices.Equal(line.Extra, lures) {
		t.Errorf("the files that do not belong to it are %q, want %q", line.Extra, lures)
	}
	_, out, _ = command(t, t.Context(), "verify", folder)
	if n := strings.Count(out, "\nextra "); n != len(lures) || strings.Contains(out, "\u202e") {
		t.Errorf("verify names %d of %d files, each as it is:\n%q", n, len(lures), out)
	}
}

// H06: the same sources give the same program, wherever they lie.
func TestH06Reproducible(t *testing.T) {
	t.Parallel()
	var programs [2][]byte
	for i := range programs {
		root := filepath.Join(t.TempDir(), strings.Repeat("elsewhere", i+1))
		for _, part := range []string{"bundle", "cmd", "viewer"} {
			if err := os.CopyFS(filepath.Join(root, part), os.DirFS(filepath.Join("..", "..", part))); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range []string{"go.mod", "go.sum"} {
			writeFile(t, filepath.Join(root, name), readFile(t, filepath.Join("..", "..", name)))
		}
		name := filepath.Join(root, "satchel")
		if err := build(filepath.Join(root, "cmd", "satchel"), name); err != nil {
			t.Fatal(err)
		}
		programs[i] = []byte(readFile(t, name))
		if bytes.Contains(programs[i], []byte("elsewhere")) {
			t.Errorf("the program built in %s names that folder", root)
		}
	}
	if !bytes.Equal(programs[0], programs[1]) {
		t.Error("the same sources in two folders give two programs")
	}
}

// What ships is made of modules, each of which has its reason in CONTRIBUTING.md. Whoever adds
// one changes these numbers.
const (
	directModules = 18
	allModules    = 29
	shipped       = 21
)

// H09: no C, no module too many, and each as the world knows it.
func TestH09Modules(t *testing.T) {
	t.Parallel()
	t.Run("number", func(t *testing.T) {
		var mod struct {
			Require []struct {
				Path     string
				Indirect bool
			}
		}
		if err := json.Unmarshal([]byte(goOutput(t, "mod", "edit", "-json")), &mod); err != nil {
			t.Fatal(err)
		}
		reasons, direct := readFile(t, filepath.Join("..", "..", "CONTRIBUTING.md")), 0
		for _, m := range mod.Require {
			if m.Indirect {
				continue
			}
			direct++
			if !strings.Contains(reasons, "| "+m.Path+" ") && !strings.Contains(reasons, "| "+m.Path+"/") {
				t.Errorf("CONTRIBUTING.md has no reason for %s", m.Path)
			}
		}
		if direct != directModules || len(mod.Require) != allModules {
			t.Errorf("go.mod has %d direct modules of %d, want %d of %d", direct, len(mod.Require), directModules, allModules)
		}
	})
	t.Run("what ships", func(t *testing.T) {
		info, err := buildinfo.ReadFile(program(t))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, m := range info.Deps {
			names = append(names, m.Path)
		}
		if len(names) != shipped {
			t.Errorf("the program has %d modules in it, want %d: %q", len(names), shipped, names)
		}
		for _, s := range info.Settings {
			if s.Key == "CGO_ENABLED" && s.Value != "0" || strings.HasPrefix(s.Key, "vcs") {
				t.Errorf("the program was built with %s=%s", s.Key, s.Value)
			}
		}
	})
	t.Run("no C", func(t *testing.T) {
		// With cgo allowed, or the go command would not tell of it.
		const foreign = `{{if not .Standard}}{{range .CgoFiles}}{{$.ImportPath}} {{.}}{{"\n"}}{{end}}` +
			`{{range .CFiles}}{{$.ImportPath}} {{.}}{{"\n"}}{{end}}{{range .CXXFiles}}{{$.ImportPath}} {{.}}{{"\n"}}{{end}}` +
			`{{range .SysoFiles}}{{$.ImportPath}} {{.}}{{"\n"}}{{end}}{{range .SwigFiles}}{{$.ImportPath}} {{.}}{{"\n"}}{{end}}{{end}}`
		for _, goos := range []string{"linux", "windows", "darwin"} {
			if out := goOutputIn(t, []string{"CGO_ENABLED=1", "GOOS=" + goos}, "list", "-deps", "-f", foreign, "."); strings.TrimSpace(out) != "" {
				t.Errorf("for %s there is something that is not Go:\n%s", goos, out)
			}
		}
	})
	t.Run("verified", func(t *testing.T) {
		if out := goOutput(t, "mod", "verify"); !strings.Contains(out, "all modules verified") {
			t.Errorf("go mod verify: %s", out)
		}
	})
}

func goOutput(t *testing.T, args ...string) string {
	t.Helper()
	return goOutputIn(t, nil, args...)
}

func goOutputIn(t *testing.T, env []string, args ...string) string {
	t.Helper()
	c := exec.Command("go", args...)
	c.Env = append(os.Environ(), env...)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("go %q: %v\n%s", args, err, out)
	}
	return string(out)
}
