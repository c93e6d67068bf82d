"use strict";
// Everything works without this script: it adds keys, a filter, and unfolded findings on paper.
(() => {
  const all = [...document.querySelectorAll("details.finding")];
  const query = document.getElementById("query");
  const unfold = document.getElementById("unfold");
  const shown = document.getElementById("shown");
  if (!all.length) return;

  const visible = () => all.filter((f) => !f.hidden);
  const setAll = (open) => {
    for (const f of visible()) f.open = open;
    unfold.textContent = open ? "Fold all" : "Unfold all";
  };
  const toggleAll = () => setAll(visible().some((f) => !f.open));
  const filter = () => {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const f of all) f.hidden = !words.every((w) => f.dataset.search.includes(w));
    for (const g of document.querySelectorAll(".group")) g.hidden = !g.querySelector("details.finding:not([hidden])");
    shown.textContent = words.length ? visible().length + " of " + all.length + " findings" : "";
  };
  const step = (by) => {
    const list = visible();
    const now = list.indexOf(document.activeElement && document.activeElement.closest("details.finding"));
    const next = list[now < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, now + by))];
    if (!next) return;
    next.querySelector("summary").focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };

  query.addEventListener("input", filter);
  for (const cell of document.querySelectorAll("a.cell[data-query]")) {
    cell.addEventListener("click", () => { query.value = cell.dataset.query; filter(); });
  }
  unfold.addEventListener("click", toggleAll);
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.target === query) {
      if (e.key === "Escape") { query.value = ""; filter(); query.blur(); }
      if (e.key === "Enter") { e.preventDefault(); step(1); }
      return;
    }
    switch (e.key) {
      case "j": step(1); break;
      case "k": step(-1); break;
      case "e": toggleAll(); break;
      case "/": e.preventDefault(); query.focus(); break;
    }
  });
  const follow = () => {
    const f = document.getElementById(location.hash.slice(1));
    if (f && f.matches("details.finding")) { f.open = true; f.querySelector("summary").focus(); }
  };
  addEventListener("hashchange", follow);
  follow();
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all.filter((f) => !f.open);
    for (const f of folded) f.open = true;
  });
  addEventListener("afterprint", () => { for (const f of folded) f.open = false; });
})();
