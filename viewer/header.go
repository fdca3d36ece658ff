package viewer

import (
	"crypto/sha256"
	"encoding/base64"
	"maps"
)

// Every answer carries these, whatever its status. They are the second wall: the
// first is that nothing that could run or ask for anything gets into a page.
var common = Header{
	"X-Content-Type-Options":       {"nosniff"},
	"Cache-Control":                {"no-store"},
	"Referrer-Policy":              {"no-referrer"},
	"Cross-Origin-Resource-Policy": {"same-origin"},
	"Cross-Origin-Opener-Policy":   {"same-origin"},
	"X-Dns-Prefetch-Control":       {"off"},
	"X-Robots-Tag":                 {"noindex, nofollow"},
	"Permissions-Policy": {"accelerometer=(), autoplay=(), bluetooth=(), camera=(), " +
		"display-capture=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), " +
		"magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()"},
}

// The policies. All of them start from nothing.
const (
	// policyNone is for what is no page: nothing may be loaded by it or around it.
	policyNone = "default-src 'none'; base-uri 'none'; form-action 'none'; " +
		"frame-ancestors 'none'; webrtc 'block'; sandbox"
	// policyShell is for pages of the viewer's own, and goes on with the one script that may run in them,
	// by its hash. All that it may load is what the viewer answers.
	policyShell = "default-src 'none'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; " +
		"frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; webrtc 'block'"
	// policyPage is for pages out of a bundle, in their frame or opened alone.
	// The origin is kept, or Chromium would blank the page's own pictures; so a
	// page may load what lies in its bundle, whose addresses it was given. A
	// click may lead to another page of the viewer, as only links that we wrote
	// have a target.
	policyPage = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
		"media-src 'self' data:; font-src 'self' data:; form-action 'none'; base-uri 'none'; " +
		"frame-ancestors 'self'; webrtc 'block'; sandbox " + sandboxFlags
	// policyDrawing is for a picture that is opened as if it were a page.
	policyDrawing = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; " +
		"form-action 'none'; frame-ancestors 'self'; webrtc 'block'; sandbox allow-same-origin"
)

// sandboxFlags are what a page in a frame may do: keep its origin, and follow a
// link of ours when it is clicked. It may not run script, submit a form, open a
// window or download.
const sandboxFlags = "allow-same-origin allow-top-navigation-by-user-activation"

// head returns the header for a media type under a policy.
func head(mediaType, policy string) Header {
	h := maps.Clone(common)
	h["Content-Security-Policy"] = []string{policy}
	if mediaType != "" {
		h["Content-Type"] = []string{mediaType}
	}
	return h
}

// hashOf names a script to browsers.
func hashOf(script string) string {
	sum := sha256.Sum256([]byte(script))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// forgetful adds what makes a browser drop what it holds of us.
func forgetful(h Header) Header {
	h = maps.Clone(h)
	h["Clear-Site-Data"] = []string{`"cache"`}
	return h
}

const (
	typeHTML  = "text/html; charset=utf-8"
	typeCSS   = "text/css; charset=utf-8"
	typeText  = "text/plain; charset=utf-8"
	typeVTT   = "text/vtt; charset=utf-8"
	typeBytes = "application/octet-stream"
)

var (
	emptyHeader = head("", policyNone)
	shellHeader = head(typeHTML, policyShell+"; script-src 'sha256-"+hashOf(script)+"'")
	pageHeader  = head(typeHTML, policyPage)
	styleHeader = head(typeCSS, policyNone)
	vttHeader   = head(typeVTT, policyNone)
	wordsHeader = head(typeText, policyNone)
	svgHeader   = head("image/svg+xml; charset=utf-8", policyDrawing)

	// forgetHeader leaves cookies and storage alone: we have none, and those of
	// other programs on this computer share our host.
	forgetHeader = forgetful(styleHeader)
)

// EmptyHeader returns the header of an answer without a body, for what a server
// answers by itself. It must not be changed.
func EmptyHeader() Header { return emptyHeader }
