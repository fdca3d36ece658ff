package main

import (
	"slices"
	"strings"
	"testing"
)

// TestEntryWords: from a desktop entry's command line to the browser and what is put before an address.
func TestEntryWords(t *testing.T) {
	t.Parallel()
	for exec, want := range map[string]struct{ words, name, private string }{
		"/usr/bin/chromium %U":     {"/usr/bin/chromium", "chromium", "--incognito"},
		"firefox-esr %u":           {"firefox-esr", "firefox-esr", "--private-window"},
		"/usr/bin/Falkon %u":       {"/usr/bin/Falkon", "falkon", "--private-browsing"},
		"epiphany --new-window %U": {"epiphany|--new-window", "epiphany", "--incognito-mode"},
		"qutebrowser --untrusted-args %u": {"qutebrowser|--untrusted-args", "qutebrowser",
			"--target|private-window"},
		"/usr/bin/microsoft-edge-stable %U": {"/usr/bin/microsoft-edge-stable", "microsoft-edge-stable", "--inprivate"},
		"env BAMF_DESKTOP_FILE_HINT=/var/lib/snapd/x.desktop /snap/bin/firefox %u": {
			"env|BAMF_DESKTOP_FILE_HINT=/var/lib/snapd/x.desktop|/snap/bin/firefox", "firefox", "--private-window"},
		"/usr/bin/flatpak run --branch=stable --arch=x86_64 --command=/app/bin/chrome --file-forwarding com.google.Chrome @@u %U @@": {
			"/usr/bin/flatpak|run|--branch=stable|--arch=x86_64|--command=/app/bin/chrome|--file-forwarding|com.google.Chrome", "chrome", "--incognito"},
		"flatpak run org.mozilla.firefox @@u %u @@": {"flatpak|run|org.mozilla.firefox", "firefox", "--private-window"},
		`"/opt/my browser/brave" --flag="a b" %U`:   {"/opt/my browser/brave|--flag=a b", "brave", "--incognito"},
		`"/opt/a\\"b/opera" 100%% %U`:               {`/opt/a"b/opera|100%`, "opera", "--private"},
		"konqueror %u":                              {"konqueror", "konqueror", ""},
		"env A=1":                                   {"env|A=1", "", ""},
		"":                                          {"", "", ""},
	} {
		file := "[Desktop Action new]\nExec=wrong\n[Desktop Entry]\nName=B\nExec=" + exec + "\nTerminal=false\n[Other]\nExec=wrong\n"
		words := entryWords(file)
		name := browserName(words)
		if got := strings.Join(words, "|"); got != want.words || name != want.name {
			t.Errorf("%s: %s, which is %q; want %s, %q", exec, got, name, want.words, want.name)
		}
		if got := strings.Join(privateWords(name), "|"); got != want.private {
			t.Errorf("%s: %q for a private window, want %q", exec, got, want.private)
		}
	}
}

func TestHandlersIn(t *testing.T) {
	t.Parallel()
	for file, want := range map[string][]string{
		"[Default Applications]\nx-scheme-handler/http=firefox.desktop;chromium.desktop;\n":                                                       {"firefox.desktop", "chromium.desktop"},
		"[Added Associations]\nx-scheme-handler/http=a.desktop\n[Default Applications]\ntext/html=b.desktop\nx-scheme-handler/http = c.desktop\n": {"c.desktop"},
		"[MIME Cache]\nx-scheme-handler/https=a.desktop;\nx-scheme-handler/http=b.desktop;\n":                                                     {"b.desktop"},
		"x-scheme-handler/http=a.desktop\n": nil,
		"":                                  nil,
	} {
		if got := handlersIn(file); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", file, got, want)
		}
	}
}

func TestProgramName(t *testing.T) {
	t.Parallel()
	for command, want := range map[string]string{
		`"C:\Program Files\Google\Chrome\Application\chrome.exe" --single-argument %1`: "chrome",
		`"C:\Program Files\Mozilla Firefox\Firefox.EXE" -osint -url "%1"`:              "firefox",
		`C:\edge\msedge.exe %1`: "msedge",
		`"C:\unended`:           "unended",
		"":                      "",
	} {
		if got := programName(firstWord(command)); got != want {
			t.Errorf("%s: %q, want %q", command, got, want)
		}
	}
}

// TestWebHandler reads what macOS 14 prints.
func TestWebHandler(t *testing.T) {
	t.Parallel()
	const list = `(
        {
        LSHandlerContentType = "public.html";
        LSHandlerPreferredVersions =         {
            LSHandlerRoleAll = "-";
        };
        LSHandlerRoleAll = "com.example.editor";
    },
        {
        LSHandlerPreferredVersions =         {
            LSHandlerRoleAll = "-";
        };
        LSHandlerRoleAll = "org.mozilla.Firefox";
        LSHandlerURLScheme = http;
    },
        {
        LSHandlerRoleAll = "com.example.mail";
        LSHandlerURLScheme = mailto;
    }
)
`
	for text, want := range map[string]string{
		list: "org.mozilla.firefox", strings.ReplaceAll(list, "= http;", "= https;"): "com.apple.safari", "": "com.apple.safari",
	} {
		if got := webHandler(text); got != want {
			t.Errorf("%q, want %q in\n%s", got, want, text)
		}
	}
	for _, b := range macBrowsers {
		if privateWords(b.name) == nil {
			t.Errorf("nothing opens a private window of %s", b.id)
		}
	}
}
