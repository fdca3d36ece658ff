package article

import (
	"slices"
	"strings"
	"testing"
)

// savedCase is a page in the manner of a common kind of site, and what its article must and must not
// have.
type savedCase struct {
	name, page string
	want       Page     // without HTML, External, Missing, Removed and Words
	has, not   []string // parts of the article's HTML
	external   []string
}

// prose repeats sentences into a text as long as articles are.
func prose(sentences ...string) string {
	var b strings.Builder
	for _, s := range sentences {
		b.WriteString("<p>" + strings.Repeat(s+" ", 4) + "</p>\n")
	}
	return b.String()
}

var savedCases = []savedCase{newspaper, blogKorean, wikiPersian, forumChinese, newsRussian, singleFile}

// newspaper is a news article in English, with a sidebar, teasers and comments.
var newspaper = savedCase{
	name: "newspaper",
	page: `<!DOCTYPE html>
<!-- saved from url=(0049)https://news.example.com/world/river?utm_source=app -->
<html lang="en-GB"><head><meta charset="utf-8"><title>River rises again - The Example News</title>
<meta property="og:site_name" content="The Example News"><meta property="og:title" content="River rises again">
<meta property="og:description" content="After two dry years the river is back.">
<meta property="article:published_time" content="2024-05-17T23:30:00-05:00">
<meta name="generator" content="ExampleCMS 4.2"><meta name="keywords" content="river, water">
<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"X"},
{"@type":["NewsArticle"],"headline":"River rises again","author":[{"@type":"Person","name":"Ann Writer"},{"name":"Bob Author"}],
"datePublished":"2024-05-17T23:30:00-05:00","license":"https://creativecommons.org/licenses/by-nc-sa/4.0/"}]}</script>
<link rel="stylesheet" href="river_files/main.css"><script src="river_files/app.js"></script></head>
<body class="story"><header><nav><ul><li><a href="https://news.example.com/">Home</a><li><a href="https://news.example.com/sport">Sport</a></ul></nav></header>
<main><article class="article-body"><h1>River rises again</h1><p class="byline">By Ann Writer and Bob Author</p>
<figure><img src="river_files/river.jpg" alt="The river at noon"><figcaption>The river at noon.</figcaption></figure>` +
		prose("The water came back to the valley on a Friday, and people went down to the bridge to see it.",
			"Farmers say that the wells, which had been dry, are filling, though slowly, after two years without rain.") +
		`<p>Read <a href="https://www.example.org/report?id=7&amp;utm_campaign=x">the report</a>, in full.</p></article>
<aside class="sidebar"><h2>Most read</h2><ul><li><a href="https://news.example.com/1">Ten tricks</a></ul></aside></main>
<div id="comments" class="comments"><h3>Comments</h3><p>First comment by troll99, which nobody needs, really, at all.</p></div>
<footer>Cookie settings</footer><img src="https://count.example.com/1x1" width="1" height="1"></body></html>`,
	want: Page{Title: "River rises again", Summary: "After two dry years the river is back.", Language: "en-GB", Date: "2024-05-17",
		Byline: "Ann Writer, Bob Author", Licence: "CC BY-NC-SA 4.0", Source: "https://news.example.com/world/river",
		Tags: []string{"river", "water"}},
	has: []string{"<h1>River rises again</h1>", "The water came back", "Farmers say", `src="river_files/river.jpg"`,
		"<figcaption>The river at noon.</figcaption>", `<a href="https://www.example.org/report?id=7">the report</a>`},
	not:      []string{"Most read", "Ten tricks", "troll99", "Cookie", "utm_", "ExampleCMS", "Sport"},
	external: []string{"https://www.example.org/report?id=7"},
}

// blogKorean is a page of a Korean blog, whose template says that it is in English.
var blogKorean = savedCase{
	name: "blog in Korean",
	page: `<!doctype html><html lang="en"><head><title>봄에 심는 채소 :: 텃밭 일기</title><meta property="og:locale" content="en_US">
<link rel="canonical" href="https://blog.example.kr/42"><meta name="author" content="텃밭지기">
<link rel="alternate" type="application/rss+xml" href="https://blog.example.kr/rss"></head>
<body><div id="header"><a href="/">텃밭 일기</a></div><div class="area_view"><h2>봄에 심는 채소</h2>
<span class="date">2023. 3. 9.</span><time datetime="2023-03-09">2023년 3월 9일</time><div class="entry-content">` +
		prose("올해는 상추와 감자를 먼저 심었습니다. 날씨가 따뜻해지면 고추와 토마토도 심을 생각입니다.",
			"물은 아침에 주는 것이 좋고, 흙이 마르지 않도록 짚을 덮어 두면 잡초도 적게 납니다.") + `
<p><img data-src="files/seed.jpg" src="` + dot + `" class="lazy" alt="상추 씨앗"></p></div></div>
<div class="area_sidebar"><ul><li><a href="/1">최근 글</a></ul></div></body></html>`,
	want: Page{Title: "봄에 심는 채소", Language: "ko", Date: "2023-03-09", Byline: "텃밭지기", Source: "https://blog.example.kr/42"},
	has:  []string{`<html lang="ko">`, "올해는 상추와", "물은 아침에", `<img src="files/seed.jpg" alt="상추 씨앗">`},
	not:  []string{"최근 글", "rss"},
}

// wikiPersian is a page of a wiki in Persian, with a table, notes and links in the page.
var wikiPersian = savedCase{
	name: "wiki in Persian",
	page: `<!DOCTYPE html><html class="client-nojs" lang="fa" dir="rtl"><head><meta charset="UTF-8"><title>رودخانه - دانشنامه</title>
<meta name="generator" content="MediaWiki 1.43"><link rel="license" href="https://creativecommons.org/licenses/by-sa/4.0/deed.fa">
<link rel="canonical" href="https://fa.example.org/wiki/River"></head><body class="mediawiki"><div id="mw-navigation"><ul><li><a href="/x">صفحهٔ اصلی</a></ul></div>
<div id="content" role="main"><h1 id="firstHeading">رودخانه</h1><div id="mw-content-text"><div class="mw-parser-output">` +
		prose("رودخانه\u200cها آب را از کوه\u200cها به دریا می\u200cبرند و در راه خود خاک را نیز جابه\u200cجا می\u200cکنند، و مردم از آن\u200cها می\u200cنوشند.") +
		`<p>این جمله منبع دارد<sup id="ref1"><a href="#note1">[۱]</a></sup> و پیوندی به <a href="../wiki/sea.html">دریا</a> هم دارد.</p>
<h2 id="طول">طول رودها<span class="mw-editsection"><a href="/edit">ویرایش</a></span></h2>
<table class="wikitable"><caption>طول</caption><tbody><tr><th>نام</th><th>کیلومتر</th></tr><tr><td>کارون</td><td>۹۵۰</td></tr></tbody></table>` +
		prose("کارون درازترین رود ایران است که از کوه\u200cهای زاگرس سرچشمه می\u200cگیرد و به اروندرود می\u200cریزد.") +
		`<ol class="references"><li id="note1"><a href="#ref1">↑</a> کتاب جغرافیا، چاپ دوم، صفحهٔ ۱۲.</li></ol></div></div></div></body></html>`,
	want: Page{Title: "رودخانه", Language: "fa", Licence: "CC BY-SA 4.0", Source: "https://fa.example.org/wiki/River"},
	has: []string{`<html lang="fa" dir="rtl">`, "<caption>طول</caption>", "<td>کارون</td>", `<a href="#note1">`, `id="note1"`,
		`<a href="sea.html">دریا</a>`, "زاگرس"},
	not: []string{"صفحهٔ اصلی", "MediaWiki", `href="/edit"`},
}

// forumChinese is a thread of a forum, whose posts are all of its article.
var forumChinese = savedCase{
	name: "forum in Chinese",
	page: `<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>怎樣保存舊照片？ - 攝影討論區</title></head>
<body><table width="100%"><tr><td><a href="index.php?sid=0123456789abcdef0123456789abcdef">首頁</a></td></tr></table>
<div class="post"><div class="postbody"><h3>怎樣保存舊照片？</h3><div class="content">` + strings.Repeat("家裡有很多舊照片，已經開始褪色，想請問各位前輩應該怎樣保存。", 5) + `</div></div></div>
<div class="post"><div class="postbody"><div class="content">` + strings.Repeat("先掃描再存放在乾燥的地方，不要直接曬太陽，相簿要選無酸的材質。", 5) + `</div></div></div>
<div class="post"><div class="postbody"><div class="content">` + strings.Repeat("同意樓上的說法，另外還可以請專業的店家修復，價錢並不貴。", 5) + `</div></div></div>
</body></html>`,
	want: Page{Title: "怎樣保存舊照片？", Language: "zh-Hant"},
	has:  []string{"褪色", "先掃描再存放", "同意樓上的說法"},
	not:  []string{"sid="},
}

// newsRussian is an old page in tables, with fonts and without paragraphs.
var newsRussian = savedCase{
	name: "old page in Russian",
	page: `<HTML><HEAD><TITLE>Новости дня: Мост открыт</TITLE><META NAME="Author" CONTENT="Иван"></HEAD><BODY BGCOLOR=white>
<TABLE><TR><TD VALIGN=top><A HREF="http://news.example.ru/?from=main">Главная</A><BR><A HREF="arch.htm">Архив</A><TD>
<FONT FACE="Arial"><B>Мост открыт</B><BR><BR>` + strings.Repeat("Сегодня утром в городе открыли новый мост через реку, и первые машины проехали по нему. ", 5) +
		`<BR><BR>` + strings.Repeat("Строительство продолжалось три года, и жители давно ждали этого дня, чтобы добираться быстрее. ", 5) +
		`</FONT></TABLE></BODY></HTML>`,
	want: Page{Title: "Новости дня: Мост открыт", Language: "ru", Byline: "Иван"},
	has:  []string{"Сегодня утром", "Строительство продолжалось"},
	not:  []string{"FONT", "BGCOLOR"},
}

// singleFile is a page as the extension SingleFile saves it, with everything in data: addresses.
var singleFile = savedCase{
	name: "SingleFile",
	page: `<!DOCTYPE html> <html lang=es><!--
 Page saved with SingleFile 
 url: https://ejemplo.example.es/pan?gclid=abc 
 saved date: Sat Nov 16 2024 12:34:56 GMT+0100 (hora de Madrid)
--><meta charset=utf-8><title>Hacer pan</title><style>@font-face{src:url(data:font/woff2;base64,d09GMg==)}</style>
<meta http-equiv=content-security-policy content="default-src 'none'"><body><article><h1>Hacer pan</h1>` +
		prose("Para hacer pan en casa se necesitan harina, agua, sal y un poco de levadura, y sobre todo paciencia.",
			"La masa debe reposar toda la noche, porque así el pan tiene más sabor y se conserva mejor durante los días.") +
		`<img alt="Un pan" src="` + picture + `"></article><template shadowrootmode=open>x</template></body></html>`,
	want: Page{Title: "Hacer pan", Language: "es", Source: "https://ejemplo.example.es/pan"},
	has:  []string{"Para hacer pan", `src="` + picture + `"`},
	not:  []string{"SingleFile", "saved date", "font", "Madrid", "gclid"},
}

func TestSavedPages(t *testing.T) {
	t.Parallel()
	for _, c := range savedCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, err := HTML([]byte(c.page), Options{Path: "wiki/page.html"})
			must(t, err)
			must(t, checkPage(p))
			checkSays(t, p, c.want)
			for _, s := range c.has {
				if !strings.Contains(string(p.HTML), s) {
					t.Errorf("%q is not in it", s)
				}
			}
			for _, s := range c.not {
				if strings.Contains(string(p.HTML), s) {
					t.Errorf("%q is in it", s)
				}
			}
			if c.external != nil && !slices.Equal(p.External, c.external) {
				t.Errorf("external %q, want %q", p.External, c.external)
			}
			if t.Failed() {
				t.Logf("%s", p.HTML)
			}
		})
	}
}

// checkSays compares what a page says of itself.
func checkSays(t *testing.T, got *Page, want Page) {
	t.Helper()
	for _, f := range []struct{ name, got, want string }{
		{"title", got.Title, want.Title}, {"summary", got.Summary, want.Summary}, {"language", got.Language, want.Language},
		{"date", got.Date, want.Date}, {"byline", got.Byline, want.Byline}, {"licence", got.Licence, want.Licence},
		{"source", got.Source, want.Source}, {"tags", strings.Join(got.Tags, "|"), strings.Join(want.Tags, "|")},
	} {
		if f.got != f.want {
			t.Errorf("%s %q, want %q", f.name, f.got, f.want)
		}
	}
}

func TestDropBylines(t *testing.T) {
	t.Parallel()
	p, err := HTML([]byte(newspaper.page), Options{Path: "a.html", DropBylines: true})
	must(t, err)
	if p.Byline != "" || strings.Contains(string(p.HTML), "Ann Writer") {
		t.Errorf("byline %q in %s", p.Byline, p.HTML)
	}
}

func TestDropBylinesOfVisibleNames(t *testing.T) {
	t.Parallel()
	for _, mark := range []string{`<a rel="author" href="https://e.org/a">N. N.</a>`, `<span itemprop="author">N. N.</span>`,
		`<div class="post-author">N. N.</div>`, `<p class="byline">by N. N.</p>`} {
		page := "<body><h1>Title of it</h1>" + mark + prose("Some text that is long enough to count for something here.")
		with, err := HTML([]byte(page), Options{})
		must(t, err)
		if with.Byline != "N. N." {
			t.Errorf("%s: byline %q", mark, with.Byline)
		}
		without, err := HTML([]byte(page), Options{DropBylines: true})
		must(t, err)
		if strings.Contains(string(without.HTML), "N. N.") {
			t.Errorf("%s: the name stays in %s", mark, without.HTML)
		}
	}
}
