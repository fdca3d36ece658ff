package guess

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// texts has something in each language, and the charsets it could be in, with all that a sentence in
// the language needs.
var texts = []struct{ name, charsets, text string }{
	{"Korean", "euc-kr", "비가 그친 뒤에 우리는 강가를 따라 천천히 걸었다. 할머니는 오래된 사진을 꺼내 보여 주시며 옛날이야기를 들려주셨다. 그때는 먹을 것이 귀했지만 이웃끼리 서로 도우며 살았다고 한다. 너도 언젠가는 알게 될 거야, 하고 웃으시던 얼굴이 아직도 생생하다."},
	{"Korean talk", "euc-kr", "야, 너 거기서 뭐 해? 빨리 안 오고! 미안, 금방 갈게. 근데 밥은 먹었어? 아니, 아직. 배고파 죽겠다. 그럼 라면이라도 끓여 먹자. 됐어, 난 그냥 잘래. 왜 그래, 무슨 일 있었어?"},
	{"Northern Korean", "euc-kr", "평양에서 조선로동당 중앙위원회 전원회의가 열리였다. 회의에서는 농업생산을 늘이기 위한 대책적문제들을 토의하였다. 력사박물관을 찾은 녀성들과 청년학생들은 강사의 해설을 들으며 여러 곳을 돌아보았다."},
	{"Korean beyond KS X 1001", "euc-kr", "똠방각하 펲시콜라를 마시던 뷁이 햏자에게 물었다. 찦차를 타고 온 사람들은 숍에서 쩜을 찍었다. 그 사람은 아무 말도 없이 집으로 돌아갔고 우리는 그를 다시 보지 못했다."},
	{"Simplified Chinese", "gb18030", "昨天晚上下了一场大雨，今天早上的空气特别清新。我和妹妹一起去市场买菜，遇见了以前的老师。他问我们现在在哪里工作，身体好不好。我们聊了很久，最后约定下个星期再见面。记者从有关部门了解到，当地居民的生活已经恢复正常。"},
	{"Traditional Chinese", "big5 gb18030", "昨天晚上下了一場大雨，今天早上的空氣特別清新。我和妹妹一起去市場買菜，遇見了以前的老師。他問我們現在在哪裡工作，身體好不好。我們聊了很久，最後約定下個星期再見面。記者從有關部門了解到，當地居民的生活已經恢復正常。"},
	{"Japanese", "shift_jis euc-jp", "雨が上がったあと、私たちは川沿いの道をゆっくり歩いた。祖母は古い写真を取り出して、昔の話を聞かせてくれた。あの頃は食べ物も少なかったけれど、近所の人たちが助け合って暮らしていたそうだ。「いつか分かるよ」と笑った顔を今でも覚えている。"},
	{"Japanese katakana", "shift_jis euc-jp", "スマートフォンでビデオをダウンロードするときは、まずアプリケーションのセキュリティを確認してください。ファイルのサイズが大きいと、メモリーカードにコピーできないことがあります。"},
	{"Russian", "windows-1251 koi8-r ibm866 iso-8859-5", "После дождя мы медленно шли вдоль реки. Бабушка достала старые фотографии и рассказывала, как жили раньше. Еды не хватало, но соседи помогали друг другу. «Когда-нибудь поймёшь», — сказала она и улыбнулась. Вечером по телевизору передали, что суд отложил заседание до понедельника."},
	{"Russian in capitals", "windows-1251 koi8-r ibm866", "ВНИМАНИЕ! ВХОД ПОСТОРОННИМ СТРОГО ЗАПРЕЩЁН. ПРЕДЪЯВИТЕ ДОКУМЕНТЫ В РАЗВЁРНУТОМ ВИДЕ. ПРОЕЗД ЗАКРЫТ ДО ОСОБОГО РАСПОРЯЖЕНИЯ АДМИНИСТРАЦИИ ГОРОДА."},
	{"Ukrainian", "windows-1251 koi8-u", "Після дощу ми повільно йшли вздовж річки. Бабуся дістала старі світлини й розповідала, як жили раніше. Їжі бракувало, але сусіди допомагали одне одному. Колись зрозумієш, сказала вона й усміхнулася, дивлячись у вікно на своє подвір'я."},
	{"Arabic", "windows-1256 iso-8859-6", "بعد المطر مشينا ببطء على طول النهر. أخرجت جدتي صورا قديمة وراحت تحكي لنا كيف كان الناس يعيشون من قبل. كان الطعام قليلا، لكن الجيران كانوا يساعدون بعضهم بعضا. قالت وهي تبتسم: ستفهم ذلك في يوم من الأيام."},
	{"Persian", "windows-1256", "بعد از باران آهسته کنار رودخانه قدم زدیم. مادربزرگ عکس\u200cهای قدیمی را بیرون آورد و برایمان گفت که مردم در گذشته چگونه زندگی می\u200cکردند. غذا کم بود، اما همسایه\u200cها به هم کمک می\u200cکردند. با لبخند گفت: روزی خواهی فهمید، پسرم."},
	{"Hebrew", "windows-1255", "אחרי הגשם הלכנו לאט לאורך הנהר. סבתא הוציאה תמונות ישנות וסיפרה איך חיו פעם. לא היה הרבה אוכל, אבל השכנים עזרו זה לזה. יום אחד תבין, היא אמרה וחייכה אל הילדים שישבו סביבה."},
	{"Greek", "windows-1253", "Μετά τη βροχή περπατήσαμε αργά κατά μήκος του ποταμού. Η γιαγιά έβγαλε παλιές φωτογραφίες και μας είπε πώς ζούσαν οι άνθρωποι τότε. Το φαγητό ήταν λίγο, αλλά οι γείτονες βοηθούσαν ο ένας τον άλλον."},
	{"Thai", "windows-874", "หลังฝนตกเราเดินเลียบแม่น้ำไปช้า ๆ คุณยายหยิบรูปถ่ายเก่าออกมาและเล่าให้ฟังว่าสมัยก่อนผู้คนใช้ชีวิตอย่างไร อาหารมีน้อย แต่เพื่อนบ้านก็ช่วยเหลือกัน สักวันหนึ่งเจ้าจะเข้าใจ ท่านพูดแล้วก็ยิ้ม"},
	{"Vietnamese", "windows-1258", "Sau cơn mưa chúng tôi đi chậm rãi dọc theo bờ sông. Bà lấy những tấm ảnh cũ ra và kể cho chúng tôi nghe ngày xưa người ta sống thế nào. Thức ăn rất ít, nhưng hàng xóm luôn giúp đỡ lẫn nhau."},
	{"Turkish", "windows-1254", "Yağmurdan sonra ırmak boyunca yavaş yavaş yürüdük. Büyükannem eski fotoğrafları çıkardı ve eskiden insanların nasıl yaşadığını anlattı. Yiyecek azdı ama komşular birbirine yardım ederdi. Bir gün anlayacaksın, dedi gülümseyerek."},
	{"Polish", "windows-1250", "Po deszczu szliśmy powoli wzdłuż rzeki. Babcia wyjęła stare zdjęcia i opowiadała, jak żyli ludzie w dawnych czasach. Jedzenia było mało, ale sąsiedzi pomagali sobie nawzajem. Kiedyś zrozumiesz, powiedziała z uśmiechem."},
	{"Czech", "windows-1250", "Po dešti jsme pomalu šli podél řeky. Babička vytáhla staré fotografie a vyprávěla, jak lidé dříve žili. Jídla bylo málo, ale sousedé si navzájem pomáhali. Jednou to pochopíš, řekla a usmála se na nás."},
	{"Hungarian", "windows-1250", "Eső után lassan sétáltunk a folyó mentén. Nagymama elővette a régi fényképeket, és elmesélte, hogyan éltek az emberek akkoriban. Kevés volt az étel, de a szomszédok segítettek egymásnak. Egyszer majd megérted, mondta mosolyogva, és becsukta a könyvet. Őszintén szólva nem hittem el."},
	{"French", "windows-1252", "Après la pluie, nous avons marché lentement le long de la rivière. Ma grand-mère a sorti de vieilles photos et nous a raconté comment on vivait à l'époque. Un jour tu comprendras, m'a-t-elle dit, très émue, près de la fenêtre."},
	{"German", "windows-1252", "Nach dem Regen gingen wir langsam am Fluß entlang. Großmutter holte alte Bilder hervor und erzählte, wie man früher lebte. Später wirst du es verstehen, sagte sie und lächelte über die Köpfe der Kinder hinweg."},
	{"Spanish", "windows-1252", "Después de la lluvia caminamos despacio junto al río. La abuela sacó unas fotografías viejas y nos contó cómo vivía la gente en aquellos años. Algún día lo entenderás, dijo, y sonrió. ¿Quién lo habría imaginado?"},
	{"Swedish", "windows-1252", "Efter regnet gick vi långsamt längs ån. Mormor tog fram gamla fotografier och berättade hur människorna levde förr. Det fanns lite mat, men grannarna hjälpte varandra. En dag förstår du, sade hon och log."},
}

// filled is at least n bytes of a text in a charset, cut off there, in the middle of a character or not.
func filled(charset, text string, n int) []byte {
	b := encode(charset, text+"\r\n")
	return bytes.Repeat(b, n/len(b)+1)[:n]
}

// TestCharset wants the charset of a text by a few words, a few sentences and a page. French and the
// like have too few letters in 40 bytes.
func TestCharset(t *testing.T) {
	t.Parallel()
	for _, c := range texts {
		for charset := range strings.FieldsSeq(c.charsets) {
			t.Run(c.name+" in "+charset, func(t *testing.T) {
				t.Parallel()
				for _, n := range []int{40, 200, 2000, MaxText + 1} {
					if n == 40 && slices.Contains([]string{"windows-1250", "windows-1252", "windows-1254", "windows-1258"}, charset) {
						continue
					}
					text := filled(charset, c.text, n)
					if got := Charset(text); got != charset {
						t.Errorf("%d bytes are %q, want %q: %.40q", n, got, charset, decode(charset, text))
					}
				}
			})
		}
	}
}

// TestCut cuts each text at every place: whatever is left may be too little, but never leads astray.
func TestCut(t *testing.T) {
	t.Parallel()
	for _, c := range texts {
		for charset := range strings.FieldsSeq(c.charsets) {
			text := encode(charset, c.text)
			for n := range len(text) {
				got := Charset(text[:n])
				if got == "" || isUTF8(text[:n]) || bytes.Equal(decode(got, text[:n]), decode(charset, text[:n])) {
					continue
				}
				t.Errorf("the first %d bytes of %s in %s are %q: %q", n, c.name, charset, got, decode(charset, text[:n]))
			}
		}
	}
}

// wrappings are what texts come in.
var wrappings = []struct{ name, before, between, after string }{
	{"SAMI", "<SAMI>\n<HEAD><TITLE>Untitled</TITLE>\n<STYLE TYPE=\"text/css\">\n<!--\nP {margin-left:8pt; font-family:Arial; color:white;}\n.KRCC {Name:Korean; lang:ko-KR; SAMIType:CC;}\n-->\n</STYLE></HEAD>\n<BODY>\n", "\n<SYNC Start=12345><P Class=KRCC>\n", "\n</BODY></SAMI>\n"},
	{"SubRip", "1\n", "\n\n2\n00:01:02,345 --> 00:01:04,000\n", "\n"},
	{"HTML", "<!DOCTYPE html><html><head><title>Home page</title></head><body class=\"main\"><p>", "</p>\n<p class=\"text\"><a href=\"next.html\" title=\"Next\">", "</a></body></html>\n"},
}

func TestWrapped(t *testing.T) {
	t.Parallel()
	for _, c := range texts {
		for charset := range strings.FieldsSeq(c.charsets) {
			text := encode(charset, c.text)
			for _, w := range wrappings {
				lines := bytes.ReplaceAll(text, []byte(". "), []byte(".\n"+w.between))
				in := slices.Concat([]byte(w.before), lines, []byte(w.after))
				if got := Charset(in); got != charset {
					t.Errorf("%s of %s in %s is %q", w.name, c.name, charset, got)
				}
			}
		}
	}
}

// TestDamaged changes a byte in a long text: the charset is the same.
func TestDamaged(t *testing.T) {
	t.Parallel()
	for _, c := range texts {
		for charset := range strings.FieldsSeq(c.charsets) {
			text := filled(charset, c.text, 3000)
			text[501] = 0xff
			if got := Charset(text); got != charset {
				t.Errorf("%s in %s with a broken byte is %q", c.name, charset, got)
			}
		}
	}
}

// TestChanged has what is another charset behind what is weighed.
func TestChanged(t *testing.T) {
	t.Parallel()
	text := append(filled("euc-kr", texts[0].text, maxSample*2), filled("windows-1252", "d\u00e9j\u00e0 vu, ", 4000)...)
	if got := Charset(text); got != "" {
		t.Errorf("Korean with a French second half is %q", got)
	}
}

func TestBrokenUTF8(t *testing.T) {
	t.Parallel()
	for _, c := range texts {
		text := []byte(c.text)
		text[len(text)/2] = 0xff
		if got := Charset(text); got != "utf-8" {
			t.Errorf("UTF-8 with a broken byte is %q: %s", got, text)
		}
	}
}

// random is bytes that say nothing, from a range of them.
func random(seed uint64, n int, from, to byte) []byte {
	r := rand.New(rand.NewPCG(seed, 0))
	b := make([]byte, n)
	for i := range b {
		b[i] = from + byte(r.IntN(int(to-from)+1))
	}
	return b
}

func TestNoise(t *testing.T) {
	t.Parallel()
	for _, span := range []struct {
		name     string
		from, to byte
	}{{"all bytes", 0, 0xff}, {"no control characters", 0x20, 0xff}, {"above ASCII", 0x80, 0xff}, {"above C1", 0xa1, 0xfe}, {"letters of Latin-1", 0xc0, 0xff}} {
		seeds := uint64(200)
		if testing.Short() {
			seeds = 20
		}
		for seed := range seeds {
			for _, n := range []int{40, 200, 2000} {
				if got := Charset(random(seed, n, span.from, span.to)); got != "" {
					t.Errorf("%s: %d bytes of seed %d are %q", span.name, n, seed, got)
				}
			}
		}
	}
}

// TestUnclear has what must not be guessed, or where windows-1252 does no harm.
func TestUnclear(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty":                  "",
		"ASCII":                  strings.Repeat("Nothing but ASCII. ", 200),
		"ISO-2022-JP":            "\x1b$B$3$l$O\x1b(B",
		"one byte":               "\xe9",
		"signs":                  "\xb0\xb0\xb0\xb0 \xa3\xa3 \xa9",
		"frames of DOS":          "\xc9\xcd\xcd\xcd\xcd\xcd\xcd\xbb\r\n\xba 100% \xba\r\n\xc8\xcd\xcd\xcd\xcd\xcd\xcd\xbc\r\n",
		"Latin-1 prose":          "The caf\xe9 was na\xefve about its r\xe9sum\xe9, and it cost \xa310 or so.",
		"quotation marks":        "It\x92s what he called \x93the end of it all\x94, and we didn\x92t.",
		"dashes between letters": "one\x97two\x97three\x97four",
		"controls":               "\x01\x02\x03" + string(encode("euc-kr", texts[0].text)),
		"UTF-16":                 "A\x00B\x00\xe9\x00",
	} {
		if got := Charset([]byte(text)); got != "" && got != "windows-1252" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestUnknown has charsets that are not guessed. Of the languages of the West windows-1252 would be as
// wrong as any other.
func TestUnknown(t *testing.T) {
	t.Parallel()
	for _, page := range []*charmap.Charmap{charmap.CodePage437, charmap.CodePage850, charmap.CodePage852, charmap.CodePage855, charmap.Macintosh, charmap.CodePage037} {
		for _, c := range texts {
			text, err := encoding.ReplaceUnsupported(page.NewEncoder()).Bytes([]byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Count(text, []byte{encoding.ASCIISub}) > 3 {
				continue
			}
			if got := Charset(text); got != "" {
				t.Errorf("%s in %v is %q", c.name, page, got)
			}
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for _, c := range candidates() {
		if name, err := htmlindex.Name(lookup(c.name)); name != c.name {
			t.Errorf("%q is called %q (%v)", c.name, name, err)
		}
	}
}

// TestTables wants a table of as many rows and digits as its letters need.
func TestTables(t *testing.T) {
	t.Parallel()
	for _, s := range singleByte {
		for _, lang := range s.languages {
			n := len([]rune(lang.letters))
			rows, digits := n+1, n+1
			if lang.latin {
				rows, digits = n, 1+2*contexts
			}
			table := strings.Fields(lang.table)
			if len(table) != rows {
				t.Errorf("%q has %d rows, want %d", lang.letters, len(table), rows)
			}
			for _, row := range table {
				if len(row) != digits {
					t.Errorf("%q has a row of %d, want %d: %s", lang.letters, len(row), digits, row)
				}
			}
		}
	}
}

func FuzzCharset(f *testing.F) {
	for _, c := range texts {
		for charset := range strings.FieldsSeq(c.charsets) {
			f.Add(filled(charset, c.text, 120))
		}
	}
	f.Add([]byte("<p>\x81\x30\x81"))
	f.Fuzz(func(t *testing.T, text []byte) {
		before := bytes.Clone(text)
		got := Charset(text)
		if !bytes.Equal(text, before) {
			t.Errorf("the text was changed: %q", before)
		}
		if again := Charset(text); again != got {
			t.Errorf("%q, and then %q: %q", got, again, text)
		}
		if got != "" && decode(got, text) == nil {
			t.Errorf("%q cannot be decoded: %q", got, text)
		}
		if got != "" && countHigh(text) == 0 {
			t.Errorf("ASCII is %q: %q", got, text)
		}
	})
}

func BenchmarkCharset(b *testing.B) {
	for _, c := range texts {
		for charset := range strings.FieldsSeq(c.charsets) {
			b.Run(c.name+" in "+charset, func(b *testing.B) {
				text := filled(charset, c.text, MaxText)
				b.SetBytes(MaxText)
				for b.Loop() {
					Charset(text)
				}
			})
		}
	}
}
