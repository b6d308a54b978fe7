(() => {
  const faults = [];
  const show = (e) => e.outerHTML.replaceAll(/\s+/g, " ").slice(0, 100);
  const all = (q) => [...document.querySelectorAll(q)];
  const visible = (e) => e.checkVisibility({visibilityProperty: true, opacityProperty: true}) && e.getClientRects().length > 0;

  // Names.
  if (!document.documentElement.lang) faults.push("the document has no language");
  if (!document.title.trim()) faults.push("the document has no title");
  const nameOf = (e) => (e.getAttribute("aria-label") || (e.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.textContent || "").join(" ") ||
    [...(e.labels || [])].map((l) => l.textContent).join(" ") || e.querySelector?.(":scope > title, caption")?.textContent || e.textContent || "").trim();
  all("a[href], button, input, summary, svg[role=img], [role=region], section, table, [tabindex]").filter(visible).forEach((e) => {
    if (e.tagName === "SECTION" && !e.hasAttribute("aria-label") && !e.hasAttribute("aria-labelledby")) {
      if (!e.querySelector("h2")) faults.push("a section without a heading: " + show(e));
      return;
    }
    if (!nameOf(e)) faults.push("no name: " + show(e));
  });
  all("th").forEach((e) => { if (!e.scope) faults.push("a heading of a table without a scope: " + show(e)); });
  all("[aria-labelledby]").forEach((e) => { if (!document.getElementById(e.getAttribute("aria-labelledby"))) faults.push("named by what isn't there: " + show(e)); });
  const ids = all("[id]").map((e) => e.id);
  ids.filter((id, i) => ids.indexOf(id) !== i).forEach((id) => faults.push("the id is there twice: " + id));

  // Order.
  if (document.querySelectorAll("main").length !== 1) faults.push("not one main");
  if (document.querySelectorAll("h1").length < 1) faults.push("no first heading");
  let level = 0;
  all("h1, h2, h3, h4").forEach((h) => {
    const n = Number(h.tagName[1]);
    if (n > level + 1) faults.push(`a heading of level ${n} after one of level ${level}: ${show(h)}`);
    level = n;
  });
  all("[tabindex]").forEach((e) => { if (Number(e.getAttribute("tabindex")) > 0) faults.push("an order of its own: " + show(e)); });
  all("[role=region], pre").filter(visible).forEach((e) => { if (e.scrollWidth > e.clientWidth + 1 && e.tabIndex < 0) faults.push("can't be scrolled by keys: " + show(e)); });

  // Contrast: 4.5 to 1, of large text 3 to 1.
  const rgba = (s) => { const n = (s.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number); return [n[0], n[1], n[2], n.length > 3 ? n[3] : 1]; };
  const light = ([r, g, b]) => { const f = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }; return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
  const over = (top, below) => { const a = top[3]; return [0, 1, 2].map((i) => top[i] * a + below[i] * (1 - a)).concat(1); };
  const backdrop = (e) => {
    const drawn = e.closest("g.bar")?.querySelector("rect") || e.closest("g.node")?.querySelector("rect.box") || e.matches("text.count") && e.parentElement.querySelector("path, circle, rect");
    const own = drawn ? rgba(getComputedStyle(drawn).fill) : [0, 0, 0, 0];
    const layers = [own];
    for (let n = e; n; n = n.parentElement) layers.push(rgba(getComputedStyle(n).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18, 1] : [255, 255, 255, 1]);
  };
  const seen = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walker.nextNode(); n; n = walker.nextNode()) {
    const e = n.parentElement;
    if (!n.data.trim() || /^(SCRIPT|STYLE|title)$/i.test(e.tagName) || !visible(e) || e.closest(".skip")) continue;
    const style = getComputedStyle(e);
    const ink = over(rgba(e.ownerSVGElement ? style.fill : style.color), backdrop(e));
    const [a, b] = [light(ink), light(backdrop(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05), size = parseFloat(style.fontSize);
    const least = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700 ? 3 : 4.5;
    const key = e.tagName + e.className + style.color;
    if (ratio < least && !seen.has(key)) { seen.add(key); faults.push(`contrast ${ratio.toFixed(2)} of ${show(e)}`); }
  }
  return faults;
})()
