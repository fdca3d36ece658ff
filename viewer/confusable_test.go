package viewer

import (
	"regexp"
	"testing"

	"satchel/viewer/internal/testbundle"
)

// C08: two items whose titles a reader takes for the same can be told apart.
func TestC08Confusable(t *testing.T) {
	t.Parallel()
	for name, titles := range map[string][2]string{
		"Cyrillic a":         {"Paris", "P\u0430ris"},
		"all Cyrillic":       {"cope", "\u0441\u043e\u0440\u0435"},
		"Greek o":            {"radio", "radi\u03bf"},
		"Armenian":           {"hug", "\u0570\u057d\u0581"},
		"I and l":            {"Illness", "lllness"},
		"digits":             {"C0D 1", "COD l"},
		"rn and m":           {"modern", "modem"},
		"fullwidth":          {"radio", "\uff52adio"},
		"ligature":           {"\ufb01rst aid", "first aid"},
		"nothing to be seen": {"radio", "ra\u00addio"},
		"no-break space":     {"first aid", "first\u00a0aid"},
		"Arabic and Persian": {"\u0643\u062a\u0627\u0628\u064a", "\u06a9\u062a\u0627\u0628\u06cc"},
		"the same":           {"radio", "radio"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := []row{{Title: titles[0], number: "1"}, {Title: titles[1], number: "2"}, {Title: "another", number: "3"}}
			tellApart(rows)
			if rows[0].Number != "1" || rows[1].Number != "2" || rows[2].Number != "" {
				t.Errorf("%+q are shown with the numbers %q, %q, and another title with %q; want 1, 2 and none",
					titles, rows[0].Number, rows[1].Number, rows[2].Number)
			}
		})
	}
	for _, title := range []string{"P\u0430ris", "\u041coscow", "\u0391thens", "st\u043ep: read"} {
		rows := []row{{Title: title, number: "7"}}
		if tellApart(rows); rows[0].Number != "7" {
			t.Errorf("%+q, with letters of two scripts in a word, is shown without a number", title)
		}
	}
}

// What nobody takes for anything else is not cluttered with numbers.
func TestC08NoFalseAlarm(t *testing.T) {
	t.Parallel()
	rows := []row{{Title: "Вода"}, {Title: "Water"}, {Title: "SMS-сообщение"}, {Title: "水"}, {Title: "آب"}, {Title: "Ας 5 µm"},
		{Title: "index", Folder: "health"}, {Title: "index", Folder: "water"}}
	for i := range rows {
		rows[i].number = "9"
	}
	tellApart(rows)
	for _, w := range rows {
		if w.Number != "" {
			t.Errorf("%q in %q is shown with a number", w.Title, w.Folder)
		}
	}
}

func TestC08InLists(t *testing.T) {
	t.Parallel()
	s := newSession(t, Options{}, testbundle.New(t, testbundle.Files{"a/Paris.txt": "1", "a/P\u0430ris.txt": "2", "a/Oslo.txt": "3"}))
	_, home := s.homeIn("fa")
	numbers := regexp.MustCompile(`<bdi dir="ltr">#([^<]+)</bdi>`).FindAllStringSubmatch(home, -1)
	if len(numbers) != 2 || numbers[0][1] == numbers[1][1] {
		t.Errorf("the list tells two of its three items apart by %q", numbers)
	}
}
