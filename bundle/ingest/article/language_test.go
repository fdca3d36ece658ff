package article

import "testing"

// languageCases are sentences as people write them, two or more for each language of the interface.
var languageCases = []struct{ want, text string }{
	{"en", "The library opens at nine and closes when the last reader has gone home."},
	{"en", "You can read this page without a connection, and nobody will know what you read."},
	{"es", "La biblioteca abre a las nueve y cierra cuando se ha ido el último lector."},
	{"es", "¿Dónde están los libros que me prestaste? No los encuentro por ninguna parte."},
	{"fr", "La bibliothèque ouvre à neuf heures et ferme quand le dernier lecteur est parti."},
	{"fr", "Il n'y a pas de fumée sans feu, mais on ne voit pas toujours qui l'a allumé."},
	{"de", "Die Bibliothek öffnet um neun und schließt, wenn der letzte Leser gegangen ist."},
	{"vi", "Thư viện mở cửa lúc chín giờ và đóng cửa khi người đọc cuối cùng đã về."},
	{"vi", "Tôi không biết anh ấy đang ở đâu, nhưng tôi sẽ hỏi mọi người."},
	{"ko", "도서관은 아홉 시에 열고 마지막 독자가 돌아가면 닫습니다."},
	{"ko", "USB 메모리에 저장된 파일은 인터넷 없이도 읽을 수 있다."},
	{"ko", "大韓民國의 주권은 국민에게 있고, 모든 권력은 국민으로부터 나온다."},
	{"ja", "図書館は九時に開き、最後の読者が帰ると閉まります。"},
	{"ja", "東京都港区に本社を置く会社が新製品を発表した。"},
	{"zh-Hans", "图书馆九点开门，最后一位读者离开以后关门。"},
	{"zh-Hans", "我们认为这个问题还没有解决，请大家继续讨论。"},
	{"zh-Hant", "圖書館九點開門，最後一位讀者離開以後關門。"},
	{"zh-Hant", "我們認為這個問題還沒有解決，請大家繼續討論。"},
	{"fa", "کتابخانه ساعت نه باز می\u200cشود و وقتی آخرین خواننده رفت بسته می\u200cشود."},
	{"fa", "این صفحه را می\u200cتوان بدون اینترنت خواند و هیچ\u200cکس از آن خبردار نمی\u200cشود."},
	{"fa", "او در خانه نبود و ما به مدرسه رفتيم تا با معلم حرف بزنيم كه درس را نفهميده بود"},
	{"ar", "تفتح المكتبة أبوابها في الساعة التاسعة وتغلق عندما يغادر آخر قارئ."},
	{"ar", "يمكن قراءة هذه الصفحة من دون اتصال بالإنترنت، ولا أحد يعرف ما الذي تقرأه."},
	{"ur", "لائبریری نو بجے کھلتی ہے اور جب آخری قاری چلا جاتا ہے تو بند ہو جاتی ہے۔"},
	{"ckb", "کتێبخانەکە کاتژمێر نۆ دەکرێتەوە و کاتێک دوا خوێنەر دەڕوات دادەخرێت."},
	{"ru", "Библиотека открывается в девять и закрывается, когда уходит последний читатель."},
	{"ru", "Эту страницу можно читать без связи, и никто не узнает, что вы читали."},
	{"uk", "Бібліотека відчиняється о дев'ятій і зачиняється, коли йде останній читач."},
	{"kk", "Кітапхана тоғызда ашылып, соңғы оқырман кеткенде жабылады."},
	{"bg", "Библиотеката отваря в девет часа и затваря, когато последният читател си тръгне към къщи."},
	{"my", "စာကြည့်တိုက်ကို မနက်ကိုးနာရီတွင် ဖွင့်ပြီး နောက်ဆုံးစာဖတ်သူ ပြန်သွားသောအခါ ပိတ်သည်။"},
	{"my", "အင်တာနက်မရှိဘဲ ဒီစာမျက်နှာကို ဖတ်နိုင်ပါတယ်။"},
	{"th", "ห้องสมุดเปิดเวลาเก้านาฬิกาและปิดเมื่อผู้อ่านคนสุดท้ายกลับบ้าน"},
	{"it", "La biblioteca apre alle nove e chiude quando l'ultimo lettore è andato via con il suo libro."},
	{"pt", "A biblioteca abre às nove e fecha quando o último leitor já não está lá, com os seus livros."},
	{"he", "הספרייה נפתחת בתשע ונסגרת כשהקורא האחרון הולך הביתה."},
	{"", "OK"},
	{"", "12 345 — 67 %"},
	{"", ""},
	{"", "Kirjasto avautuu yhdeksältä ja sulkeutuu viimeisen lukijan lähdettyä."},
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range languageCases {
		if got := Language(c.text); got != c.want {
			t.Errorf("%q, want %q for %s", got, c.want, c.text)
		}
	}
}

func TestDeclaredLanguage(t *testing.T) {
	t.Parallel()
	const korean = "도서관은 아홉 시에 열고 마지막 독자가 돌아가면 닫습니다."
	for _, c := range []struct{ declared, text, want string }{
		{"", korean, "ko"},
		{"en", korean, "ko"},
		{"en-US", "La biblioteca abre a las nueve y cierra cuando se ha ido el último lector.", "en-US"},
		{"ko-KR", "The library opens at nine and closes when the last reader has gone home.", "ko-KR"},
		{"zh-CN", "我們認為這個問題還沒有解決，請大家繼續討論。", "zh-Hant"},
		{"zh-TW", "山水", "zh-Hant"},
		{"zh", "山水", "zh"},
		{"fi", "Kirjasto avautuu yhdeksältä.", "fi"},
	} {
		if got := settleLanguage(c.declared, c.text); got != c.want {
			t.Errorf("%q, want %q for %q and %s", got, c.want, c.declared, c.text)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want int
	}{
		{"", 0}, {"One, two; don't 3!", 4}, {"도서관은 아홉 시에", 3}, {"图书馆开门", 3}, {"می\u200cشود و", 2}, {"USB 메모리", 2}, {"été…là", 2},
	} {
		if got := Words(c.text); got != c.want {
			t.Errorf("%d words, want %d in %q", got, c.want, c.text)
		}
	}
}
