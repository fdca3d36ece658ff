package article

import (
	"net/netip"
	"net/url"
	"path"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// maxAddress is the longest address on the net. Longer ones carry data, not a place.
const maxAddress = 4 << 10

// Names of removals in addresses.
const (
	removedTrackers = "tracking and session parameters of links"
	removedLocal    = "addresses on the computer of who saved it"
	removedPixels   = "tracking pixels"
)

// trackers are the parameters that follow readers from site to site: of campaigns, clicks, mails and
// sessions. The list is that which Firefox, Brave and ClearURLs have in common, and session names of
// PHP, Java, ASP and ColdFusion.
var trackers = words(`fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid igshid igsh
	mc_cid mc_eid mkt_tok _hsenc _hsmi __hssc __hstc __hsfp hsctatracking vero_id vero_conv oly_anon_id
	oly_enc_id wickedid _openstat rb_clickid s_cid ml_subscriber ml_subscriber_hash spm scm _ga _gl
	epik li_fat_id irclickid irgwc srsltid ref_src ref_url cmpid ncid guccounter guce_referrer
	guce_referrer_sig jsessionid phpsessid sessionid session_id sessid cfid cftoken zanpid __s __twitter_impression
	share_token shareuid from_source spm_id_from vd_source share_source share_medium bbid unique_k
	wt_mc wt_zmc xtor at_campaign at_medium fb_action_ids fb_action_types fb_ref fb_source campaign_id
	yadclid yadordid _branch_match_id _branch_referrer`)

// isTracker says whether a parameter of an address follows readers.
func isTracker(name, value string) bool {
	name = strings.ToLower(name)
	switch {
	case trackers[name], strings.HasPrefix(name, "utm_"), strings.HasPrefix(name, "pk_"),
		strings.HasPrefix(name, "mtm_"), strings.HasPrefix(name, "matomo_"), strings.HasPrefix(name, "hsa_"),
		strings.HasPrefix(name, "aspsessionid"), strings.HasPrefix(name, "piwik_"):
		return true
	case persons[name]:
		return true
	case sessions[name]:
		return isSessionID(value) || len(value) >= 8 && strings.Trim(value, "0123456789") != ""
	case name == "s":
		return isSessionID(value)
	}
	return false
}

// sessions are parameters that name a session or a person where their value is no short word or number.
var sessions = words(`sid osid zenid sess ticket uid userid user_id`)

// persons are parameters that name a session or a person whatever their value.
var persons = words(`session token access_token auth auth_token user username login account email mail`)

// isSessionID says whether a value looks like the number of a session: long and hexadecimal.
func isSessionID(s string) bool {
	const shortest = 20
	if len(s) < shortest {
		return false
	}
	for i := range len(s) {
		if c := s[i] | 0x20; !isDigit(rune(s[i])) && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// cutTrackers takes from an address on the net its tracking parameters, session numbers in the path
// and marks of quoted text. The rest stays as it is written.
func cutTrackers(address string) string {
	address, fragment, hasFragment := strings.Cut(address, "#")
	address, query, hasQuery := strings.Cut(address, "?")
	for _, name := range []string{";jsessionid=", ";phpsessid=", ";sid="} {
		if i := indexFold(address, name); i >= 0 {
			end := strings.IndexAny(address[i+1:], "/;")
			if end < 0 {
				end = len(address) - i - 1
			}
			address = address[:i] + address[i+1+end:]
		}
	}
	if query = cutParameters(query); hasQuery && query != "" {
		address += "?" + query
	}
	fragment, _, _ = strings.Cut(fragment, ":~:")
	if strings.Contains(fragment, "=") {
		fragment = cutParameters(fragment)
	}
	if hasFragment && fragment != "" {
		address += "#" + fragment
	}
	return address
}

// indexFold finds an ASCII needle in lower case, whatever the case of s.
func indexFold(s, needle string) int {
	for i := 0; i+len(needle) <= len(s); i++ {
		if s[i] == needle[0] && strings.EqualFold(s[i:i+len(needle)], needle) {
			return i
		}
	}
	return -1
}

// cutParameters takes the tracking parameters from a query.
func cutParameters(query string) string {
	var kept strings.Builder
	for query != "" {
		end := strings.IndexAny(query, "&;")
		part, separator := query, ""
		if end >= 0 {
			part, separator = query[:end], query[end:end+1]
			if strings.HasPrefix(query[end:], "&amp;") {
				separator = "&amp;"
			}
		}
		query = query[len(part)+len(separator):]
		name, value, _ := strings.Cut(part, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		if !isTracker(name, value) {
			kept.WriteString(part)
			kept.WriteString(separator)
		}
	}
	return strings.TrimSuffix(strings.TrimRight(kept.String(), "&;"), "&amp")
}

// redirectors are pages that only lead on to the address in a parameter, and count the click.
var redirectors = map[string]string{
	"www.google.com/url": "q url", "google.com/url": "q url", "l.facebook.com/l.php": "u",
	"lm.facebook.com/l.php": "u", "www.facebook.com/l.php": "u", "vk.com/away.php": "to",
	"www.youtube.com/redirect": "q", "t.umblr.com/redirect": "z", "link.zhihu.com/": "target",
	"out.reddit.com/": "url", "slack-redir.net/link": "url", "steamcommunity.com/linkfilter/": "url",
	"www.douban.com/link2/": "url",
}

// behind returns the address that a redirector leads to, or u.
func behind(u *url.URL) *url.URL {
	names, ok := redirectors[strings.ToLower(u.Host)+u.Path]
	if !ok {
		return u
	}
	query := u.Query()
	for name := range strings.FieldsSeq(names) {
		to, err := url.Parse(query.Get(name))
		if err == nil && (to.Scheme == "http" || to.Scheme == "https") && to.Host != "" {
			return to
		}
	}
	return u
}

// cleanExternal returns an address on the net without user names and trackers. It is not ok where
// there is none, or where it leads to a computer at home.
func cleanExternal(ref string) (address string, ok bool) {
	if len(ref) > maxAddress {
		return "", false
	}
	u, err := url.Parse(ref)
	if err != nil || u.Host == "" || u.Opaque != "" {
		return "", false
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" || isHome(u.Hostname()) {
		return "", false
	}
	if u.User == nil && strings.HasPrefix(ref, u.Scheme+"://") && behind(u) == u {
		return cutTrackers(ref), true // as it is written, wherever it can stay so
	}
	u = behind(u)
	u.User = nil
	if isHome(u.Hostname()) {
		return "", false
	}
	return cutTrackers(u.String()), true
}

// isHome says whether a host is none on the net: this computer, or one behind the same router.
func isHome(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.IsLoopback() || addr.IsPrivate() || addr.IsLinkLocalUnicast() || addr.IsUnspecified()
	}
	for _, end := range []string{".localhost", ".local", ".lan", ".home", ".internal", ".localdomain", ".home.arpa"} {
		if strings.HasSuffix(host, end) {
			return true
		}
	}
	return host == "localhost" || !strings.Contains(host, ".")
}

// cleanSource returns where a page is from, or nothing.
func cleanSource(ref string) string {
	address, _ := cleanExternal(strings.TrimSpace(ref))
	address, _, _ = strings.Cut(address, "#")
	if address != line(address) {
		return ""
	}
	return address
}

// scheme returns what stands before the first colon of an address, in lower case, or nothing.
func scheme(ref string) string {
	i := strings.IndexAny(ref, ":/?#\\")
	if i <= 0 || ref[i] != ':' {
		return ""
	}
	return strings.ToLower(ref[:i])
}

// isLocalPath says whether an address is one on the computer of whoever saved the page.
func isLocalPath(ref string) bool {
	s := scheme(ref)
	return s == "file" || len(s) == 1 || strings.HasPrefix(ref, `\\`)
}

// trimAddress takes from an address what browsers take from it: white space around it, tabs and
// line ends in it.
func trimAddress(ref string) string {
	ref = strings.Trim(ref, " \t\r\n\f")
	if strings.ContainsAny(ref, "\t\r\n") {
		ref = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(ref)
	}
	return ref
}

// resolve returns the path in the bundle that a relative address means, and its fragment.
func (o *Options) resolve(ref string) (to, fragment string, ok bool) {
	if scheme(ref) != "" || strings.HasPrefix(ref, "//") || strings.HasPrefix(ref, `\`) {
		return "", "", false
	}
	ref, fragment, _ = strings.Cut(ref, "#")
	ref, _, _ = strings.Cut(ref, "?")
	ref = strings.ReplaceAll(ref, `\`, "/")
	if ref == "" {
		return o.Path, fragment, true
	}
	if plain, err := url.PathUnescape(ref); err == nil {
		if to, ok := o.find(plain); ok {
			return to, fragment, true
		}
	}
	to, ok = o.find(ref)
	return to, fragment, ok
}

// find looks for an item by its path as seen from this one. An address from the root is taken to
// mean the top of the bundle; a folder means its index.
func (o *Options) find(ref string) (string, bool) {
	dir := path.Dir(o.Path)
	if strings.HasPrefix(ref, "/") {
		dir = ""
	}
	to := norm.NFC.String(strings.TrimPrefix(path.Join(dir, ref), "/"))
	if to == "" || to == "." || strings.HasPrefix(to, "../") || to == ".." || strings.IndexByte(to, 0) >= 0 {
		return "", false
	}
	if o.Exists == nil || o.Exists(to) {
		return to, true
	}
	for _, index := range []string{"index.html", "index.htm"} {
		if in := path.Join(to, index); o.Exists(in) {
			return in, true
		}
	}
	return "", false
}

// relative is the address of a path in the bundle as seen from the item.
func (o *Options) relative(to string) string {
	from := strings.Split(path.Dir(o.Path), "/")
	if from[0] == "." {
		from = nil
	}
	parts := strings.Split(to, "/")
	same := 0
	for same < len(from) && same < len(parts)-1 && from[same] == parts[same] {
		same++
	}
	var b strings.Builder
	for range len(from) - same {
		b.WriteString("../")
	}
	for i, part := range parts[same:] {
		if i > 0 {
			b.WriteByte('/')
		}
		escaped := (&url.URL{Path: part}).EscapedPath()
		if b.Len() == 0 {
			escaped = strings.ReplaceAll(escaped, ":", "%3A") // or it would look like a scheme
		}
		b.WriteString(escaped)
	}
	return b.String()
}
