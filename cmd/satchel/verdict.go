package main

import (
	"errors"

	"github.com/urfave/cli/v2"

	"satchel/bundle"
	"satchel/bundle/sign"
)

// verdictWords say in a sentence what a verdict means to a reader.
var verdictWords = map[bundle.Verdict]phrase{
	bundle.Trusted: "Nothing was changed, and a publisher whom you trust has signed it.",
	bundle.Unknown: "Nothing was changed since it was signed, " +
		"but you have not said that you trust this publisher.",
	bundle.Unsigned:   "It is in one piece, but nobody has signed it: anyone can have made it.",
	bundle.Incomplete: "Some of it is missing from this copy. What is here is as it was signed.",
	bundle.Changed:    "It is not what was signed.",
}

// reasonWords say what the reasons mean that programs test for.
var reasonWords = map[string]phrase{
	bundle.ReasonSignature: "a signature does not hold",
	bundle.ReasonManifest:  "its MANIFEST is not one that satchel writes",
	bundle.ReasonIndex:     "its index is damaged",
	bundle.ReasonBlocks:    "some of its content is damaged",
	bundle.ReasonDigests:   "the signed digests contradict each other",
	bundle.ReasonMissing:   "some of its files are missing or cut short",
	bundle.ReasonCut:       "its end is missing",
	bundle.ReasonTwo:       "it holds two signed MANIFESTs that differ",
	bundle.ReasonNewer:     "it is made for a newer satchel",
}

// plainReason falls back on the reason itself, should there be one without words.
func plainReason(reason string) phrase {
	if words := reasonWords[reason]; words != "" {
		return words
	}
	return phrase(reason)
}

// kindWords say what an item is.
var kindWords = map[bundle.Kind]phrase{
	bundle.KindPage: "page", bundle.KindText: "text", bundle.KindDocument: "document", bundle.KindBook: "book",
	bundle.KindPicture: "picture", bundle.KindSound: "sound", bundle.KindVideo: "video",
	bundle.KindCaptions: "captions", bundle.KindFile: "file", bundle.KindResource: "resource",
}

// pinFlag is how a reader says whom to trust.
func pinFlag() *cli.StringSliceFlag {
	return &cli.StringSliceFlag{Name: "publisher", Aliases: []string{"p"},
		Usage: "trust `PUBLISHER`: a .pub file, a key (RW…) or a fingerprint; may be repeated"}
}

// openBundle opens a bundle and names it where that fails.
func openBundle(name string) (*bundle.Reader, error) {
	r, err := bundle.Open(name)
	if err != nil {
		return nil, named(name, err)
	}
	return r, nil
}

// named says which bundle an error is about, unless the error does.
func named(name string, err error) error {
	var verdict *bundle.VerdictError
	if errors.As(err, &verdict) || errors.Is(err, bundle.ErrNotBundle) {
		return failure("{bundle}: {reason}", quote(name), err)
	}
	return err
}

// noteStanding tells who uses the content of a bundle what its signatures say. It
// is silent about a trusted one. A signature that does not hold is an error.
func noteStanding(u *ui, name string, s bundle.Standing) error {
	switch s.Verdict {
	case bundle.Trusted:
	case bundle.Unknown:
		u.note("{bundle}: unknown publisher, fingerprint {fingerprint}", quote(name), s.Publisher.Fingerprint())
	case bundle.Unsigned:
		u.note("{bundle}: unsigned: anyone can have made it", quote(name))
	case bundle.Incomplete:
		u.note("{bundle}: incomplete: {reason}; {signed}", quote(name), plainReason(s.Reason), signedBy(s))
	default:
		if s.Readable {
			u.note("{bundle}: changed: {reason}; what can still be read is as it was signed; {signed}", quote(name),
				plainReason(s.Reason), signedBy(s))
			return nil
		}
		err := errors.New("the signature does not hold")
		return named(name, &bundle.VerdictError{Verdict: s.Verdict, Reason: s.Reason, Err: err})
	}
	return nil
}

// signedBy says who signed a bundle that is not whole.
func signedBy(s bundle.Standing) saying {
	switch s.Signed {
	case bundle.Trusted:
		return says("signed by a publisher whom you trust")
	case bundle.Unknown:
		return says("signed by an unknown publisher, fingerprint {fingerprint}", s.Publisher.Fingerprint())
	}
	return says("signed by nobody")
}

// standingCode is how the commands end that give out content of a bundle that is changed,
// and readable all the same: as verify would.
func standingCode(r *bundle.Reader) error {
	if r.Standing().Readable {
		return codeError(exitChanged)
	}
	return nil
}

// openNoted opens a bundle for the commands that give out its content.
func openNoted(u *ui, name string, pins []sign.Pin) (*bundle.Reader, error) {
	r, err := openBundle(name)
	if err != nil {
		return nil, err
	}
	if err := noteStanding(u, name, r.Standing(pins...)); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}
