// The keyboard, and what htmx swaps in. Every key has a button or a link that does the same.
"use strict";

(() => {
  const help = () => document.getElementById("keyboard");
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

  function move(by) {
    const all = rows();
    if (all.length === 0) return follow(by > 0 ? "[data-next]" : "[data-previous]");
    const here = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[Math.min(all.length - 1, Math.max(0, here < 0 ? 0 : here + by))];
    (next.querySelector("a") ?? next).focus();
    next.scrollIntoView({ block: "nearest" });
  }

  function follow(selector) {
    const target = document.querySelector(selector);
    if (target === null || target.disabled) return;
    if (target.matches("a, button, summary")) target.click();
    else target.focus();
    target.scrollIntoView({ block: "nearest" });
  }

  const KEYS = {
    j: () => move(1),
    k: () => move(-1),
    r: () => follow("[data-reveal]"),
    d: () => follow("[data-decide]"),
    t: () => follow("[data-threat]"),
    "!": () => follow("[data-exit]"),
    "?": () => help()?.showModal(),
    "؟": () => help()?.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target) || help()?.open) return;
    const act = KEYS[event.key] ?? KEYS[BY_PLACE[event.code]];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });

  // On an Arabic or Cyrillic keyboard the same places of the keys do the same.
  const BY_PLACE = { KeyJ: "j", KeyK: "k", KeyR: "r", KeyD: "d", KeyT: "t" };

  // On a small screen the rooms are one line that moves sideways; the one that is open is in sight.
  document.querySelector(".rooms [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

  for (const button of document.querySelectorAll("[data-help]")) {
    button.hidden = false;
    button.addEventListener("click", () => help().showModal());
  }

  // Counts are asked for again only while somebody is at the page: else a session that was left alone would never end.
  let active = Date.now();
  for (const kind of ["pointermove", "keydown", "scroll", "focus"]) {
    window.addEventListener(kind, () => { active = Date.now(); }, { passive: true });
  }
  setInterval(() => {
    if (document.hidden || Date.now() - active > 120_000) return;
    for (const one of document.querySelectorAll("[data-refresh]")) one.dispatchEvent(new Event("refresh"));
  }, 20_000);

  const say = (words) => { document.getElementById("said").textContent = words; };
  document.addEventListener("htmx:afterSwap", (event) => {
    for (const box of event.target.querySelectorAll?.(".text") ?? []) {
      const mark = box.querySelector("mark");
      if (mark !== null) box.scrollTop = mark.offsetTop - box.clientHeight / 3;
    }
    const words = event.target.querySelector?.("[data-say]");
    if (words !== null && words !== undefined) say(words.textContent);
  });
  // A refusal is a page of ours that says why: it is shown where the content would have been.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status >= 400) {
      event.detail.shouldSwap = event.detail.xhr.getResponseHeader("X-Part") === "true";
      event.detail.isError = false;
      if (!event.detail.shouldSwap) say(document.body.dataset.failed ?? "");
    }
  });
})();
