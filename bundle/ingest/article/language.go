package article

import (
	"strings"
	"unicode"
)

// maxSample is how much of a text is looked at for its language.
const maxSample = 64 << 10

// Language finds the language of a text: by its script, where that is of one language; by letters
// that only one language has; in Latin and Cyrillic script by the words that every text is full of.
// It knows the languages of the interface (en ko zh-Hans zh-Hant fa ar ru es fr my vi), their
// neighbours that would be taken for them (uk be bg sr kk, ur ckb ug ps, pt it ca, de nl, id), and
// those with a script of their own (ja th lo km bo he el ka hy am hi bn ta). It returns a BCP 47 tag, or
// nothing where a text is too short or of a language that it does not know.
func Language(text string) string {
	text = text[:min(len(text), maxSample)]
	var c scripts
	for _, r := range text {
		c.count(r)
	}
	total := 0
	for _, n := range c.of {
		total += n
	}
	const shortest = 10 // letters
	best, most := scriptNone, 0
	for s, n := range c.of {
		if n > most {
			best, most = script(s), n
		}
	}
	wide := c.of[scriptHan] + c.of[scriptKana] + c.of[scriptHangul]
	if wide*3 > total { // between them names and formulas in Latin letters are usual
		best = c.wide()
	}
	switch {
	case total < shortest && wide < shortest/2:
		return ""
	case best == scriptHan:
		return chinese(text)
	case best == scriptArabic:
		return arabic(text)
	case best == scriptCyrillic:
		return cyrillic(text)
	case best == scriptLatin:
		return latin(text)
	}
	return ownScript[best]
}

// A script is one that letters are of.
type script int

const (
	scriptNone script = iota
	scriptLatin
	scriptCyrillic
	scriptArabic
	scriptHan
	scriptKana
	scriptHangul
	scriptThai
	scriptMyanmar
	scriptLao
	scriptKhmer
	scriptTibetan
	scriptHebrew
	scriptGreek
	scriptGeorgian
	scriptArmenian
	scriptEthiopic
	scriptDevanagari
	scriptBengali
	scriptTamil
	scriptCount
)

// ownScript are the languages, of those that we know, that have a script to themselves.
var ownScript = map[script]string{
	scriptKana: "ja", scriptHangul: "ko", scriptThai: "th", scriptMyanmar: "my", scriptLao: "lo", scriptKhmer: "km",
	scriptTibetan: "bo", scriptHebrew: "he", scriptGreek: "el", scriptGeorgian: "ka", scriptArmenian: "hy",
	scriptEthiopic: "am", scriptDevanagari: "hi", scriptBengali: "bn", scriptTamil: "ta",
}

// tables are the scripts by their letters.
var tables = []struct {
	table *unicode.RangeTable
	is    script
}{
	{unicode.Latin, scriptLatin}, {unicode.Cyrillic, scriptCyrillic}, {unicode.Arabic, scriptArabic},
	{unicode.Han, scriptHan}, {unicode.Hangul, scriptHangul}, {unicode.Hiragana, scriptKana},
	{unicode.Katakana, scriptKana}, {unicode.Thai, scriptThai}, {unicode.Myanmar, scriptMyanmar},
	{unicode.Lao, scriptLao}, {unicode.Khmer, scriptKhmer}, {unicode.Tibetan, scriptTibetan},
	{unicode.Hebrew, scriptHebrew}, {unicode.Greek, scriptGreek}, {unicode.Georgian, scriptGeorgian},
	{unicode.Armenian, scriptArmenian}, {unicode.Ethiopic, scriptEthiopic},
	{unicode.Devanagari, scriptDevanagari}, {unicode.Bengali, scriptBengali}, {unicode.Tamil, scriptTamil},
}

// scripts counts letters by script.
type scripts struct {
	of   [scriptCount]int
	last int // the place in tables of the letter before
}

func (c *scripts) count(r rune) {
	switch {
	case r < 0x80:
		if 'a' <= r|0x20 && r|0x20 <= 'z' {
			c.of[scriptLatin]++
		}
		return
	case !unicode.IsLetter(r):
		return
	case unicode.Is(tables[c.last].table, r):
		c.of[tables[c.last].is]++
		return
	}
	for i, t := range tables {
		if unicode.Is(t.table, r) {
			c.of[t.is]++
			c.last = i
			return
		}
	}
}

// wide tells the scripts of East Asia apart: Japanese has kana among its Han characters, Korean is
// Hangul with few of them.
func (c *scripts) wide() script {
	han, kana, hangul := c.of[scriptHan], c.of[scriptKana], c.of[scriptHangul]
	switch {
	case hangul >= kana && hangul*2 > han:
		return scriptHangul
	case kana*12 > han:
		return scriptKana
	}
	return scriptHan
}

// simplified and traditional are characters that are written in one way only, in pairs. They make up
// a tenth of any text in Chinese.
const (
	simplified = "们这说国来时会对过还发经长现问关东车门见马鱼鸟龙书学写话语请谁让认识讲论设计议证评诉试该应" +
		"电脑网络软广场产业务员实际总统选举战争军队权党报导华办动劳农药医卫难题级组织给线约红纪结绝" +
		"爱亲个从几机当点样头开间听处变为无与义两严乐习乡买乱亚亿仅众优传伤伦伟体余侧侦俩倾偿储儿兰"
	traditional = "們這說國來時會對過還發經長現問關東車門見馬魚鳥龍書學寫話語請誰讓認識講論設計議證評訴試該應" +
		"電腦網絡軟廣場產業務員實際總統選舉戰爭軍隊權黨報導華辦動勞農藥醫衛難題級組織給線約紅紀結絕" +
		"愛親個從幾機當點樣頭開間聽處變為無與義兩嚴樂習鄉買亂亞億僅眾優傳傷倫偉體餘側偵倆傾償儲兒蘭"
)

// onlySimplified and onlyTraditional are those that are not in both lists.
var onlySimplified, onlyTraditional = apart(simplified, traditional), apart(traditional, simplified)

// apart is the set of characters in one list and not in another.
func apart(list, other string) map[rune]bool {
	m := map[rune]bool{}
	for _, r := range list {
		if !strings.ContainsRune(other, r) {
			m[r] = true
		}
	}
	return m
}

// chinese tells simplified from traditional characters.
func chinese(text string) string {
	simple, full := 0, 0
	for _, r := range text {
		switch {
		case onlySimplified[r]:
			simple++
		case onlyTraditional[r]:
			full++
		}
	}
	switch {
	case simple > full:
		return "zh-Hans"
	case full > simple:
		return "zh-Hant"
	}
	return "zh"
}

// arabic tells the languages in Arabic script apart, by letters that only some of them have, and by
// the small words of Persian and Arabic.
func arabic(text string) string {
	var sorani, uyghur, urdu, pashto, persian, arab int
	for _, r := range text {
		switch r {
		case 'ڵ', 'ێ', 'ۆ', 'ڕ', 'ڤ':
			sorani++
		case 'ۇ', 'ۈ', 'ې', 'ۋ', 'ڭ':
			uyghur++
		case 'ٹ', 'ڈ', 'ڑ', 'ے', 'ں', 'ہ', 'ھ':
			urdu++
		case 'ټ', 'ډ', 'ړ', 'ږ', 'ښ', 'ڼ', 'ځ', 'څ', 'ۍ':
			pashto++
		case 'پ', 'چ', 'ژ', 'گ', 'ک', 'ی', 0x200c:
			persian++
		case 'ة', 'ى', 'ك', 'ي', 'أ', 'إ':
			arab++
		}
	}
	letters := strings.Count(text, "") / 50 // a letter in fifty is no loan word
	switch {
	case uyghur > letters && uyghur > sorani:
		return "ug"
	case sorani > letters:
		return "ckb"
	case pashto > letters:
		return "ps"
	case urdu > letters:
		return "ur"
	}
	for w := range wordsOf(text) {
		switch {
		case persianWords[w]:
			persian += 4
		case arabicWords[w]:
			arab += 4
		}
	}
	switch {
	case persian > arab:
		return "fa"
	case arab > persian:
		return "ar"
	}
	return ""
}

var (
	persianWords = words("است که از این را به در با آن برای های می شد بود کرد ها تا نیز خود یک هم اما باید شود كه اين براي")
	arabicWords  = words("في من على إلى أن هذا هذه التي الذي كان عن مع ما لا قد بين كما بعد أو ذلك عند وقد كانت الى ان")
)

// cyrillic tells the languages in Cyrillic script apart by letters that only some of them have.
func cyrillic(text string) string {
	var ukrainian, belarusian, kazakh, serbian, russian, bulgarian int
	for _, r := range text {
		switch unicode.ToLower(r) {
		case 'ў':
			belarusian += 4
		case 'ї', 'є', 'ґ':
			ukrainian += 4
		case 'і':
			ukrainian++
			belarusian++
		case 'ә', 'ғ', 'қ', 'ң', 'ө', 'ұ', 'һ':
			kazakh += 4
		case 'ј', 'љ', 'њ', 'ћ', 'ђ', 'џ':
			serbian += 4
		case 'ы', 'э', 'ё':
			russian++
			belarusian++
		case 'ъ':
			bulgarian++
		}
	}
	best, tag := russian, "ru"
	for _, c := range []struct {
		n   int
		tag string
	}{{ukrainian, "uk"}, {belarusian, "be"}, {kazakh, "kk"}, {serbian, "sr"}, {bulgarian, "bg"}} {
		if c.n > best {
			best, tag = c.n, c.tag
		}
	}
	return tag
}

// A tongue is a language in Latin script: its small words, and letters that few others have.
type tongue struct {
	tag     string
	words   map[string]bool
	letters string
}

var tongues = []tongue{
	{"en", words("the of and to in is that it was for on are with as his they be at this have from or had by but not what were when we there can an your which their said if do will each about how up out them then she many some so these would other into has more her two him could than been who its now only over such new also may after use our any"), ""},
	{"es", words("de la que el en y a los del se las por un para con no una su al lo como más pero sus le ya o este sí porque esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante todos uno les ni contra otros ese eso ante ellos fue son está es ser"), "ñ¿¡"},
	{"pt", words("de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu sua ou ser quando muito há nos já está eu também só pelo pela até isso ela entre era depois sem mesmo aos ter seus"), "ãõ"},
	{"fr", words("de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec ou son lui nous comme mais leur y dont ont été aux cette d'une ces sa elle fait être ses si sans peut même on tout entre deux aussi"), "œ"},
	{"it", words("di e il la che in a per è un del non sono le una con si da i al come più anche ma lo gli della nel dei alla ha su o se delle questo essere ed stato dal sua nella suo ai quando perché degli cui questa fra"), "ì"},
	{"ca", words("de la i el que en a els les per un del una amb és al va no es com més dels pel són seu per ser també ha seva o però entre molt aquest aquesta fou perquè on tot sobre"), "·"},
	{"de", words("der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man sein wurde sei"), "ß"},
	{"nl", words("de van een het en in is dat op te zijn voor met die niet aan er om ook als dan maar bij uit of naar door over ze hij wordt nog heeft worden deze tot hebben meer dit was kan al zo hun werd wel geen"), ""},
	{"vi", words("và của là có được cho trong các một không với này người những đã khi từ để đến như về cũng ra vào sẽ phải nhiều còn theo trên thì tại nhưng năm hay mà việc rất bị sau nếu làm"), "ơưđạảấầẩẫậắằẳẵặẹẻẽếềểễệịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"},
	{"id", words("yang dan di dengan untuk dari pada adalah ini dalam tidak itu akan ke oleh juga sebagai telah dapat atau tersebut ada mereka bahwa lebih saat karena secara seperti serta bagi setelah orang"), ""},
	{"tr", words("ve bir bu için de da ile olarak çok daha olan gibi sonra kadar ne var en değil ama her ya olduğu tarafından ise göre o mi diye"), "ğşı"},
	{"pl", words("i w na z się do nie to jest że o a od po za jak przez ale dla są jego tym czy co tego ich oraz być może tylko już może jej był"), "łżźćńśęą"},
}

// latin tells languages in Latin script apart: that is the one whose small words make up the largest
// part of the text, if that is large enough.
func latin(text string) string {
	score := make([]int, len(tongues))
	total := 0
	for w := range wordsOf(text) {
		total++
		for i := range tongues {
			if tongues[i].words[w] {
				score[i] += 2
			}
			if tongues[i].letters != "" && strings.ContainsAny(w, tongues[i].letters) {
				score[i] += 2
			}
		}
	}
	best, next := 0, 0
	for i := range score {
		if score[i] > score[best] {
			best = i
		}
	}
	for i := range score {
		if i != best {
			next = max(next, score[i])
		}
	}
	// A sixth of any text is small words; of a language that is not in the table, fewer are.
	const fewest = 3
	if total < fewest || score[best]*3 < total || score[best] == next {
		return ""
	}
	return tongues[best].tag
}

// wordsOf yields the words of a text in lower case.
func wordsOf(text string) func(yield func(string) bool) {
	return strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool {
		return !isLetter(r) && r != '\'' && r != '’' && r != '·' && r != '¿' && r != '¡'
	})
}

// inLatin are languages that are declared by the templates of sites whatever their pages are
// written in.
var inLatin = words("en es fr de pt it vi nl id ca pl tr")

// settleLanguage decides between what a page declares and what its text is. The text is believed
// where nothing is declared, or where it is in another script than what is declared; and it tells
// the two ways of writing Chinese apart.
func settleLanguage(declared, text string) string {
	base, rest, _ := strings.Cut(declared, "-")
	if declared != "" && !inLatin[base] && (base != "zh" || strings.HasPrefix(rest, "Han")) {
		return declared
	}
	found := Language(text)
	foundBase, _, _ := strings.Cut(found, "-")
	switch {
	case declared == "":
		return found
	case base == "zh":
		return chineseTag(rest, found)
	case found != "" && !inLatin[foundBase]:
		return found
	}
	return declared
}

// chineseTag adds to the tag of a Chinese text how it is written: as the text shows, or else as is
// usual in the region.
func chineseTag(region, found string) string {
	if found == "zh-Hans" || found == "zh-Hant" {
		return found
	}
	switch region {
	case "TW", "HK", "MO":
		return "zh-Hant"
	case "CN", "SG":
		return "zh-Hans"
	}
	return "zh"
}
