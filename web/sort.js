"use strict";
// Makes the columns of a table sortable. Pages are complete without it.
for (const table of document.querySelectorAll("table[data-sortable]")) {
  const body = table.tBodies[0];
  if (!body || body.rows.length < 2) continue;
  const original = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  heads.forEach((head, column) => {
    const kind = head.dataset.kind;
    if (!kind) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.title = "Sort by this column";
    button.textContent = "↕";
    button.setAttribute("aria-label", "Sort by " + head.textContent.trim().replace(/\s+/g, " "));
    head.insertBefore(button, head.querySelector("small"));
    button.addEventListener("click", () => {
      const state = head.getAttribute("aria-sort");
      const next = state === "ascending" ? "descending" : state === "descending" ? null : "ascending";
      for (const other of heads) {
        other.removeAttribute("aria-sort");
        const sign = other.querySelector("button.sort");
        if (sign) sign.textContent = "↕";
      }
      let rows = original.slice();
      if (next) {
        head.setAttribute("aria-sort", next);
        button.textContent = next === "ascending" ? "↑" : "↓";
        const key = (row) => {
          const cell = row.cells[column];
          if (kind === "text") return cell.textContent.trim();
          const text = cell.dataset.value ?? cell.textContent.replace("−", "-").replace(/\s/g, "");
          return text === "" ? NaN : Number(text);
        };
        const order = next === "ascending" ? 1 : -1;
        rows.sort((a, b) => {
          const x = key(a), y = key(b);
          if (kind === "text") return order * x.localeCompare(y, "en", { numeric: true });
          // Cells without a value stay at the end in both directions.
          if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
          return order * (x - y);
        });
      }
      body.append(...rows);
    });
  });
}
