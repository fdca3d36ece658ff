package main

import (
	"errors"
	"net/netip"
	"slices"
	"testing"
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
