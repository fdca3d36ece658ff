package viewer

import (
	"errors"
	"slices"
	"strings"

	"satchel/bundle"
	"satchel/bundle/sign"
)

type publicKey = sign.PublicKey

// maxNamed is how many items a page names at most.
const maxNamed = 200

// fingerprintDigits is how many digits a fingerprint has.
const fingerprintDigits = 40

// A trustNote is what became of a fingerprint that the reader typed.
type trustNote struct {
	Key    string // a message, or empty
	Group  string // the group that is wrong, or several
	Digits int    // how many there are, where there should be others
	Typed  string // the digits, to be set right: nothing else that was typed comes back
	Good   bool
}

// A trustPage says who made a bundle and whether it is whole, in plain words.
type trustPage struct {
	*page
	Verdict verdict
	Signers []signer
	Note    trustNote
	Pinned  bool

	Running      bool
	Percent      int64
	HasPercent   bool
	Failed       bool
	Report       *bundle.Report
	Damaged      []row
	Missing      []row
	Extra, Marks []string
	More         int // damaged or missing items that are not named
}

// A signer is a key whose signature holds.
type signer struct {
	Groups []string // of the fingerprint, in the reader's digits
	Latin  []string // the same in 0-9, where the reader's are others
	Code   string   // what draws it as a QR code, or empty
	Size   int      // of the code, in modules
	Known  bool
}

func (v *Viewer) trust(p *page, note trustNote) *Response {
	t := &trustPage{page: p, Verdict: p.verdict(p.volume), Note: note}
	p.self = p.bare(viewTrust, "")
	for _, k := range t.Verdict.Signers {
		t.Signers = append(t.Signers, p.signer(k, t.Verdict))
	}
	t.Pinned = t.Verdict.Signed == bundle.Trusted
	t.fillCheck(p.volume.check.state())
	return p.show(200, "trust", t)
}

// bare is an address without what keeps the language.
func (p *page) bare(as view, text string) string {
	a, _ := p.viewer.sealer.seal(target{as, p.volume.number, text})
	return a
}

func (p *page) signer(k publicKey, v verdict) signer {
	f := k.Fingerprint()
	s := signer{Groups: f.Groups(p.lang.numerals),
		Known: v.Signed == bundle.Trusted && k == v.Publisher}
	if p.lang.numerals != sign.Latin {
		s.Latin = f.Groups(sign.Latin)
	}
	digits := strings.Join(f.Groups(sign.Latin), "")
	if code, size, err := qrPath(digits); err == nil {
		s.Code, s.Size = code, size
	}
	return s
}

func (t *trustPage) fillCheck(c checkState) {
	t.Running, t.Failed, t.Report = c.running, c.failed, c.report
	if c.running {
		// Another address each time, or the browser would take it for a place in the
		// page that it shows, and not ask.
		t.Refresh = from(t.address(viewTrust, ""), t.from%1000+1) + "#check"
	}
	if c.running && c.sofar.Total > 0 {
		t.Percent = min(100, c.sofar.Done*100/c.sofar.Total)
		t.HasPercent = true
	}
	if c.report == nil {
		return
	}
	t.Damaged, t.Missing = t.named(c.report.Damaged), t.named(c.report.Missing)
	t.More = len(c.report.Damaged) - len(t.Damaged) + len(c.report.Missing) - len(t.Missing)
	for _, name := range c.report.Extra[:min(len(c.report.Extra), maxNamed)] {
		t.Extra = append(t.Extra, plain(name))
	}
	for _, m := range c.report.Marks[:min(len(c.report.Marks), maxNamed)] {
		if m.Name != "" { // in a ZIP there is one file
			t.Marks = append(t.Marks, plain(m.Name))
		}
	}
}

// named returns the items with these paths, as far as the index tells of them.
func (t *trustPage) named(paths []string) []row {
	var rows []row
	for _, name := range paths[:min(len(paths), maxNamed)] {
		e, err := t.volume.r.Lookup(name)
		if err != nil {
			rows = append(rows, row{Title: plain(name), Kind: string(bundle.KindFile),
				KindName: t.T("kind.file")})
			continue
		}
		rows = append(rows, t.row(e))
	}
	tellApart(rows)
	return rows
}

// startCheck has everything checked.
func (v *Viewer) startCheck(p *page) *Response {
	p.volume.check.start(v.running, p.volume.r)
	return redirect(p.address(viewTrust, "") + "#check")
}

// mistakes names the groups whose check digits do not fit. Nobody is told how a fingerprint without a mistake differs
// from the signer's: where the two are alike but for a group, somebody made them so, for a reader to set right what is not wrong.
func (p *page) mistakes(wrong *sign.FingerprintError) trustNote {
	note := trustNote{Key: "pin.group", Group: p.num(wrong.Group)}
	for _, group := range wrong.Also {
		note.Key = "pin.groups"
		note.Group += ", " + p.num(group)
	}
	return note
}

// again writes digits that were typed in groups, as many as a fingerprint has and a few more.
func again(digits string) (groups string) {
	for i := range min(len(digits), fingerprintDigits+5) {
		if i > 0 && i%5 == 0 {
			groups += " "
		}
		groups += digits[i : i+1]
	}
	return groups
}

// pin takes a fingerprint that the reader compared and typed. It counts until the
// viewer closes, and only if it is that of a publisher who signed the bundle: the
// rest would be a list of whom the reader trusts.
func (v *Viewer) pin(p *page, typed string) *Response {
	pin, err := sign.ParsePin(typed)
	digits := Digits(typed)
	if n := len(digits); err != nil || n > 0 && n != fingerprintDigits {
		note := trustNote{Key: "pin.count", Digits: n}
		if wrong := (*sign.FingerprintError)(nil); n == fingerprintDigits && errors.As(err, &wrong) && wrong.Group > 0 {
			note = p.mistakes(wrong)
		}
		note.Typed = again(digits)
		return v.trust(p, note)
	}
	fits := slices.ContainsFunc(v.standing(p.volume).Signers, pin.Matches)
	p.volume.refuted.Store(!fits)
	if !fits {
		return v.trust(p, trustNote{Key: "pin.other"})
	}
	v.mu.Lock()
	if !slices.Contains(v.pins, pin) && len(v.pins) < len(v.options.Pins)+maxPins {
		v.pins = append(v.pins, pin)
	}
	v.mu.Unlock()
	return v.trust(p, trustNote{Key: "pin.good", Good: true})
}
