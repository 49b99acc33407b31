"""The explorer: a release in, a static site out that is looked at in a browser without a server or a network.

    out/
      index.html  *.css  *.js     the pages: fixed files of this package, the same for every release
      plotly.min.js  LICENSE-plotly.txt     the charting library, copied from its package
      explorer.json               says that this directory was made here, from which release
      data/*.js                   shards: each calls `gongkai.receive(key, value)` once

Browsers refuse to read data files from `file://`, but not scripts: so a shard is a script, loaded when a page asks for
its key. `index`, `words` and `terms` (forms, metrics, finding codes) are loaded at the start; `district/<code>` holds
the governments' reports of one district, `bodies/<code>` those of its departments and townships, `prose/<code>` and
`bodies-prose/<code>` the figures told in their prose, `province/<code>` the coverage of its districts,
`findings/<code>/<province>` one kind of finding, `fields` the data dictionary.

Everything that came from a page is data inside a shard and becomes text on the screen, never markup. Nothing here is
computed anew: what is shown is what the release holds.
"""
