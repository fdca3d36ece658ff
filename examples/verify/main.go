// Verify checks a bundle and says what came out, in one line:
//
//	go run ./examples/verify news.zip [PUBLISHER…]
//
// A publisher is a fingerprint or a public key. Its exit code is 0 for a bundle
// that is whole and signed by one of them, otherwise 1.
package main

import (
	"context"
	"fmt"
	"os"

	"satchel/bundle"
	"satchel/bundle/sign"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: verify BUNDLE [PUBLISHER...]")
		os.Exit(2)
	}
	verdict, err := verify(os.Args[1], os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "verify:", err)
		os.Exit(1)
	}
	fmt.Println(verdict)
	if verdict != bundle.Trusted {
		os.Exit(1)
	}
}

// verify checks every byte of the bundle with this name.
func verify(name string, publishers []string) (bundle.Verdict, error) {
	var o bundle.VerifyOptions
	for _, p := range publishers {
		pin, err := sign.ParsePin(p)
		if err != nil {
			return "", fmt.Errorf("publisher %q: %w", p, err)
		}
		o.Pins = append(o.Pins, pin)
	}
	report, err := bundle.Verify(context.Background(), name, o)
	if err != nil {
		return "", err
	}
	for _, path := range append(report.Damaged, report.Missing...) {
		fmt.Printf("%q is damaged or missing\n", path)
	}
	return report.Verdict, nil
}
