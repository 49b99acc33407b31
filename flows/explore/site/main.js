// The address in, a page out. Every view is an address (#/zh/district/990101?year=2021), so every view can be shared.
"use strict";

(() => {
  const PAGES = ["coverage", "compare", "findings", "dictionary", "limits"];
  const main = document.getElementById("main");
  const evidence = document.getElementById("evidence");
  let shown = 0;

  async function start() {
    const [words] = await Promise.all([gongkai.load("words"), gongkai.load("index")]);
    gongkai.setTexts(words);
    window.addEventListener("hashchange", show);
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") hideEvidence(); });
    await show();
  }

  function preferred() {
    return (navigator.language || "zh").toLowerCase().startsWith("zh") ? "zh" : "en";
  }

  async function show() {
    shown += 1;
    const turn = shown;
    const route = gongkai.readAddress(location.hash);
    gongkai.setLanguage(route.language || preferred());
    const name = route.path[0] || "coverage";
    hideEvidence();
    frame(route);
    main.setAttribute("aria-busy", "true");
    let page;
    try {
      if (!gongkai.pages[name]) throw new Error(name);
      page = await gongkai.pages[name](route);
    } catch (error) {
      page = missing(error);
    }
    if (turn !== shown) return; // another address was asked for meanwhile
    document.title = `${page.title} · ${gongkai.t("site.title")}`;
    gongkai.fill(main, page.content);
    main.removeAttribute("aria-busy");
    main.dataset.page = page.missing ? "missing" : name;
    window.scrollTo(0, 0);
    if (turn > 1) main.focus({ preventScroll: true });
    if (page.after) page.after();
    main.dataset.turn = String(turn);
  }

  function missing(error) {
    const el = gongkai.el;
    const t = gongkai.t;
    return { missing: true, title: t("missing.title"), content: [el("h1", {}, t("missing.title")), el("p", { class: "notice" }, t("missing.words", { what: error.message })), el("p", {}, gongkai.link(["coverage"], {}, {}, t("coverage.title")))] };
  }

  function frame(route) {
    const el = gongkai.el;
    const t = gongkai.t;
    const skip = document.getElementById("skip");
    gongkai.fill(skip, t("skip"));
    skip.onclick = (event) => { event.preventDefault(); main.focus(); };
    skip.setAttribute("href", location.hash || "#");
    const current = route.path[0] || "coverage";
    const header = document.getElementById("header");
    const other = gongkai.language() === "zh" ? "en" : "zh";
    gongkai.fill(header,
      gongkai.link(["coverage"], {}, { class: "brand" }, t("site.title")),
      gongkai.searchField(t("search.label"), (code) => { location.hash = gongkai.address(["district", code], {}); }),
      el("nav", { "aria-label": t("nav.label") }, PAGES.map((name) => gongkai.link([name], {}, { "aria-current": name === current ? "page" : null }, t(`nav.${name}`)))),
      el("a", { class: "language", href: gongkai.address(route.path.length ? route.path : ["coverage"], route.query, other), lang: other === "zh" ? "zh-CN" : "en", hreflang: other === "zh" ? "zh-CN" : "en" }, other === "zh" ? "中文" : "English"));
    gongkai.load("index").then((index) => gongkai.fill(document.getElementById("footer"),
      el("p", {}, t("footer.release", { release: index.release, created: index.created_at, code: index.code_version.slice(0, 12) })),
      el("p", {}, t("footer.offline"))));
  }

  // --- evidence ----------------------------------------------------------------------------------------------------

  gongkai.showEvidence = (content, owner) => {
    if (evidence.owner === owner && !evidence.hidden) return;
    evidence.owner = owner;
    gongkai.fill(evidence, gongkai.el("button", { type: "button", class: "close", "aria-label": gongkai.t("close"), on: { click: hideEvidence } }, "×"), content);
    evidence.setAttribute("aria-label", gongkai.t("evidence.title"));
    evidence.setAttribute("aria-live", "polite");
    evidence.hidden = false;
  };

  function hideEvidence() {
    evidence.hidden = true;
    evidence.owner = null;
  }

  start().catch((error) => { main.textContent = `gongkai: ${error.message}`; });
})();
