// Keys in, texts of the chosen language out; and the address of every view, which names its language.
"use strict";

(() => {
  let texts = {};
  let language = "zh";

  gongkai.languages = ["zh", "en"];
  gongkai.setTexts = (value) => { texts = value; };
  gongkai.language = () => language;
  gongkai.setLanguage = (value) => {
    language = value;
    document.documentElement.lang = value === "zh" ? "zh-CN" : "en";
  };

  // The text of a key, `{name}` filled in.
  gongkai.t = (key, details) => {
    const pair = texts[key];
    if (!pair) throw new Error(`no text ${key}`);
    return gongkai.fillIn(gongkai.pick(pair), details);
  };

  // Of a pair [English, Chinese] the one of the chosen language.
  gongkai.pick = (pair) => pair[language === "zh" ? 1 : 0];

  gongkai.fillIn = (template, details) =>
    template.replace(/\{(\w+)\}/g, (whole, name) => (details && details[name] !== undefined && details[name] !== null ? String(details[name]) : whole));

  // {path: ["district", "990101"], query: {year: "2021"}} of "#/zh/district/990101?year=2021".
  gongkai.readAddress = (hash) => {
    const [path, query] = hash.replace(/^#\/?/, "").split("?");
    const parts = path.split("/").filter(Boolean).map(decode);
    const known = gongkai.languages.includes(parts[0]);
    return {
      language: known ? parts.shift() : null,
      path: parts,
      query: Object.fromEntries(new URLSearchParams(query || "")),
    };
  };

  function decode(part) {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  }

  gongkai.address = (path, query, inLanguage) => {
    const search = new URLSearchParams(Object.entries(query || {}).filter(([, value]) => value !== null && value !== undefined && value !== "")).toString();
    return `#/${[inLanguage || language, ...path].map(encodeURIComponent).join("/")}${search ? `?${search.replaceAll("%2F", "/").replaceAll("%2C", ",")}` : ""}`;
  };

  gongkai.link = (path, query, attributes, ...children) => gongkai.el("a", { href: gongkai.address(path, query), ...attributes }, ...children);
})();
