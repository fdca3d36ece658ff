//go:build !js

package viewer

import "satchel/viewer/internal/qr"

// qrPath returns what draws a text's QR code.
func qrPath(text string) (data string, size int, err error) { return qr.Path(text) }
