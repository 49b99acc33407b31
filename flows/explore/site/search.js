// A few characters in, the districts of that name or code out: a text field with a list that the keyboard walks.
"use strict";

(() => {
  const MOST = 12;
  let number = 0;

  // `choose(code)` is called with the code of the district that was chosen.
  gongkai.searchField = (labelText, choose) => {
    const el = gongkai.el;
    number += 1;
    const id = `search-${number}`;
    const input = el("input", { id, type: "search", role: "combobox", autocomplete: "off", spellcheck: "false", "aria-expanded": "false", "aria-controls": `${id}-list`, "aria-autocomplete": "list", placeholder: gongkai.t("search.hint") });
    const list = el("ul", { id: `${id}-list`, role: "listbox", "aria-label": labelText, hidden: true });
    const status = el("span", { class: "hidden", role: "status" });
    let matches = [];
    let active = -1;

    async function update() {
      const rows = await gongkai.load("districts");
      matches = find(rows, input.value.trim());
      active = -1;
      gongkai.fill(list, matches.map((row, n) => option(row, n)));
      const open = input.value.trim() !== "" && document.activeElement === input;
      list.hidden = !open || !matches.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      input.removeAttribute("aria-activedescendant");
      status.textContent = open ? gongkai.t("search.count", { count: matches.length }) : "";
    }

    function option(row, n) {
      const [code, , full] = row;
      return el("li", { role: "option", id: `${id}-${n}`, "data-code": code, "aria-selected": "false", on: { mousedown: (event) => { event.preventDefault(); take(n); } } }, full, " ", el("span", { class: "code" }, code));
    }

    function take(n) {
      const row = matches[n];
      if (!row) return;
      input.value = "";
      close();
      choose(row[0]);
    }

    function close() {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
    }

    function move(step) {
      if (!matches.length) return;
      active = (active + step + matches.length) % matches.length;
      [...list.children].forEach((child, n) => child.setAttribute("aria-selected", String(n === active)));
      input.setAttribute("aria-activedescendant", `${id}-${active}`);
      list.children[active].scrollIntoView({ block: "nearest" });
    }

    input.addEventListener("input", update);
    input.addEventListener("blur", close);
    input.addEventListener("keydown", async (event) => {
      if (event.isComposing) return;
      if (event.key === "ArrowDown") { event.preventDefault(); move(1); }
      if (event.key === "ArrowUp") { event.preventDefault(); move(-1); }
      if (event.key === "Escape") close();
      if (event.key === "Enter") {
        event.preventDefault();
        await update();
        take(Math.max(active, 0));
      }
    });
    return el("div", { class: "search" }, el("label", { for: id }, labelText), input, list, status);
  };

  // Rows [code, name, full name, level, reports] by code, then whole names, beginnings of names, names anywhere.
  function find(rows, words) {
    if (!words) return [];
    const rank = ([code, name, full]) => {
      if (code === words) return 0;
      if (name === words || full === words) return 1;
      if (name.startsWith(words)) return 2;
      if (code.startsWith(words)) return 3;
      if (full.includes(words)) return 4;
      return 9;
    };
    return rows
      .map((row) => [rank(row), row])
      .filter(([value]) => value < 9)
      .sort((a, b) => a[0] - b[0] || b[1][4] - a[1][4] || (a[1][0] < b[1][0] ? -1 : 1))
      .slice(0, MOST)
      .map(([, row]) => row);
  }
})();
