package guess

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
)

// texts are what people write, in the charsets in which it is found.
var texts = []struct{ charsets, text string }{
	{"euc-kr", "물을 끓여 마시면 병을 막을 수 있습니다. 십 분 동안 끓인 뒤에 뚜껑을 덮어 식히세요. 깨끗한 그릇에 담아 두고 마십시오."},
	{"gb18030", "把水烧开十分钟，然后盖上盖子放凉。把干净的水放在有盖的容器里，不要用手碰。这样可以避免很多疾病。"},
	{"big5", "把水燒開十分鐘，然後蓋上蓋子放涼。把乾淨的水放在有蓋的容器裡，不要用手碰。這樣可以避免很多疾病。"},
	{"shift_jis euc-jp", "水を十分間沸かしてから、ふたをして冷ましてください。きれいな容器に入れて保存すれば、病気を防ぐことができます。"},
	{"windows-1251 koi8-r ibm866", "Кипятите воду десять минут, потом накройте крышкой и дайте остыть. Чистую воду храните в закрытой посуде, и вы избежите многих болезней."},
	{"windows-1256", "اغلِ الماء عشر دقائق ثم غطه واتركه حتى يبرد. احفظ الماء النظيف في وعاء مغلق ولا تلمسه بيدك، فذلك يقي من أمراض كثيرة."},
	{"windows-1252", "Hervir el agua durante diez minutos evita muchas enfermedades. Después, tápela y déjela enfriar; así el niño podrá beberla sin peligro mañana."},
}

func TestCharset(t *testing.T) {
	t.Parallel()
	for _, c := range texts {
		for charset := range strings.FieldsSeq(c.charsets) {
			whole := encode(t, charset, c.text)
			for what, content := range map[string]string{
				"a text":        whole,
				"a long one":    strings.Repeat(whole+"\r\n", 20),
				"cut off":       whole[:len(whole)-1],
				"between tags":  "<html><body><p>" + whole + "</p></body></html>",
				"as captions":   "1\r\n00:00:01,000 --> 00:00:02,000\r\n" + whole + "\r\n\r\n",
				"in a SAMI":     "<SAMI><BODY><SYNC Start=1000><P Class=KRCC>" + whole + "<SYNC Start=2000><P Class=KRCC>&nbsp;",
				"behind ASCII":  strings.Repeat("words and words ", 50) + whole,
				"twice as long": whole + " " + whole,
			} {
				if got := Charset([]byte(content)); got != charset {
					t.Errorf("%s in %s: %q", what, charset, got)
				}
			}
		}
	}
}

// encode fails for what a charset cannot hold, rather than testing with question marks.
func encode(t *testing.T, charset, text string) string {
	t.Helper()
	e, err := htmlindex.Get(charset)
	if err != nil {
		t.Fatal(err)
	}
	out, err := e.NewEncoder().String(text)
	if err != nil {
		t.Fatalf("%s: %v", charset, err)
	}
	return out
}

// TestUnsure: nothing is better than something wrong.
func TestUnsure(t *testing.T) {
	t.Parallel()
	if got := Charset(nil); got != "" {
		t.Errorf("of nothing: %q", got)
	}
	random, named := rand.New(rand.NewPCG(1, 2)), 0
	for range 200 {
		noise := make([]byte, 4096)
		for i := range noise {
			noise[i] = byte(random.Uint32())
		}
		if Charset(noise) != "" {
			named++
		}
	}
	if named > 0 {
		t.Errorf("%d of 200 pieces of noise have a charset", named)
	}
}

func FuzzCharset(f *testing.F) {
	f.Add([]byte("\xb9\xb0\xc0\xbb \xb2\xfa\xbf\xa9"))
	f.Add([]byte("caf\xe9"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got := Charset(data)
		if got != Charset(data) {
			t.Fatal("it is not the same twice")
		}
		if got == "" {
			return
		}
		e, err := htmlindex.Get(got)
		if err != nil {
			t.Fatalf("%q: %v", got, err)
		}
		if text, err := e.NewDecoder().Bytes(data); err != nil || !utf8.Valid(text) {
			t.Errorf("%q cannot be read as %s: %v", data, got, err)
		}
	})
}
