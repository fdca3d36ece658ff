package text

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxInflections bounds what Inflections returns.
const MaxInflections = 1000

// minStem is how many letters a stem has at least.
const minStem = 3

// endings are the endings of words by language, as they are folded. They are those of light stemmers
// (J. Savoy, Light Stemming Approaches for the French, Portuguese, German and Hungarian Languages,
// 2006) and of the Snowball stemmers, without what derives words that mean something else.
// The libraries themselves expect the accents that folding takes away.
var endings = func() map[string][]string {
	m := map[string][]string{}
	for languages, list := range map[string]string{
		"en": "s es e ed d ing er ers ion ions ation ations y ies ied ment ments ly al",
		"es pt it ca gl": "s es o a os as e i is ar er ir ado ada ados adas ido ida idos idas ando iendo endo indo " +
			"cion ciones cao coes zione zioni mente r n an en o amos emos imos are ere ire ato ata ati ate ia ie",
		"fr": "s e es x er ez ent ant ants ante antes ee ees ement ements ation ations eur eurs euse euses ir it " +
			"ais ait aient ons aux al ales aux",
		"de nl": "e en er es em n s ern ung ungen st te ten test et t end ende enden erin innen isch ische ischen " +
			"ieren iert ierung ierungen eren heid heden",
		"sv nb no da nn": "en et n t er ar or a e ene erne arna orna na s ens ets ning ningen ninger ningar ade et " +
			"ede te r era ering eringen",
		"ru uk bg be sr mk": "а я о е ы и і у ю ой ей ою ею ом ем ам ям ами ями ах ях ов ев ій ий ый ая яя ое ее ые ие " +
			"ого его ому ему ым им ыми ими ых их ую юю ь ью ия ии ию ием иям иями иях ией ть ет ит ют ят ут ат л ла ло ли ешь " +
			"ишь ете ите ся ться ется ются лся лась ние ния нию нием ний ниям ниях нием ать ять ить еть ание ания анию " +
			"анием ение ения ению ением ировать ирование ирования овать ование ования яция яции яцию ация ации ацию н на " +
			"но ны ная ный ное ные ных ного ному ным ными нный нная нное нные нных",
		"pl cs sk hr sl": "a e i y o u ow ami ach om em ie ej ego emu ych ymi ym im a ac ic yc anie ania aniu anie " +
			"enie enia eniu ek ka ki ke ku ko ou um ech ich mi ni ny na ne ovani ani eni k cia ciu cie",
		"tr az": "lar ler in un nin nun i u yi yu a e ya ye da de ta te dan den tan ten lari leri larin lerin mak mek " +
			"ma me masi mesi m im um yor di du ti tu mis mus acak ecek",
		"id ms vi": "nya kan an i lah",
		"ro":       "i e a ul ului le lor ii ilor ele elor uri urile are ari at ata ate ea eaza ez",
		"el":       "α ο οσ ου ον οι ουσ ων εσ ησ η ασ ε ι ια ιου ιων ματα ματοσ ματων μα ει εισ εωσ εων ω ουμε ετε ουν",
		"ar":       "ه ات ین ون ان ها هم نا ی یه تین وا ت",
		"fa":       "ها های هایی ی ای ان ات تر ترین م ش ت مان تان شان یی هایش گیر",
		"he":       "ים ות ה י ת נו",
		"hi":       "ा ी े ो ों ें ाँ ियाँ ियों",
	} {
		for _, l := range strings.Fields(languages) {
			m[l] = append([]string{""}, strings.Fields(list)...)
		}
	}
	return m
}()

// byScript are the languages to try for a word of a script that is not that of the reader's language.
var byScript = []struct {
	table     *unicode.RangeTable
	languages []string
}{
	{unicode.Latin, []string{"en"}},
	{unicode.Cyrillic, []string{"ru"}},
	{unicode.Arabic, []string{"fa", "ar"}},
	{unicode.Greek, []string{"el"}},
	{unicode.Hebrew, []string{"he"}},
	{unicode.Devanagari, []string{"hi"}},
}

// Inflections returns other forms that word, a folded term, may have, in ascending order; most of them are no
// words. Language is the reader's, as a BCP 47 tag. A word of fewer than four letters, or of a
// script without a list, has none.
func Inflections(word, language string) []string {
	if utf8.RuneCountInString(word) <= minStem {
		return nil
	}
	language, _, _ = strings.Cut(strings.ToLower(language), "-")
	first, _ := utf8.DecodeRuneInString(word)
	var forms []string
	for _, s := range byScript {
		if !unicode.Is(s.table, first) {
			continue
		}
		tried := s.languages
		if sample, ok := endings[language]; ok && !slices.Contains(tried, language) && written(sample, s.table) {
			tried = append([]string{language}, tried...)
		}
		for _, l := range tried {
			forms = inflect(forms, word, endings[l], leastStems[l])
			if l == "en" {
				forms = doubled(forms, word)
			}
			if s.table == unicode.Arabic {
				forms = article(forms, word, endings[l])
			}
		}
	}
	slices.Sort(forms)
	forms = slices.Compact(forms)
	forms = slices.DeleteFunc(forms, func(f string) bool { return f == word })
	return forms[:min(len(forms), MaxInflections)]
}

// written says that a language of these endings is written in the script of the table.
func written(endings []string, table *unicode.RangeTable) bool {
	r, _ := utf8.DecodeRuneInString(endings[1])
	return unicode.Is(table, r)
}

// leastStems are how many letters a stem has at least before some endings, where that is more than usual: water is no wat.
var leastStems = map[string]map[string]int{"en": {"er": 4, "ers": 4}}

// inflect appends every stem of word with every ending.
func inflect(forms []string, word string, endings []string, least map[string]int) []string {
	letters := utf8.RuneCountInString(word)
	for _, e := range endings {
		stem, ok := strings.CutSuffix(word, e)
		if n := utf8.RuneCountInString(stem); !ok || n < minStem || 2*n+1 < letters || n < least[e] {
			continue
		}
		for _, other := range endings {
			if utf8.RuneCountInString(other) <= utf8.RuneCountInString(stem) {
				forms = append(forms, stem+other)
			}
		}
	}
	return forms
}

// doubled appends the forms of an English word that double its last letter, or have it once: crop, cropped,
// cropping.
func doubled(forms []string, word string) []string {
	suffixes := []string{"ed", "ing", "er", "ers"}
	double := func(s string) bool { return len(s) > minStem && s[len(s)-1] == s[len(s)-2] }
	stem := word
	for _, s := range suffixes {
		if cut, ok := strings.CutSuffix(word, s); ok && double(cut) {
			stem = cut[:len(cut)-1]
			forms = append(forms, stem, stem+"s")
		}
	}
	for _, s := range suffixes {
		forms = append(forms, stem+stem[len(stem)-1:]+s)
	}
	return forms
}

// article appends the forms of an Arabic word with its article, or without.
func article(forms []string, word string, endings []string) []string {
	const al = "ال"
	if bare, ok := strings.CutPrefix(word, al); ok && utf8.RuneCountInString(bare) >= minStem {
		return append(inflect(forms, bare, endings, nil), bare)
	}
	for _, f := range append(inflect(nil, word, endings, nil), word) {
		forms = append(forms, al+f)
	}
	return forms
}
