// Numbers in, texts out, the same in both languages; and a report's compact tables decoded.
"use strict";

(() => {
  const NAMES = { v: "value", b: "blank", n: "not_applicable", t: "text", m: "missing", u: "unread" };

  // 1234.5 -> "1,234.5"; whole numbers without a point, nothing rounded away but float noise.
  gongkai.number = (value) => {
    if (value === null || value === undefined) return "";
    const [whole, part] = String(Number(value.toPrecision(15))).split(".");
    if (whole.includes("e")) return String(value);
    return whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",") + (part ? `.${part}` : "");
  };

  // A metric's value as it is read: shares and growth in percent with one decimal, totals as they are.
  gongkai.metricValue = (metric, value) => {
    if (value === null || value === undefined) return "—";
    return metric.kind === "total" ? gongkai.number(value) : `${(value * 100).toFixed(1)}%`;
  };

  // One cell of a shard (see flows/explore/cells.py) at position n of its table.
  gongkai.decodeCell = (table, code, n) => {
    if (code === null || code === undefined) return null;
    const unit = table.units[n];
    if (typeof code === "number") return { state: "value", value: code, unit, text: String(code), written: code, unitWritten: unit, override: null };
    if (typeof code === "string") return { state: NAMES[code], value: null, unit, text: "", written: null, unitWritten: null, override: null };
    const [letter, value = null, text = null] = code;
    const state = NAMES[letter];
    if (code.length <= 3) return { state, value, unit, text, written: value, unitWritten: value === null ? null : unit, override: null };
    const [, , , unitGiven = null, written = null, unitWritten = null, override = null] = code;
    return { state, value, unit: unitGiven, text, written, unitWritten, override };
  };

  gongkai.decodePlace = (data, n) => {
    const place = data.l && data.l[n];
    if (place === null || place === undefined) return null;
    if (typeof place === "number") return { block: data.b[0], page: data.b[1], row: Math.floor(place / 100), column: place % 100 };
    const [block, row, column, start, end, page] = place;
    return { block, row, column, start, end, page };
  };

  // Map of "item/column" to cell for one table of a report; cells without a row in the data are left out.
  gongkai.decodeTable = (table, data) => {
    const cells = new Map();
    table.keys.forEach(([item, column], n) => {
      const cell = gongkai.decodeCell(table, data.c[n], n);
      if (cell) cells.set(`${item}/${column}`, { ...cell, item, column, place: gongkai.decodePlace(data, n) });
    });
    return cells;
  };
})();
