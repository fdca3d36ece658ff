package main

// sheetText is what one page of the handout says. Lines are broken by hand: the page has no way to
// measure its text, and needs none.
type sheetText struct {
	title         string
	bleed         string
	bleedLines    []string
	water         string
	waterLines    []string
	salts, footer string
}

var handoutPages = []sheetText{{
	title: "Bleeding and safe water: one page to keep",
	bleed: "Stop bleeding",
	bleedLines: []string{
		"1  Look for where the blood comes from. Cut the cloth open.",
		"2  Put clean cloth on the wound. Press hard with both hands",
		"   for ten minutes. Do not lift it to look.",
		"3  Bind the cloth firmly. If blood comes through, put more",
		"   cloth on top and press again.",
		"Arm or leg, and it still pours: tie a wide band 5 to 8 cm above",
		"the wound, not on a joint. Twist it with a stick until the",
		"bleeding stops. Write down the time. Do not loosen it.",
		"Leave in what sticks in the wound; press beside it.",
		"Keep the person lying and warm. Get help.",
	},
	water: "Make water safe",
	waterLines: []string{
		"1  Let it stand until the mud has sunk.",
		"2  Pour it through cloth folded four to eight times.",
		"3  Boil it: big bubbles for 1 minute, above 2000 m for 3.",
		"4  Let it cool under a lid.",
		"5  Keep it in a clean can with a narrow neck and a lid.",
	},
	salts: "Diarrhoea: 1 litre of safe water, 6 level teaspoons of sugar, " +
		"half a level teaspoon of salt. Sip often.",
	footer: "Public domain (CC0). Copy it, print it, pass it on.",
}, {
	title: "Hemorragias y agua segura: una hoja para guardar",
	bleed: "Detener una hemorragia",
	bleedLines: []string{
		"1  Busque de dónde sale la sangre. Corte la ropa.",
		"2  Ponga una tela limpia y apriete fuerte con las dos manos",
		"   durante diez minutos. No la levante para mirar.",
		"3  Vende con firmeza. Si la sangre traspasa, ponga más tela",
		"   encima y vuelva a apretar.",
		"Brazo o pierna, y sigue a chorro: ate una banda ancha 5 a 8 cm",
		"por encima de la herida, no sobre una articulación. Gírela con",
		"un palo hasta que pare. Anote la hora. No la afloje.",
		"No saque lo que esté clavado; apriete a los lados.",
		"Mantenga a la persona acostada y abrigada. Pida ayuda.",
	},
	water: "Hacer segura el agua",
	waterLines: []string{
		"1  Déjela reposar hasta que baje el barro.",
		"2  Pásela por una tela doblada de cuatro a ocho veces.",
		"3  Hiérvala: burbujas grandes 1 minuto; a más de 2000 m, 3.",
		"4  Déjela enfriar tapada.",
		"5  Guárdela en un bidón limpio, de cuello estrecho y con tapa.",
	},
	salts: "Diarrea: 1 litro de agua segura, 6 cucharaditas rasas de azúcar, " +
		"media cucharadita rasa de sal. A sorbos.",
	footer: "Dominio público (CC0). Cópiela, imprímala, pásela.",
}}

// handout is the printable sheet: English on one side, Spanish on the other.
func handout() []byte {
	var pages []*page
	for _, t := range handoutPages {
		pages = append(pages, t.layout())
	}
	return writePDF(pages)
}

func (t sheetText) layout() *page {
	const left = 50
	p := new(page)
	p.text("F2", 20, left, 780, t.title)
	p.text("F2", 15, left, 740, t.bleed)
	p.lines(left, 716, t.bleedLines)
	p.draw(pressure(), 395, 750, 160)
	p.draw(tourniquet(), 395, 600, 160)
	p.text("F2", 15, left, 500, t.water)
	p.lines(left, 476, t.waterLines)
	p.draw(steps(), 70, 370, 455)
	p.text("F2", 9.5, left, 150, t.salts)
	p.text("F1", 9, left, 40, t.footer)
	return p
}

func (p *page) lines(x, y float64, lines []string) {
	for i, l := range lines {
		p.text("F1", 11.5, x, y-17*float64(i), l)
	}
}
