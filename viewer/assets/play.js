// Playing: speed, ten seconds back and on, what is said beside what plays, the place kept in the address, and
// one recording after the other. Without it, the browser's own controls and the links are there.
(() => {
  const box = document.querySelector(".player"), m = box && box.querySelector("video, audio");
  if (!m) return;
  const bar = box.querySelector(".speeds"), speed = bar.querySelector("select"), on = bar.querySelector("input");
  const next = document.querySelector("main a[rel=next]"), here = new URL(location.href);
  bar.hidden = false;
  const skip = n => { m.currentTime = Math.max(0, m.currentTime + n); };
  bar.addEventListener("click", e => { const b = e.target.closest("[data-skip]"); if (b) skip(+b.dataset.skip); });
  const rate = () => { m.playbackRate = m.defaultPlaybackRate = +speed.value; };
  speed.addEventListener("change", rate);
  // How one plays goes on to the next, in the address.
  if (here.searchParams.get("speed")) { speed.value = here.searchParams.get("speed"); if (!speed.value) speed.value = "1"; rate(); }
  if (on) on.checked = here.searchParams.has("on");
  if (here.searchParams.has("play")) m.play().catch(() => {});
  const keep = () => {
    const u = new URL(location.href), q = u.searchParams;
    q.delete("play");
    m.currentTime > 5 && !m.ended ? q.set("at", Math.floor(m.currentTime)) : q.delete("at");
    speed.value == "1" ? q.delete("speed") : q.set("speed", speed.value);
    on && on.checked ? q.set("on", "1") : q.delete("on");
    history.replaceState(null, "", u);
  };
  let kept = 0;
  m.addEventListener("timeupdate", () => { if (Math.abs(m.currentTime - kept) >= 10) { kept = m.currentTime; keep(); } });
  for (const what of ["pause", "seeked", "ratechange"]) m.addEventListener(what, keep);
  if (on) on.addEventListener("change", keep);
  m.addEventListener("ended", () => {
    if (!next || !on || !on.checked) return;
    const u = new URL(next.href);
    if (speed.value != "1") u.searchParams.set("speed", speed.value);
    u.searchParams.set("on", "1");
    u.searchParams.set("play", "1");
    location.href = u;
  });
  addEventListener("keydown", e => {
    if (e.ctrlKey || e.altKey || e.metaKey || e.shiftKey || e.target.closest("input, textarea, select, summary, video, audio")) return;
    if (e.key == "ArrowLeft") skip(-10);
    else if (e.key == "ArrowRight") skip(10);
  });
  const lines = [...document.querySelectorAll(".said [data-at]")];
  for (const a of lines) a.addEventListener("click", e => {
    e.preventDefault();
    m.currentTime = +a.dataset.at;
    box.scrollIntoView({block: "nearest"});
    m.play().catch(() => {});
  });
  let now;
  if (lines.length) m.addEventListener("timeupdate", () => {
    let a;
    for (const l of lines) if (+l.dataset.at <= m.currentTime) a = l;
    if (a == now) return;
    if (now) now.parentNode.classList.remove("now");
    if (now = a) a.parentNode.classList.add("now");
  });
})();
