package article

import (
	"strings"
	"testing"
)

func TestCleanExternal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"https://example.org", "https://example.org"},
		{"HTTPS://Example.org/a", "https://Example.org/a"},
		{"https://example.org/a?b=c&d#e", "https://example.org/a?b=c&d#e"},
		{"https://example.org/?utm_source=a&UTM_medium=b", "https://example.org/"},
		{"https://example.org/?a=1;utm_source=b;c=2", "https://example.org/?a=1;c=2"},
		{"https://example.org/?utm%5Fsource=a", "https://example.org/"},
		{"https://example.org/?s=search+words", "https://example.org/?s=search+words"},
		{"https://example.org/?s=0123456789abcdef0123456789abcdef", "https://example.org/"},
		{"https://example.org/#utm_source=a", "https://example.org/"},
		{"https://example.org/a;jsessionid=1/b", "https://example.org/a/b"},
		{"https://kim@example.org/", "https://example.org/"},
		{"https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2F%3Ffbclid%3Dx&h=y", "https://example.org/"},
		{"https://link.zhihu.com/?target=https%3A//example.org", "https://example.org"},
		{"https://한글.example/길", "https://한글.example/길"},
		{"ftp://example.org/", ""},
		{"https:///a", ""},
		{"http://localhost:8080/", ""},
		{"http://127.0.0.1/", ""},
		{"http://[::1]/", ""},
		{"http://10.0.0.3/", ""},
		{"http://nas/", ""},
		{"http://printer.local/", ""},
		{"https://www.google.com/url?q=http%3A%2F%2Flocalhost%2F", ""},
		{"https://example.org/" + strings.Repeat("a", maxAddress), ""},
	} {
		got, ok := cleanExternal(c.in)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%.80q becomes %q, want %q", c.in, got, c.want)
		}
	}
}

func TestRelative(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, to, want string }{
		{"a.html", "b.html", "b.html"},
		{"a.html", "x/b.html", "x/b.html"},
		{"x/a.html", "b.html", "../b.html"},
		{"x/y/a.html", "x/z/b.html", "../z/b.html"},
		{"x/a.html", "x/c d#e?f%.html", "c%20d%23e%3Ff%25.html"},
		{"a.html", "b:c.html", "b%3Ac.html"},
		{"a.html", "길/b.html", "%EA%B8%B8/b.html"},
	} {
		o := Options{Path: c.from}
		got := o.relative(c.to)
		if got != c.want {
			t.Errorf("%q from %q is %q, want %q", c.to, c.from, got, c.want)
		}
		if to, _, ok := o.resolve(got); !ok || to != c.to {
			t.Errorf("%q leads from %q to %q, want %q", got, c.from, to, c.to)
		}
	}
}

func TestDay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"2024-05-17", "2024-05-17"}, {"2024-05-17T23:30:00-05:00", "2024-05-17"}, {"2024-05", "2024-05"}, {"2024", "2024"},
		{"2024/5/7", "2024-05-07"}, {"20240517T101112Z", "2024-05-17"}, {"May 7, 2024 at 10:00", "2024-05-07"},
		{"7 May 2024", "2024-05-07"}, {"Fri, 17 May 2024 10:11:12 GMT", "2024-05-17"}, {"2024年5月7日", "2024-05-07"},
		{"2023년 3월 9일", "2023-03-09"}, {"2024-13-01", ""}, {"yesterday", ""}, {"", ""}, {"12345678901", ""}, {"0000-00-00", ""},
	} {
		if got := day(c.in); got != c.want {
			t.Errorf("%q is %q, want %q", c.in, got, c.want)
		}
	}
}

func TestLicenceName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ address, title, want string }{
		{"https://creativecommons.org/licenses/by-sa/4.0/deed.ko", "", "CC BY-SA 4.0"},
		{"http://www.creativecommons.org/licenses/by/2.0/kr/", "some words", "CC BY 2.0"},
		{"//creativecommons.org/publicdomain/zero/1.0/", "", "CC0 1.0"},
		{"https://creativecommons.org/publicdomain/mark/1.0/", "", "public domain"},
		{"https://www.gnu.org/copyleft/fdl.html", "", "GFDL"},
		{"https://example.org/terms?utm_source=x", "", "https://example.org/terms"},
		{"https://example.org/terms", "The terms", "The terms"},
		{"© 2024 Example", "", "© 2024 Example"},
		{"terms.html", "", ""},
	} {
		if got := licenceName(c.address, c.title); got != c.want {
			t.Errorf("%q %q is %q, want %q", c.address, c.title, got, c.want)
		}
	}
}
