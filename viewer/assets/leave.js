// Shift pressed three times leaves as the button does. Where the reader left in another window, a stick was pulled or
// the viewer ended, nothing stays to be seen or heard.
(() => {
  const root = document.documentElement, form = document.querySelector("form[action^=leave]");
  if (!form) return;
  let times = [], misses = 0, over, wait;
  const pages = () => [document, ...Array.from(document.querySelectorAll("iframe"), f => f.contentDocument)].filter(d => d);
  const media = () => pages().flatMap(d => [...d.querySelectorAll("audio,video")]);
  const blank = (...keep) => {
    over = true;
    for (const m of media()) {
      m.pause();
      m.textContent = "";
      m.removeAttribute("src");
      m.load();
    }
    root.textContent = "";
    root.append(...keep);
  };
  const end = () => {
    blank();
    location.replace("about:blank");
  };
  form.addEventListener("submit", () => {
    form.hidden = true;
    blank(form);
  });

  // Any other key, or a click, begins anew.
  const press = e => {
    if (over || e.repeat) return;
    times = e.key == "Shift" ? [...times.slice(-2), Date.now()] : [];
    if (times[2] - times[0] < 1500) form.querySelector("button").click();
  };
  // A page out of a bundle has no script of its own, and keys pressed in it reach no other.
  const listen = () => {
    for (const d of pages()) {
      d.addEventListener("keydown", press, true);
      d.addEventListener("pointerdown", press, true);
    }
  };
  document.addEventListener("load", listen, true);

  const ask = unseen => fetch("alive" + (unseen ? "?hidden" : ""));
  const beat = async () => {
    if (over) return;
    listen();
    const unseen = document.hidden && media().every(m => m.paused);
    const code = await ask(unseen).then(a => a.status, () => 0);
    if (over) return;
    misses = code ? 0 : misses + 1;
    if (code == 404 || code == 410 || misses > 1) return end();
    if (code) root.style.opacity = "";
    clearTimeout(wait);
    wait = setTimeout(beat, misses ? 300 : unseen ? 5000 : 1000);
  };
  if (location.protocol != "http:") return;
  // What Back shows again stays unseen until the viewer has answered.
  addEventListener("pagehide", () => { root.style.opacity = 0; });
  addEventListener("pageshow", e => { if (e.persisted) over ? end() : beat(); });
  addEventListener("visibilitychange", () => { if (!document.hidden) beat(); });
  addEventListener("beforeprint", () => ask(true)); // the dialog may stop this script
  beat();
})();
