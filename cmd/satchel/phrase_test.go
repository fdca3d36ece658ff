package main

import (
	"bytes"
	"fmt"
	"go/ast"
	gobuild "go/build"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"satchel/bundle"
)

// pseudo puts what is said between brackets, so that what is not a phrase stands out.
func pseudo(p phrase) string {
	said := "⟦" + placeholders.ReplaceAllString(string(p), "⟧$0⟦") + "⟧"
	return strings.ReplaceAll(said, "⟦⟧", "")
}

var (
	bracketed = regexp.MustCompile(`⟦[^⟧]*⟧`)
	// data is what may stand outside of phrases: names between quotation marks or in a row with a verdict, what
	// people type, keys, sizes.
	data = regexp.MustCompile("\"[^\"]*\"|satchel: |(satchel|chmod) .*|\\B--?[a-z]+[a-z-]*|" +
		`RW\S{54}|[0-9a-f]{64}|[0-9.,]+ (B|kB|MB)|[a-z0-9]+\.(html|zip|key|pub|exe|pdf|bin|yaml)`)
)

// TestPseudo holds that everything said to people is a phrase.
func TestPseudo(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	writeFile(t, "in/a.html", "<title>1</title><p>2</p>")
	writeFile(t, "in/b.bin", "\x01\x02\x03")
	writeFile(t, "bad/c.exe", "MZ")
	writeFile(t, "bad/.h", "3")
	writeFile(t, "wrong/satchel.yaml", "title: 4\nissue: none\n")
	writeFile(t, "9", "5\n6\n")
	said := map[string]bool{}
	for _, tt := range pseudoRuns {
		if tt.before != nil {
			tt.before(t)
		}
		var o, e bytes.Buffer
		u := &ui{out: &o, err: &e, tongue: pseudo, progress: &progress{w: io.Discard, now: clock}}
		code := run(t.Context(), u, strings.Fields(tt.args))
		if code != tt.code {
			t.Errorf("satchel %s: exit code %d, want %d: %s", tt.args, code, tt.code, e.String())
		}
		text := e.String()
		if tt.out {
			text += strings.Join(strings.SplitAfter(o.String(), "\n")[tt.skip:], "")
		}
		rest := bracketed.ReplaceAllString(text, "")
		for _, words := range strings.Split(tt.words, ";") {
			rest = strings.ReplaceAll(rest, words, "")
		}
		rest = data.ReplaceAllString(rest, "")
		if hasLetters(rest) {
			t.Errorf("satchel %s says what is not a phrase: %q in %q", tt.args, rest, text)
		}
		for _, p := range bracketed.FindAllString(text, -1) {
			said[p] = true
		}
	}
	if len(said) < 120 {
		t.Errorf("only %d phrases were said", len(said))
	}
}

// A pseudoRun is a command whose words are looked at.
type pseudoRun struct {
	args   string
	code   int
	before func(t *testing.T)
	out    bool   // look at standard output, too,
	skip   int    // but for so many lines, which are for programs
	words  string // of packages, or for programs
}

var pseudoRuns = []pseudoRun{
	{args: "keygen -o 1.key --no-passphrase"},
	{args: "keygen -o 1.key --no-passphrase", code: exitFailed},
	{args: "keygen", code: exitUsage},
	{args: "keygen -o 1.pub", code: exitUsage},
	{args: "keygen -o 2.key --passphrase-file 9", code: exitFailed},
	{args: "keygen -o 2.key --no-passphrase --passphrase-file 9", code: exitUsage},
	{args: "init in"}, {args: "init in", code: exitFailed},
	{args: "pack bad", code: exitFailed, words: ".h;c.exe;exe"},
	{args: "pack wrong", code: exitFailed, words: "wrong/satchel.yaml:2:8: this must be a whole number from 1 to 4294967295, not \"none\";" +
		"wrong/satchel.yaml:2:8: an issue needs a series that it is one of"},
	{args: "pack in -k 1.key -o 1.zip --skip-unsupported", words: "application/octet-stream"},
	{args: "pack in -o 2.zip --skip-unsupported --no-search", words: "application/octet-stream"},
	{args: "pack in -k 1.pub -o 3.zip", code: exitFailed},
	{args: "pack nothing", code: exitFailed},
	{args: "pack", code: exitUsage, words: "pack DIR…;DIR;pack"},
	{args: "pack --issue 0 in", code: exitUsage, words: "pack DIR…;DIR;pack"}, {args: "pack --date 1.1 in", code: exitUsage, words: "pack DIR…;DIR;pack"},
	{args: "pack --layout tar in", code: exitUsage, words: "pack DIR…;DIR;pack"}, {args: "pack --part-size 2Q in", code: exitUsage, words: "pack DIR…;DIR;pack"},
	{args: "pack --titel in", code: exitUsage},
	{args: "verify 1.zip", code: exitUnknown, out: true, skip: 1},
	{args: "verify -p 1.pub 1.zip", out: true, skip: 1},
	{args: "verify 2.zip", code: exitUnknown, out: true, skip: 1},
	{args: "verify 3.zip", code: exitChanged, out: true, skip: 1, before: flipped, words: "damaged-blocks"},
	{args: "verify 4.zip", code: exitChanged, out: true, skip: 1, before: shortened, words: "cut-off"},
	{args: "verify nothing.zip", code: exitFailed},
	{args: "verify -p 1.key 1.zip", code: exitUsage}, {args: "verify -p 12345 1.zip", code: exitUsage},
	{args: "info 1.zip", out: true, words: "page;zip;unknown;en"},
	{args: "ls 1.zip"}, {args: "ls --kind film 1.zip", code: exitUsage, words: kindNames()},
	{args: "ls --section 7 1.zip", code: exitFailed},
	{args: "search 1.zip 7"}, {args: "search 2.zip 7", code: exitFailed}, {args: "search --limit 0 1.zip 7", code: exitUsage},
	{args: "cat 1.zip 8", code: exitFailed},
	{args: "cat 1.zip", code: exitUsage, words: "cat BUNDLE PATH;PATH;cat"},
	{args: "extract 1.zip -o 10"}, {args: "extract 1.zip -o 10", code: exitFailed}, {args: "extract 3.zip -o 11", code: exitFailed, words: "p0001.zst"},
	{args: "convert 1.zip", code: exitUsage, words: "convert BUNDLE;convert"},
	{args: "convert 3.zip --layout folder -o 12", code: exitFailed, words: "p0001.zst: damaged: not the bytes that were signed"},
	{args: "compare 1.zip 2.zip", code: exitDiffers}, {args: "compare 1.zip 1.zip"},
	{args: "sign 1.zip", code: exitUsage, words: "sign BUNDLE|MANIFEST;sign"}, {args: "sign -k 1.key 2.zip"},
	{args: "open --port 0 1.zip", code: exitUsage},
	{args: "open --address 10.0.0.1 1.zip", code: exitUsage}, {args: "open --lan --address 1 1.zip", code: exitUsage},
	{args: "open --lan --address 8.8.8.8 1.zip", code: exitUsage},
	{args: "preview 1.zip", code: exitUsage}, {args: "preview nothing", code: exitFailed},
	{args: "packk", code: exitUsage}, {args: "--title", code: exitUsage},
	{args: "completion ksh", code: exitUsage},
}

// flipped makes 3.zip, the one page of which is damaged.
func flipped(t *testing.T) {
	data := []byte(readFile(t, "1.zip"))
	at := bytes.Index(data, []byte("\x28\xb5\x2f\xfd"))
	data[at+12] ^= 1
	writeFile(t, "3.zip", string(data))
}

// shortened makes 4.zip, the end of which is missing.
func shortened(t *testing.T) { writeFile(t, "4.zip", readFile(t, "1.zip")[:66_000]) }

// helpLine is what may stand in help outside of phrases: a flag with the word for its value, a command, an example, an
// exit code, a line of usage.
var helpLine = regexp.MustCompile(`^ *(|satchel.*|source <.*|(--?[a-z-]+(, )?)+( [A-Z]+)?|[a-z]+|\d) *$`)

// TestPseudoHelp holds that help is phrases, but for what people type.
func TestPseudoHelp(t *testing.T) {
	t.Parallel()
	u := func(o *bytes.Buffer) *ui {
		return &ui{out: o, err: o, tongue: pseudo, progress: &progress{w: io.Discard, now: clock}}
	}
	for _, c := range append(newApp(u(new(bytes.Buffer))).Commands, nil) {
		var o bytes.Buffer
		if c == nil {
			run(t.Context(), u(&o), nil)
		} else if code := run(t.Context(), u(&o), []string{c.Name, "--help"}); code != exitDone {
			t.Errorf("%s --help: exit code %d", c.Name, code)
		}
		for line := range strings.Lines(bracketed.ReplaceAllString(o.String(), "")) {
			if !helpLine.MatchString(strings.TrimSuffix(line, "\n")) {
				t.Errorf("help says what is not a phrase: %q", line)
			}
		}
	}
}

// sources are the files of this package, with the types of what is in them, so that what is a phrase is known.
func sources(t *testing.T) ([]*ast.File, *types.Info) {
	t.Helper()
	list, err := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(list)) {
		name, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		exports[name] = file
	}
	set := token.NewFileSet()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if ok, err := gobuild.Default.MatchFile(".", name); err != nil || !ok || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	open := func(name string) (io.ReadCloser, error) { return os.Open(exports[name]) }
	config := types.Config{Importer: importer.ForCompiler(set, "gc", open)}
	if _, err := config.Check("satchel/cmd/satchel", set, files, info); err != nil {
		t.Fatal(err)
	}
	return files, info
}

// isPhrase returns a phrase that stands in the code.
func isPhrase(info *types.Info, n ast.Node) (p phrase, ok bool) {
	e, ok := n.(ast.Expr)
	if !ok {
		return "", false
	}
	tv := info.Types[e]
	named, ok := tv.Type.(*types.Named)
	if !ok || named.Obj().Name() != "phrase" || tv.Value == nil {
		return "", false
	}
	return phrase(constant.StringVal(tv.Value)), true
}

// usedPhrases are all that the command can say, but for those without a letter.
func usedPhrases(t *testing.T) map[phrase]bool {
	t.Helper()
	files, info := sources(t)
	used := map[phrase]bool{}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			p, ok := isPhrase(info, n)
			used[p] = used[p] || ok
			return !ok // a part of a phrase is none
		})
	}
	u := &ui{out: io.Discard, err: io.Discard, progress: &progress{w: io.Discard, now: clock}}
	u.tongue = func(p phrase) string {
		used[p] = true
		return string(p)
	}
	run(t.Context(), u, nil)
	for _, c := range newApp(u).Commands {
		run(t.Context(), u, []string{c.Name, "--help"})
	}
	maps.DeleteFunc(used, func(p phrase, _ bool) bool { return !hasLetters(placeholders.ReplaceAllString(string(p), "")) })
	return used
}

func hasLetters(s string) bool { return strings.IndexFunc(s, unicode.IsLetter) >= 0 }

// typed is what stays as it is in every language: what people type, and the word for a flag's value.
var typed = func() *regexp.Regexp {
	var names []string
	for _, c := range newApp(&ui{}).Commands {
		names = append(names, c.Name)
	}
	return regexp.MustCompile("`[A-Z]+`|--[a-z]+[a-z-]*|\\B-[a-z]\\b|[a-z]+\\.yaml|[{][a-z]+[}]|satchel (" + strings.Join(names, "|") + ")\\b")
}()

// TestPhrases holds that each language has all that is said, and nothing else, with the same placeholders.
func TestPhrases(t *testing.T) {
	t.Parallel()
	used := usedPhrases(t)
	files, err := fs.Glob(messageFiles, "messages/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		texts := readMessages(filepath.Base(name))
		if tag := texts["_tag"]; tag+".json" != filepath.Base(name) {
			t.Errorf("%s is for %q", name, tag)
		}
		delete(texts, "_tag")
		for _, p := range slices.Sorted(maps.Keys(used)) {
			if texts[string(p)] == "" {
				t.Errorf("%s lacks %q", name, p)
			}
		}
		for p, text := range texts {
			got, want := typed.FindAllString(text, -1), typed.FindAllString(p, -1)
			slices.Sort(got)
			slices.Sort(want)
			switch {
			case !used[phrase(p)]:
				t.Errorf("%s has %q, which nothing says", name, p)
			case !slices.Equal(got, want):
				t.Errorf("%s: %q has %q, English has %q", name, text, got, want)
			case !norm.NFC.IsNormalString(text), strings.TrimSpace(text) != text, strings.Contains(text, "  "):
				t.Errorf("%s: %q has a space too much, or is not in NFC", name, text)
			}
		}
	}
	for _, k := range bundle.Kinds {
		if kindWords[k] == "" {
			t.Errorf("there is no word for the kind %q", k)
		}
	}
}

// TestPhraseArguments holds that each placeholder of a phrase gets a value, where it is said.
func TestPhraseArguments(t *testing.T) {
	t.Parallel()
	files, info := sources(t)
	said := 0
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || call.Ellipsis.IsValid() {
				return true
			}
			for i, arg := range call.Args {
				p, ok := isPhrase(info, arg)
				signature, isCall := info.Types[call.Fun].Type.(*types.Signature)
				if !ok || !isCall || !signature.Variadic() || signature.Params().Len() != i+2 {
					continue
				}
				said++
				if err := checkPhrase(p, len(call.Args)-i-1); err != nil {
					t.Errorf("%q: %v", p, err)
				}
			}
			return true
		})
	}
	if said < 150 {
		t.Errorf("looked at %d phrases: that cannot be all", said)
	}
}

// checkPhrase says what is wrong with a phrase that is said with so many arguments.
func checkPhrase(p phrase, args int) error {
	names := placeholders.FindAllString(string(p), -1)
	if len(names) != args {
		return fmt.Errorf("%d arguments for %q", args, names)
	}
	slices.Sort(names)
	if len(slices.Compact(names)) != args {
		return fmt.Errorf("two placeholders have one name")
	}
	if regexp.MustCompile(`%[a-z]`).MatchString(string(p)) {
		return fmt.Errorf("a verb of package fmt")
	}
	return nil
}

// TestToldPhrases holds that packages still say what is known of them.
func TestToldPhrases(t *testing.T) {
	t.Parallel()
	var code bytes.Buffer
	err := filepath.WalkDir(filepath.Join("..", ".."), func(name string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") || d.Name() == "told.go" {
			return err
		}
		data, err := os.ReadFile(name)
		code.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	system := toldPhrases[slices.Index(toldPhrases, "no such file or directory"):]
	for _, p := range toldPhrases {
		pieces := placeholders.Split(string(p), -1)
		longest := slices.MaxFunc(pieces, func(a, b string) int { return len(a) - len(b) })
		if !bytes.Contains(code.Bytes(), []byte(longest)) && !slices.Contains(system, p) {
			t.Errorf("no package says %q", p)
		}
	}
	shout := tongue(func(p phrase) string { return strings.ToUpper(string(p[:1])) + string(p[1:]) + "!" })
	for said, want := range map[string]string{
		"hidden":                            "Hidden!",
		"a program, by its content (Linux)": "A program, by its content (Linux)!",
		"unsupported: a bundle":             "Unsupported: A bundle!!",
		"something else":                    "something else",
	} {
		if got := shout.told(said); got != want {
			t.Errorf("told(%q) = %q, want %q", said, got, want)
		}
	}
}
