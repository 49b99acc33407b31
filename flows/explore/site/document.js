// Plain data in, elements out. Text only ever becomes text: nothing here, or anywhere, parses markup.
"use strict";

(() => {
  const FORBIDDEN = /^(on|style$|srcdoc$|innerhtml$)/i;
  const OUTSIDE = /^https?:\/\//i;

  // el("a", {href: "#/zh", class: "x", on: {click: f}}, "text", element, null)
  gongkai.el = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name === "on") {
        for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
      } else if (FORBIDDEN.test(name)) {
        throw new Error(`attribute ${name}`);
      } else if (name === "href" && !isSafe(value)) {
        continue;
      } else {
        element.setAttribute(name, value === true ? "" : value);
      }
    }
    element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
    return element;
  };

  function isSafe(address) {
    return address.startsWith("#") || OUTSIDE.test(address);
  }

  // An address that a page gave us: a link when it is plain http(s), else its text.
  gongkai.outside = (address) => {
    if (!address) return "—";
    if (!OUTSIDE.test(address)) return String(address);
    return gongkai.el("a", { href: address, rel: "noopener noreferrer external", target: "_blank" }, address);
  };

  gongkai.fill = (element, ...children) => {
    element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
    return element;
  };

  // A table from a header row and body rows; a cell is text, an element, or {...attributes, children}. With `file` in
  // `attributes` a button beneath it saves what it shows.
  gongkai.table = (caption, header, rows, { file, ...attributes } = { class: "words" }) => {
    const el = gongkai.el;
    const head = header.map((one) => cell("th", one, { scope: "col" }));
    const body = rows.map((row) => el("tr", row.attributes || {}, (row.cells || row).map((one, n) => (n === 0 ? cell("th", one, { scope: "row" }) : cell("td", one, {})))));
    const table = el("table", attributes, el("caption", {}, caption), el("thead", {}, el("tr", {}, head)), el("tbody", {}, body));
    const scroll = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, table);
    if (!file) return scroll;
    const shown = () => [...table.rows].map((row) => [...row.cells].map((one) => one.textContent));
    return el("div", {}, scroll, el("p", { class: "tools" }, gongkai.downloadButton(file, shown)));
  };

  function cell(tag, content, defaults) {
    if (content && typeof content === "object" && !(content instanceof Node) && !Array.isArray(content)) {
      const { children, ...attributes } = content;
      return gongkai.el(tag, { ...defaults, ...attributes }, children);
    }
    return gongkai.el(tag, defaults, content === null || content === undefined ? "" : content);
  }

  // Rows of values as a file to keep. Text that a spreadsheet would take for a formula is marked as text.
  gongkai.csv = (rows) => "\ufeff" + rows.map((row) => row.map(quote).join(",")).join("\r\n") + "\r\n";

  function quote(value) {
    if (value === null || value === undefined) return "";
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    let text = String(value);
    if (/^[=+\-@\t\r]/.test(text) && !/^[+-]?[0-9][0-9.,]*$/.test(text)) text = `'${text}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }

  gongkai.downloadButton = (name, makeRows) =>
    gongkai.el("button", { type: "button", class: "download", "data-file": name, on: { click: () => download(name, gongkai.csv(makeRows())) } }, gongkai.t("download.csv"));

  function download(name, text) {
    const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
    const link = gongkai.el("a", {});
    link.href = address;
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }
})();
