package article

import "testing"

// applied is a text after cuts.
func applied(text string, cuts []Cut) string {
	out, at := "", int64(0)
	for _, c := range cuts {
		out += text[at:c.Offset] + string(c.New)
		at = c.Offset + c.Size
	}
	return out + text[at:]
}

func TestCutCSS(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, want string }{
		{"/* by A */ p{color:red}", "/**/ p{color:red}"},
		{"/*! MIT */ p{}", "/*! MIT */ p{}"},
		{"a/**/b /* x", "a/**/b /**/"},
		{`p::before{content:"/* no comment */ url(http://a)"}`, `p::before{content:"/* no comment */ url(http://a)"}`},
		{`p{content:'it\'s /* none */'}`, `p{content:'it\'s /* none */'}`},
		{"p{background:url(https://t.example/u.gif)}", "p{background:url(data:,)}"},
		{"p{background:URL( '//t.example/u.gif' ) red}", "p{background:URL( 'data:,' ) red}"},
		{"p{background:url(a.png)} q{}", "p{background:url(a.png)} q{}"},
		{"@import url(//t.example/a.css); p{}", "/**/ p{}"},
		{"@import 'b.css'; p{}", "@import 'b.css'; p{}"},
		{"p{background:url(data:image/jpeg;base64,AAAA)}", "p{background:url(data:,)}"},
		{"p{a:url(", "p{a:url("}, {"p{a:url('", "p{a:url('"}, {`\`, `\`}, {"'", "'"}, {"@import //", "/**/"},
	} {
		cuts, _, err := CutCSS([]byte(tt.in))
		if got := applied(tt.in, cuts); got != tt.want || err != nil {
			t.Errorf("%q is %q, want %q; %v", tt.in, got, tt.want, err)
		}
	}
}
