// Keys in, shards out. A shard is a script that calls `gongkai.receive(key, value)`: scripts load from file:// too.
"use strict";

const gongkai = (() => {
  const values = new Map();
  const promises = new Map();
  const KEY = /^[a-z0-9_.\/-]+$/i;

  function receive(key, value) {
    values.set(key, value);
  }

  // The value of a shard; rejected with an Error that names the key when there is no such file.
  function load(key) {
    if (values.has(key)) return Promise.resolve(values.get(key));
    if (!KEY.test(key) || key.includes("..")) return Promise.reject(new Error(key));
    return loadScript(`data/${key}.js`).then(() => {
      if (!values.has(key)) throw new Error(key);
      return values.get(key);
    });
  }

  function loadScript(address) {
    if (!promises.has(address)) {
      promises.set(
        address,
        new Promise((resolve, reject) => {
          const script = document.createElement("script");
          script.src = address;
          script.onload = () => resolve();
          script.onerror = () => {
            promises.delete(address);
            reject(new Error(address));
          };
          document.head.append(script);
        }),
      );
    }
    return promises.get(address);
  }

  return { receive, load, loadScript, pages: {} };
})();
