// A code in, the district's shard out. A district that nobody looked for has none: its province's shard says all.
"use strict";

(() => {
  // Rejected with an Error that names the code when the release has no such district.
  gongkai.loadDistrict = async (code) => {
    const province = await gongkai.loadProvince(code);
    const row = province && province.districts.find(([one]) => one === code);
    if (!row) throw new Error(code);
    const [, name, full, , , letters, hasShard] = row;
    if (hasShard) return gongkai.load(`district/${code}`);
    const index = await gongkai.load("index");
    const coverage = gongkai.yearsOf(index).map((year, n) => [year, gongkai.coverageState(letters[n]), null, null, null]).filter(([, state]) => state);
    return { code, name, full, coverage, panel: { years: [], eras: [], reports: [], values: {}, notes: {} }, reports: [], bodies: [], strays: [] };
  };

  // The shard of the province a district lies in, null where the release has none.
  gongkai.loadProvince = async (code) => {
    const index = await gongkai.load("index");
    const province = code === "unknown" ? code : code.slice(0, 2);
    return index.provinces.some(([one]) => one === province) ? gongkai.load(`province/${province}`) : null;
  };
})();
