// Offers ways to go on with what is typed in the search field. Without it, searching is the same form. It asks
// the viewer alone, and keeps nothing.
(() => {
  const form = document.querySelector(".find");
  if (!form) return;
  const field = form.elements.q, list = form.querySelector("ul");
  let at = -1, turn = 0, wait;
  const mark = to => {
    at = to;
    [...list.children].forEach((o, i) => o.setAttribute("aria-selected", i == at));
    if (at < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", list.children[at].id);
  };
  const show = words => {
    list.textContent = "";
    words.forEach((word, i) => {
      const o = document.createElement("li");
      o.textContent = word;
      o.id = "suggested-" + i;
      o.dir = "auto";
      o.setAttribute("role", "option");
      list.append(o);
    });
    list.hidden = !words.length;
    field.setAttribute("aria-expanded", !list.hidden);
    mark(-1);
  };
  const close = () => { turn++; clearTimeout(wait); show([]); };
  const ask = async () => {
    const mine = ++turn;
    let words = "";
    try {
      const body = new URLSearchParams({for: form.elements.for.value, typed: field.value});
      const answer = await fetch(form.action, {method: "POST", body});
      if (answer.ok) words = await answer.text();
    } catch (e) {}
    if (mine == turn) show(words ? words.split("\n") : []);
  };
  const take = o => { field.value = o.textContent; close(); form.submit(); };
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-expanded", false);
  field.setAttribute("aria-controls", list.id);
  list.setAttribute("role", "listbox");
  field.addEventListener("input", () => { mark(-1); clearTimeout(wait); wait = setTimeout(ask, 120); });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", e => {
    const n = list.children.length;
    if (e.isComposing || !n) return;
    if (e.key == "ArrowDown") mark(at + 1 < n ? at + 1 : -1);
    else if (e.key == "ArrowUp") mark(at < 0 ? n - 1 : at - 1);
    else if (e.key == "Escape") close();
    else if (e.key == "Enter" && at >= 0) take(list.children[at]);
    else return;
    e.preventDefault();
  });
  list.addEventListener("mousedown", e => e.preventDefault());
  list.addEventListener("click", e => { if (e.target != list) take(e.target); });
})();
