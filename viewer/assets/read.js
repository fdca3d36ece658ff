// Reading: arrow keys and swipes turn pages of books and pictures, a picture fills the screen, and words that
// were searched for are marked. All of it has links that do the same, or does without.
(() => {
  const main = document.querySelector("main"), way = rel => document.querySelector("main a[rel=" + rel + "]");
  // Another page would end full screen. So the next picture comes into this page there, once it can be seen; what else
  // belongs to it comes when full screen ends. What was blanked meanwhile stays so.
  let busy, moved;
  const bring = async (stage, a) => {
    const answer = await fetch(a.href), page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.querySelector("figure.stage"), figure = next && document.importNode(next, true);
    if (figure) await figure.querySelector("img").decode().catch(() => {});
    if (document.fullscreenElement != stage) return;
    if (!figure) return a.click();
    const held = stage.contains(document.activeElement);
    stage.textContent = "";
    stage.append(...figure.childNodes);
    if (held) stage.querySelector("a").focus();
    for (const part of [".head", ".beside"]) main.querySelector(part).replaceWith(page.querySelector(part) || "");
    history.replaceState(null, "", a.href);
    moved = true;
  };
  addEventListener("fullscreenchange", () => { if (moved && !document.fullscreenElement && main.isConnected) location.reload(); });
  const turn = rel => {
    const a = way(rel), full = document.fullscreenElement;
    if (!a || busy) return;
    if (!full || !full.matches("figure")) return a.click();
    busy = bring(full, a).catch(() => {}).then(() => { busy = null; });
  };
  const turns = main.matches(".shows-picture, .shows-book");
  const rtl = document.documentElement.dir == "rtl";
  addEventListener("keydown", e => {
    if (e.ctrlKey || e.altKey || e.metaKey || e.shiftKey || e.target.closest("input, textarea, select, video, audio, summary")) return;
    if (turns && e.key == "ArrowLeft") turn(rtl ? "next" : "prev");
    else if (turns && e.key == "ArrowRight") turn(rtl ? "prev" : "next");
  });
  let x = 0, y = 0;
  if (main.matches(".shows-picture")) {
    main.addEventListener("touchstart", e => { x = e.touches.length == 1 ? e.touches[0].clientX : NaN; y = e.touches[0].clientY; }, {passive: true});
    main.addEventListener("touchend", e => {
      const dx = e.changedTouches[0].clientX - x, dy = e.changedTouches[0].clientY - y;
      if (Math.abs(dx) > 60 && Math.abs(dx) > 2 * Math.abs(dy)) turn((dx < 0) == !rtl ? "next" : "prev");
    });
  }
  const fill = box => {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (box && box.requestFullscreen) box.requestFullscreen();
    else return false;
    return true;
  };
  main.addEventListener("click", e => {
    const full = e.target.closest("a.full"), picture = e.target.closest(".prose img");
    if (e.ctrlKey || e.metaKey || e.shiftKey) return;
    if (full && fill(full.closest("figure"))) e.preventDefault();
    else if (picture && !picture.closest("a") && picture.naturalWidth > 200) fill(picture);
  });

  // Menus close beside them, and with Escape.
  const shut = e => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (e.key ? e.key != "Escape" : menu.contains(e.target)) continue;
      menu.open = false;
      if (e.key) menu.querySelector("summary").focus();
    }
  };
  addEventListener("click", shut);
  addEventListener("keydown", shut);

  const print = document.querySelector(".handout button");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }

  // Words are compared without case and marks, as far as the browser can tell.
  const plain = s => s.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = (main.dataset.words || "").split(/\s+/).filter(w => !w.startsWith("-"))
    .map(w => plain(w.replace(/["*]/g, ""))).filter(Boolean).slice(0, 16);
  const text = document.querySelector(".prose, .text, .said ol");
  if (!text || !words.length) return;
  const walk = document.createTreeWalker(text, NodeFilter.SHOW_TEXT), found = [];
  while (walk.nextNode() && found.length < 500) {
    const s = walk.currentNode.data, low = plain(s);
    // Where taking marks off moves letters, nothing is marked.
    if (low.length == s.length) for (const w of words) {
      for (let i = low.indexOf(w); i >= 0; i = low.indexOf(w, i + w.length))
        if (!/[\p{L}\p{N}]/u.test(/[\u0000-\u052f]/.test(w) && low[i - 1] || "")) found.push([walk.currentNode, i, i + w.length]);
    }
  }
  found.sort((a, b) => a[0] == b[0] ? b[1] - a[1] : a[0].compareDocumentPosition(b[0]) & 4 ? 1 : -1);
  let last;
  for (const [node, from, to] of found) {
    if (last && last[0] == node && to > last[1]) continue;
    const r = document.createRange();
    r.setStart(node, from);
    r.setEnd(node, to);
    r.surroundContents(document.createElement("mark"));
    last = [node, from];
  }
  const first = text.querySelector(".found") || text.querySelector("mark");
  if (first && !location.hash) first.scrollIntoView({block: "center"});
})();
