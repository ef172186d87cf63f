// What is wrong with a page, for whoever reads it in a language: faults that a person without eyes or mouse would
// meet first.
(language) => {
  const page = document.documentElement;
  const found = [];
  const all = (what) => [...document.querySelectorAll(what)];
  const say = (fault, element) => found.push(`${fault}: ${element.outerHTML.slice(0, 160)}`);
  const has = (id) => document.getElementById(id) !== null;
  const named = (one) =>
    one.textContent.trim() !== "" || Boolean(one.ariaLabel) || one.querySelector("img[alt]:not([alt=''])") !== null;
  const byIds = (one) => one.getAttribute("aria-labelledby")?.split(/\s+/).some(has) ?? false;
  const labelled = (one) => [...(one.labels ?? [])].some(named) || Boolean(one.ariaLabel) || byIds(one);

  if (page.lang !== language) found.push(`the language is ${page.lang}`);
  if (page.dir !== (language === "ar" ? "rtl" : "ltr")) found.push(`the direction is ${page.dir}`);
  if (getComputedStyle(document.body).direction !== page.dir) found.push("the page is not turned");
  if (all("h1").length !== 1) found.push(`${all("h1").length} headings of the first rank`);
  if (all("main").length !== 1) found.push("not one main part");
  if (!/\S.* – Stanch$/.test(document.title)) found.push(`the title is ${document.title}`);

  all("input:not([type=hidden]), select, textarea").filter((one) => !labelled(one)).forEach((one) => say("no label", one));
  all("a, button, summary").filter((one) => !named(one)).forEach((one) => say("no name", one));
  all("nav").filter((one) => !one.ariaLabel).forEach((one) => say("no name", one));
  all("img:not([alt]), svg").filter((one) => !one.closest("[aria-hidden=true]")).forEach((one) => say("no words", one));
  all("th:not([scope])").forEach((one) => say("no scope", one));

  const ids = all("[id]").map((one) => one.id);
  ids.filter((id, place) => ids.indexOf(id) !== place).forEach((id) => found.push(`twice: #${id}`));
  for (const name of ["aria-labelledby", "aria-describedby", "for"]) {
    for (const one of all(`[${name}]`)) if (!one.getAttribute(name).split(/\s+/).every(has)) say("leads nowhere", one);
  }
  let above = 0;
  for (const one of all("main :is(h1, h2, h3, h4)")) {
    if (Number(one.tagName[1]) > above + 1) say("a rank is left out", one);
    above = Number(one.tagName[1]);
  }
  if (language === "ar") {
    const ours = "bdi, code, kbd, time, style, script, [dir=ltr], [dir=auto], [lang=en], [translate=no], [name=source], [name=bank], label:has([name=capabilities])";
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (words.nextNode()) {
      const { parentElement, textContent } = words.currentNode;
      const foreign = /[A-Za-z]{4}/.test(textContent) && !/[\u0600-\u06ff]/.test(textContent);
      if (foreign && parentElement.closest(ours) === null) say("not in Arabic", parentElement);
    }
  }
  return found;
}
