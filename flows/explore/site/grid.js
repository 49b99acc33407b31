// A table in, the same table as one tab stop out: arrow keys walk its cells, Home and End its rows.
"use strict";

(() => {
  gongkai.makeGrid = (table, selector) => {
    table.setAttribute("role", "grid");
    const cells = [...table.querySelectorAll(selector)];
    cells.forEach((cell, n) => cell.setAttribute("tabindex", n === 0 ? "0" : "-1"));
    table.addEventListener("keydown", (event) => {
      const target = event.target.closest(selector);
      if (!target || event.ctrlKey || event.metaKey || event.altKey) return;
      const next = neighbour(table, selector, target, event.key);
      if (next) {
        event.preventDefault();
        next.focus();
      }
    });
    table.addEventListener("focusin", (event) => {
      const target = event.target.closest(selector);
      if (!target) return;
      table.querySelectorAll(`${selector}[tabindex="0"]`).forEach((cell) => cell.setAttribute("tabindex", "-1"));
      target.setAttribute("tabindex", "0");
    });
    return table;
  };

  function neighbour(table, selector, target, key) {
    const rows = [...table.rows].map((row) => [...row.querySelectorAll(selector)]).filter((row) => row.length);
    const at = rows.findIndex((row) => row.includes(target));
    const row = rows[at];
    const column = row.indexOf(target);
    switch (key) {
      case "ArrowRight": return row[column + 1];
      case "ArrowLeft": return row[column - 1];
      case "ArrowDown": return rows[at + 1] && nearest(rows[at + 1], target);
      case "ArrowUp": return rows[at - 1] && nearest(rows[at - 1], target);
      case "Home": return row[0];
      case "End": return row[row.length - 1];
      default: return null;
    }
  }

  // The cell of a row that stands under or over `target`: rows may differ in their cells.
  function nearest(row, target) {
    const middle = (one) => { const box = one.getBoundingClientRect(); return box.left + box.width / 2; };
    const wanted = middle(target);
    return row.reduce((best, one) => (Math.abs(middle(one) - wanted) < Math.abs(middle(best) - wanted) ? one : best));
  }
})();
