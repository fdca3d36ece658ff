package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"satchel/viewer/server"
)

func TestPickAddress(t *testing.T) {
	t.Parallel()
	one := []networkAddress{{netip.MustParseAddr("192.168.1.5"), "wlan0"}}
	two := append(slices.Clone(one), networkAddress{netip.MustParseAddr("172.17.0.1"), "docker0"})
	for _, c := range []struct {
		asked string
		found []networkAddress
		want  string
		hint  string
	}{
		{"", one, "192.168.1.5", ""},
		{"10.0.0.7", two, "10.0.0.7", ""},
		{"127.0.0.2", nil, "127.0.0.2", ""},
		{"", two, "", "--address 192.168.1.5 (wlan0), --address 172.17.0.1 (docker0)"},
		{"", nil, "", "connect it to the class's network, or give an address with --address"},
		{"93.184.216.34", one, "", ""},
		{"0.0.0.0", one, "", ""},
		{"::1", one, "", ""},
		{"255.255.255.255", one, "", ""},
	} {
		got, err := pickAddress(c.asked, c.found)
		if (err != nil) != (c.want == "") || err == nil && got.String() != c.want {
			t.Errorf("%q of %v: %v, %v, want %q", c.asked, c.found, got, err, c.want)
		}
		var hinted *hintError
		if errors.As(err, &hinted) != (c.hint != "") || hinted != nil && english.value(hinted.hint) != c.hint {
			t.Errorf("%q of %v: the hint is %+v, want %q", c.asked, c.found, hinted, c.hint)
		}
	}
}

// TestTellGuess says where wrong codes come from, in both languages.
func TestTellGuess(t *testing.T) {
	t.Parallel()
	one := server.Guess{From: "192.168.1.77", Wrong: 6, Wait: time.Minute}
	all := server.Guess{Wrong: 1100, Wait: 9 * time.Second}
	for _, c := range []struct {
		language string
		guess    server.Guess
		want     string
	}{
		{"en", one, "satchel: warning: 6 wrong codes came from 192.168.1.77: the next one there is looked at in 60 seconds\n"},
		{"en", all, "satchel: warning: 1,100 wrong codes came in all: those that are typed are looked at slowly now, one at a time; " +
			"the QR code leads in as before\n"},
		{"ko", one, "satchel: 주의: 192.168.1.77에서 틀린 번호가 6번 들어왔습니다. 거기에서 넣는 다음 번호는 60초 뒤에 확인합니다\n"},
		{"ko", all, "satchel: 주의: 틀린 번호가 모두 1,100번 들어왔습니다. 이제 넣는 번호를 하나씩 천천히 확인합니다. " +
			"QR 코드로는 그대로 들어올 수 있습니다\n"},
	} {
		var said bytes.Buffer
		spoken, _ := findTongue(c.language)
		tellGuess(&ui{err: &said, tongue: spoken}, c.guess)
		if said.String() != c.want {
			t.Errorf("%v in %s: %q, want %q", c.guess, c.language, said.String(), c.want)
		}
	}
}

// TestGuessesReachTheTeacher types wrong codes at the door of a class.
func TestGuessesReachTheTeacher(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "in/a.html"), "<title>1</title><p>2</p>")
	quiet := &progress{w: io.Discard, now: clock}
	name := filepath.Join(dir, "1.zip")
	if code := run(t.Context(), &ui{out: io.Discard, err: io.Discard, progress: quiet}, []string{"pack", "--no-cache", "-o", name, filepath.Join(dir, "in")}); code != 0 {
		t.Fatalf("pack: %d", code)
	}
	results, out := io.Pipe()
	words, told := io.Pipe()
	ctx, end := context.WithTimeout(t.Context(), time.Minute)
	ended := make(chan int, 1)
	go func() {
		u := &ui{out: out, err: told, progress: quiet}
		ended <- run(ctx, u, []string{"open", "--no-browser", "--lan", "--address", "127.0.0.1", name})
		told.Close()
	}()
	go func() {
		lines := bufio.NewScanner(results)
		lines.Scan()
		lines.Scan() // the class's address and code
		typeWrong(t, lines.Text())
	}()
	heard := false
	for lines := bufio.NewScanner(words); !heard && lines.Scan(); {
		heard = strings.Contains(lines.Text(), "5 wrong codes came from 127.0.0.1: the next one there is looked at in 30 seconds")
	}
	go io.Copy(io.Discard, words)
	end()
	if code := <-ended; code != 0 || !heard {
		t.Errorf("exit code %d; the teacher was told: %v", code, heard)
	}
}

// typeWrong types a wrong code six times, at an address that stands before the right one.
func typeWrong(t *testing.T, line string) {
	door, code, _ := strings.Cut(line, " ")
	wrong := "1" + code[1:]
	if wrong == code {
		wrong = "2" + code[1:]
	}
	for range 6 {
		r, err := http.NewRequest("POST", door, strings.NewReader("code="+wrong))
		if err != nil {
			t.Error(err)
			return
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "null")
		if a, err := http.DefaultClient.Do(r); err == nil { // once it is told, the class may have ended
			a.Body.Close()
		}
	}
}
