
// The strip beside the diagram: the whole run in one glance, with the window
// marked on it.

// drawOverview draws the strip, which is high pixels high.
function drawOverview(svg, data, g, high, matches) {
  svg.replaceChildren();
  const wide = svg.clientWidth, scale = high / g.height;
  if (wide === 0) return; // on paper
  svg.setAttribute("viewBox", `0 0 ${wide} ${high}`);
  for (const cut of g.cuts) make(svg, "rect", {class: "cut", x: 0, y: cut.top * scale, width: wide, height: Math.max(1, (cut.bottom - cut.top) * scale)});
  const all = new Map(), lost = new Map(), found = new Map(), crashes = new Set();
  const count = (map, bucket) => map.set(bucket, (map.get(bucket) || 0) + 1);
  for (const i of g.order) {
    const bucket = Math.floor(g.y[i] * scale / 2) * 2, kind = data.events[i].kind;
    count(all, bucket);
    if (kind === "drop") count(lost, bucket);
    if (matches && matches.has(i)) count(found, bucket);
    if (kind === "crash") crashes.add(bucket);
  }
  const most = Math.max(1, ...all.values());
  const bars = (cls, map, share) => {
    let d = "";
    for (const [y, n] of map) d += `M2,${y}h${share(n).toFixed(1)}v2h${-share(n).toFixed(1)}z`;
    if (d) make(svg, "path", {class: cls, d});
  };
  const length = n => Math.max(1.5, (wide - 4) * n / most);
  bars("some", all, length);
  bars("losses", lost, length);
  let d = "";
  for (const y of crashes) d += `M${wide - 9},${y - 3}l6,6m0,-6l-6,6`;
  if (d) make(svg, "path", {class: "crashes", d});
  d = "";
  for (const y of found.keys()) d += `M${wide - 8},${y}h8v2h-8z`;
  if (d) make(svg, "path", {class: "found", d});
  if (data.violation >= 0) {
    const y = g.y[data.violation] * scale;
    make(svg, "path", {class: "broke", d: `M0,${y - 1}H${wide}V${y + 1}H0ZM0,${y - 5}L7,${y}L0,${y + 5}Z`});
  }
  make(svg, "rect", {class: "window", x: 1, width: wide - 2, rx: 2});
}

// moveWindow puts the mark of the window between two shares of the run.
function moveWindow(svg, from, to) {
  const mark = svg.querySelector(".window"), high = svg.viewBox.baseVal.height;
  if (!mark) return;
  const size = Math.max(6, (to - from) * high);
  mark.setAttribute("y", Math.min(from * high, high - size));
  mark.setAttribute("height", size);
  svg.setAttribute("aria-valuenow", Math.round(100 * from / Math.max(1e-9, 1 - (to - from))));
}

// steerOverview calls go with a share of the run where the strip is pressed
// or dragged.
function steerOverview(svg, go, page) {
  const to = event => go((event.clientY - svg.getBoundingClientRect().top) / svg.clientHeight);
  svg.addEventListener("pointerdown", event => { svg.setPointerCapture(event.pointerId); to(event); });
  svg.addEventListener("pointermove", event => { if (svg.hasPointerCapture(event.pointerId)) to(event); });
  svg.addEventListener("keydown", event => {
    const pages = {ArrowUp: -0.25, ArrowDown: 0.25, PageUp: -1, PageDown: 1, Home: -Infinity, End: Infinity}[event.key];
    if (pages === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    page(pages);
  });
}
