"use strict";
// Adds filtering, folding, zoom, copying and local time to what the page says without it.
(() => {
  const all = (q, of = document) => [...of.querySelectorAll(q)];
  all(".js").forEach((e) => { e.hidden = false; });

  const clock = document.getElementById("clock");
  let local = false;
  const two = (n) => String(n).padStart(2, "0");
  const text = (iso) => {
    const d = new Date(iso);
    if (!local || isNaN(d)) return iso;
    return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())} local`;
  };
  clock?.addEventListener("click", () => {
    local = !local;
    clock.setAttribute("aria-pressed", String(local));
    all("time").forEach((t) => { t.textContent = text(t.dateTime); });
    all("[data-time]").forEach((t) => {
      const d = new Date(t.dataset.time);
      t.textContent = local ? `${two(d.getHours())}:${two(d.getMinutes())}` : t.dataset.time.slice(11, 16);
    });
  });

  all("[data-section=evidence]").forEach((section) => {
    const input = section.querySelector("[data-filter]");
    const boxes = all("input[data-kind]", section);
    const rows = all("tr[data-kind]", section);
    const count = section.querySelector(".count");
    const marks = all(".mark[data-kind]", section.closest("article") || section);
    const apply = () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      const off = new Set(boxes.filter((b) => !b.checked).map((b) => b.dataset.kind));
      let shown = 0;
      rows.forEach((r) => {
        const hay = r.textContent.toLowerCase();
        r.hidden = off.has(r.dataset.kind) || !words.every((w) => hay.includes(w));
        shown += r.hidden ? 0 : 1;
      });
      marks.forEach((m) => { m.toggleAttribute("hidden", off.has(m.dataset.kind)); });
      count.textContent = shown === rows.length ? "" : `${shown} of ${rows.length}`;
    };
    input?.addEventListener("input", apply);
    boxes.forEach((b) => b.addEventListener("change", apply));
  });

  all("[data-zoom]").forEach((b) => b.addEventListener("click", () => {
    const svg = b.closest("section").querySelector(".picture svg");
    const now = Number(svg.dataset.scale || 1) * Number(b.dataset.zoom);
    const scale = Math.min(4, Math.max(0.5, now));
    svg.dataset.scale = String(scale);
    svg.style.width = `${scale * 100}%`;
  }));

  all("[data-copy]").forEach((b) => b.addEventListener("click", async () => {
    const code = b.parentElement.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
      b.textContent = "Copied";
    } catch {
      const range = document.createRange();
      range.selectNodeContents(code);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      b.textContent = "Selected";
    }
    setTimeout(() => { b.textContent = "Copy"; }, 2000);
  }));
})();
