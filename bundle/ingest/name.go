package ingest

import (
	"fmt"
	"path"
	"strings"

	"satchel/bundle"
	"satchel/bundle/ingest/scrub"
)

// A verdict is what becomes of a file.
type verdict uint8

const (
	packed verdict = iota
	leftOut
	refused
	unsupported
)

// A finding is what looking at a file has led to.
type finding struct {
	verdict verdict
	item    bundle.Item // when packed
	reason  string      // otherwise, or why it had to be allowed
	final   bool        // the curator cannot allow it
	peek    bool        // left out by name, but a secret in it is refused
	mark    mark        // of a file with no hash
	broken  bool        // refused because its content cannot be cleaned

	charset  string   // of the file
	product  *product // nil: the file as it lies
	extras   []extra  // made of it beside the item
	pixels   *pixels  // the picture that stands for it, where that was looked for
	removed  []scrub.Removal
	size     int64    // of the file
	missing  []string // pictures that a page shows and that are not there
	external []string // addresses that it leads to
	sparse   bool     // a page that shows little without its scripts
}

func leave(reason string) finding { return finding{verdict: leftOut, reason: reason} }

// refuse makes a refusal that cannot be allowed.
func refuse(format string, args ...any) finding {
	return finding{verdict: refused, reason: fmt.Sprintf(format, args...), final: true}
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// Names, in lower case.
var (
	// What Windows, macOS and Linux desktops put into folders by themselves.
	junkFiles = set(`.ds_store thumbs.db ehthumbs.db ehthumbs_vista.db desktop.ini .directory
		.localized .apdisk .volumeicon.icns .com.apple.timemachine.donotpresent`)
	junkFolders = set(`$recycle.bin .trashes .trash .spotlight-v100 .fseventsd __macosx
		.temporaryitems .documentrevisions-v100 .appledouble lost+found @eadir`)

	versionFolders = set(".git .svn .hg .bzr _darcs .jj")

	// Containers of secret keys that no text check can see into.
	keyStores = set("p12 pfx ppk kdb kdbx jks keystore")

	// What some system runs, installs or obeys when it is double-clicked.
	executables = set(`exe scr com pif bat cmd ps1 psm1 psd1 ps1xml vbs vbe jse wsf wsh wsc sct hta
		msi msp mst msu msix msixbundle appx appxbundle application appref-ms gadget cpl dll ocx
		sys drv chm hlp lnk url scf library-ms searchconnector-ms settingcontent-ms reg inf
		jar jnlp war ear class dex apk aab ipa xpi crx app dmg pkg mpkg command workflow action
		scpt scptd applescript webloc inetloc fileloc terminal desktop appimage run elf so dylib
		deb rpm snap flatpak flatpakref sh bash zsh csh ksh fish
		docm dotm xlsm xltm xlam pptm potm ppsm ppam`)

	// What a site runs in the browser, by name; and what only its makers need.
	scripts = set("js mjs cjs jsx wasm swf")
)

// judgeFolder says whether to go into a folder. packed means yes.
func judgeFolder(in *input, rel string) finding {
	_, name := splitPath(rel)
	low := strings.ToLower(name)
	switch {
	case isJunkFolder(low):
		return leave("put there by the system")
	case strings.HasPrefix(low, ".satchel-"):
		return leave("a temporary folder of Satchel")
	case versionFolders[low]:
		return refuse("the version history of the folder, with names and earlier states in it")
	case isEnv(low):
		return refuse("settings that hold passwords")
	}
	// This also bounds how deep the walk goes.
	if err := bundle.CheckPath(in.prefix + rel); err != nil {
		if isHidden(rel) {
			return leave("hidden")
		}
		return refuse("%s", pathRule(err))
	}
	if path.Ext(low) == ".app" && in.has(rel+"/Contents/Info.plist") {
		return refuse("a program (macOS)")
	}
	return finding{}
}

func isJunkFolder(low string) bool {
	return junkFolders[low] || low == "system volume information" ||
		strings.HasPrefix(low, ".trash-")
}

// judgeSpecial is for what is neither folder nor file.
func judgeSpecial(in *input, rel string) finding {
	_, name := splitPath(rel)
	if isJunk(strings.ToLower(name)) {
		return leave("put there by the system or an editor")
	}
	if isHidden(rel) {
		return leave("hidden")
	}
	dir, base := splitPath(rel)
	root, done, err := in.enter(dir)
	if err != nil {
		return refuse("it cannot be read: %v", err)
	}
	defer done()
	info, err := root.Lstat(base)
	if err != nil {
		return refuse("it cannot be read: %v", reason(err))
	}
	return refuse("%s", special(info.Mode()))
}

// judgeName says what the name of a file alone decides. packed means: look inside.
func judgeName(p, rel string) finding {
	_, name := splitPath(rel)
	low := strings.ToLower(name)
	ext := extension(low)
	switch {
	case isJunk(low):
		return leave("put there by the system or an editor")
	case scripts[ext]:
		return leave("a script of the site, which readers do not run")
	case isSourceMap(low):
		return leave("a service file of the site's makers")
	case versionFolders[low]:
		return refuse("a link to a version history")
	case rel == "satchel.yml":
		return refuse("the collection file is called satchel.yaml")
	case isEnv(low):
		return refuse("settings that hold passwords")
	case keyStores[ext]:
		return refuse("a store of secret keys (.%s)", ext)
	}
	err := bundle.CheckPath(p)
	switch {
	case isHidden(rel):
		return finding{verdict: leftOut, reason: "hidden", final: err != nil, peek: true}
	case err != nil:
		return refuse("%s", pathRule(err))
	case executables[ext]:
		return finding{verdict: refused,
			reason: fmt.Sprintf("a program or a shortcut, by its name (.%s)", ext)}
	}
	return finding{}
}

func isJunk(low string) bool {
	switch {
	case junkFiles[low], low == "icon\r":
		return true
	case strings.HasPrefix(low, "._"), strings.HasPrefix(low, "~$"), strings.HasPrefix(low, ".#"):
		return true
	case strings.HasPrefix(low, ".~lock.") && strings.HasSuffix(low, "#"):
		return true
	case strings.HasSuffix(low, ".swp"), strings.HasSuffix(low, ".swo"):
		return true
	}
	return strings.HasSuffix(low, "~")
}

// isEnv finds .env, .env.local and the like, which deployments keep passwords in.
func isEnv(low string) bool {
	return low == ".env" || low == ".envrc" || strings.HasPrefix(low, ".env.")
}

func isSourceMap(low string) bool {
	stem, ok := strings.CutSuffix(low, ".map")
	ext := path.Ext(stem)
	return ok && (ext == ".js" || ext == ".mjs" || ext == ".css")
}

// isHidden says whether a file, or a folder above it, begins with a dot. What
// programs keep there is rarely meant for others: histories, caches, accounts.
func isHidden(rel string) bool {
	return strings.HasPrefix(rel, ".") || strings.Contains(rel, "/.")
}

// maxExt is the longest ending that is taken for an extension.
const maxExt = 18

// extension returns what a lower-case name says of its type: letters and digits
// after the last dot, at least one of them a letter. What mirroring tools append
// for a query is not part of it: style.css@v=3, style.css?v=3.
func extension(low string) string {
	if i := strings.IndexAny(low, "?@"); i > 0 {
		if ext := extension(low[:i]); ext != "" {
			return ext
		}
	}
	i := strings.LastIndexByte(low, '.')
	if i <= 0 || len(low)-i-1 > maxExt {
		return ""
	}
	ext := low[i+1:]
	letters := false
	for _, r := range ext {
		switch {
		case r >= 'a' && r <= 'z':
			letters = true
		case r != '-' && r != '_' && (r < '0' || r > '9'):
			return ""
		}
	}
	if !letters {
		return ""
	}
	return ext
}

// pathRule is what CheckPath says, without the path, which goes beside it.
func pathRule(err error) string {
	s := err.Error()
	if i := strings.LastIndex(s, `": `); i >= 0 {
		return "a name that a bundle cannot hold: " + s[i+3:]
	}
	return s
}

// has says whether there is a file at rel.
func (in *input) has(rel string) bool {
	f, _, err := in.open(rel)
	if err != nil {
		return false
	}
	f.Close()
	return true
}
