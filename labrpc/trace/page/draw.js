
// How things look. draw builds the picture from layout's numbers. Words from
// the run only ever become text nodes.

const SVG = "http://www.w3.org/2000/svg";

function make(parent, name, attributes, text) {
  const node = document.createElementNS(SVG, name);
  for (const key in attributes) node.setAttribute(key, attributes[key]);
  if (text !== undefined) node.textContent = text;
  parent.appendChild(node);
  return node;
}

function element(parent, name, text, className) {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  parent.appendChild(node);
  return node;
}

// marks are the shapes of events, centred on 0, 0.
const marks = {
  crash: "M-7,-5L7,5M7,-5L-7,5", refused: "M-4,-4L4,4M4,-4L-4,4",
  restart: "M-6,-5H6L0,6Z", save: "M-4,-4H4V4H-4Z", durable: "M-5,2H5V5H-5Z", apply: "M0,-5.5L5.5,0L0,5.5L-5.5,0Z",
  log: "M-6,0H6", state: "M-7,-1.5H7V1.5H-7Z",
};
const circle = r => `M-${r},0A${r},${r} 0 1 1 ${r},0A${r},${r} 0 1 1 -${r},0Z`;
const markOf = kind => marks[kind] || circle(kind === "timeout" ? 5 : 4);

// gapText says how long a pause was, in a width of seven characters.
function gapText(ns) {
  const ms = ns / 1e6;
  if (ms >= 1000) return "+" + (ms / 1000).toPrecision(3) + " s";
  return ms >= 0.1 ? "+" + Number(ms.toPrecision(3)) + " ms" : "+" + Number((ns / 1e3).toPrecision(3)) + " µs";
}

// colours gives each value of a key its class; a key of many values, like a
// term or a clock, alternates between two greys.
function coloursOf(g) {
  const seen = new Map(g.keys.map(key => [key, []]));
  for (const band of g.bands) if (!seen.get(band.key).includes(band.value)) seen.get(band.key).push(band.value);
  let next = 0;
  const first = new Map();
  for (const key of g.keys) if (seen.get(key).length <= 6) { first.set(key, next); next += seen.get(key).length; }
  const classOf = (key, value) => {
    const at = seen.get(key).indexOf(value);
    return first.has(key) ? "s" + (first.get(key) + at) % 8 : "plain" + at % 2;
  };
  return {seen, first, classOf};
}

function arrowHeads(svg) {
  const defs = make(svg, "defs", {});
  for (const id of ["m-req", "m-reply", "m-dup"]) {
    const marker = make(defs, "marker", {id, viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 9, markerHeight: 9, orient: "auto", markerUnits: "userSpaceOnUse"});
    make(marker, "path", {d: "M0,1L10,5L0,9Z"});
  }
}

// segment returns the path from one point to another, ending short of the
// last, shifted sideways; a message to oneself bulges to the right.
function segment(x1, y1, x2, y2, shift) {
  if (x1 === x2) return `M${x1 + 3},${y1}C${x1 + 26 + shift},${y1 + 2} ${x2 + 26 + shift},${y2 - 2} ${x2 + 5},${y2}`;
  const length = Math.hypot(x2 - x1, y2 - y1), ux = (x2 - x1) / length, uy = (y2 - y1) / length;
  const point = (x, y) => (x - uy * shift).toFixed(1) + "," + (y + ux * shift).toFixed(1);
  return "M" + point(x1 + ux * 4, y1 + uy * 4) + "L" + point(x2 - ux * 6, y2 - uy * 6);
}

// drawArrows draws the messages, and tells which arrow belongs to which event.
function drawArrows(layer, g) {
  const arrows = new Map(), answered = new Set();
  const keep = (i, node) => { if (!arrows.has(i)) arrows.set(i, []); arrows.get(i).push(node); };
  const laneX = node => g.x[g.lanes.get(node)];
  g.events.forEach((e, i) => {
    if (!["deliver", "duplicate", "drop"].includes(e.kind)) return;
    const xs = laneX(e.from), xr = laneX(e.to);
    if (xs === undefined || xr === undefined) return;
    const send = g.index.get(e.cause);
    if (send !== undefined) answered.add(send);
    const ys = send === undefined ? Math.max(2, g.y[i] - 24) : g.y[send];
    const kind = e.kind === "duplicate" ? " dup" : e.kind === "drop" ? " lost" : "";
    const cls = "arrow" + (e.reply ? " reply" : "") + kind + (send === undefined ? " flying" : "");
    if (e.kind === "drop") {
      const xc = crossX(xs, xr), far = xs === xr ? segment(xs, ys, xs + 24, g.y[i], 0) : segment(xs, ys, xc, g.y[i], 0);
      keep(i, make(layer, "path", {class: cls, d: far}));
      keep(i, make(layer, "path", {class: "cross", d: "M-4.5,-4.5L4.5,4.5M4.5,-4.5L-4.5,4.5", transform: `translate(${xc},${g.y[i]})`}));
      return;
    }
    const head = "url(#m-" + (e.kind === "duplicate" ? "dup" : e.reply ? "reply" : "req") + ")";
    const start = send === undefined ? xr + Math.sign(xs - xr) * Math.min(40, Math.abs(xs - xr)) : xs;
    if (e.kind === "duplicate") {
      keep(i, make(layer, "path", {class: cls, d: segment(start, ys, xr, g.y[i], -2.2)}));
      keep(i, make(layer, "path", {class: cls, d: segment(start, ys, xr, g.y[i], 2.2), "marker-end": head}));
    } else {
      keep(i, make(layer, "path", {class: cls, d: segment(start, ys, xr, g.y[i], 0), "marker-end": head}));
    }
  });
  g.events.forEach((e, i) => {
    if (e.kind !== "send" || answered.has(i)) return;
    const xs = laneX(e.from), xr = laneX(e.to);
    if (xs === undefined || xr === undefined || xs === xr) return;
    keep(i, make(layer, "path", {class: "arrow flying" + (e.reply ? " reply" : ""),
      d: segment(xs, g.y[i], xs + Math.sign(xr - xs) * 46, g.y[i] + 14, 0)}));
  });
  return arrows;
}

const crossX = (xs, xr) => xs === xr ? xs + 30 : xs + 0.62 * (xr - xs);

// drawGround draws what lies under the events: cuts, lanes, bands.
function drawGround(svg, g, data, colours) {
  let cut = data.cut ? 0 : null;
  const close = bottom => { if (cut !== null) make(svg, "rect", {class: "cut", x: 0, y: cut, width: g.width, height: Math.max(0, bottom - cut)}); };
  g.events.forEach((e, i) => {
    if (e.kind !== "partition") return;
    close(g.y[i]);
    cut = e.cut ? g.y[i] : null;
  });
  close(g.height);
  data.lanes.forEach((_, l) => {
    let top = 0;
    for (const down of g.downs.filter(d => d.lane === l)) {
      make(svg, "line", {class: "lane", x1: g.x[l], x2: g.x[l], y1: top, y2: down.top});
      make(svg, "line", {class: "lane down", x1: g.x[l], x2: g.x[l], y1: down.top, y2: down.bottom});
      top = down.bottom;
    }
    make(svg, "line", {class: "lane", x1: g.x[l], x2: g.x[l], y1: top, y2: g.height});
  });
  for (const b of g.bands) {
    const x = g.x[b.lane] - 5 - 11 * g.keys.indexOf(b.key);
    const band = make(svg, "rect", {class: "band " + colours.classOf(b.key, b.value), x, y: b.top, width: 10, height: Math.max(1, b.bottom - b.top), rx: 2});
    make(band, "title", {}, b.key + " = " + b.value);
  }
}

// drawEvents draws a mark and a label for each event; returns their groups.
function drawEvents(layer, g, data) {
  const room = g.laneWidth - TEXT - 8 - 11 * Math.max(0, g.keys.length - 1) - (g.keys.length ? 5 : 0);
  return g.events.map((e, i) => {
    const wide = isWide(e, g.lanes);
    const group = make(layer, "g", {class: "ev " + e.kind + (e.reply ? " reply" : "") + (wide ? " wide" : ""), tabindex: -1, role: "button", "data-i": i,
      "aria-label": (e.id ? "event " + e.id : "verdict") + " at " + e.time + " ms, " + nameOf(data, e.node) + ": " + e.kind + " " + e.what});
    if (e.kind === "violation") {
      make(group, "rect", {class: "mark hit", x: 1, y: -11, width: g.width - 2, height: 21, rx: 3});
      make(group, "text", {x: 8, y: 4}, fit("✕ " + e.label, g.sight - 18, true));
    } else if (wide) {
      const cls = e.kind === "partition" ? "cutline" : "rule";
      make(group, "line", {class: cls, x1: 0, x2: g.width, y1: 0, y2: 0});
      make(group, "rect", {class: "hit", x: 1, y: -15, width: g.width - 2, height: 17});
      make(group, "text", {x: 6, y: -4}, fit(e.label, g.sight - 14));
    } else {
      if (e.kind !== "drop") make(group, "path", {class: "mark", d: markOf(e.kind)});
      make(group, "circle", {class: "hit", r: e.kind === "drop" ? 9 : 7.5});
      if (e.label) make(group, "text", {x: TEXT, y: e.kind === "send" ? 1 : 4}, fit(e.label, room, e.kind === "state"));
    }
    const x = wide ? 0 : e.kind === "drop" ? crossX(g.x[g.lanes.get(e.from)], g.x[g.lanes.get(e.to)]) : g.x[g.lanes.get(e.node)];
    group.setAttribute("transform", `translate(${x},${g.y[i]})`);
    return group;
  });
}

const nameOf = (data, node) => (data.lanes.find(l => l.node === node) || {name: node < 0 ? "the test or the network" : "node " + node}).name;

function drawAxis(svg, g) {
  svg.replaceChildren();
  svg.setAttribute("width", g.axis);
  svg.setAttribute("height", g.height);
  let last = -100, said = "";
  const taken = g.gaps.map(gap => gap.y);
  g.events.forEach((e, i) => {
    const time = e.time.replace(/\d$/, "");
    if (time === said || g.y[i] - last < 17 || taken.some(y => Math.abs(y - g.y[i]) < 14)) return;
    make(svg, "text", {x: g.axis - 10, y: g.y[i] + 4}, time);
    make(svg, "line", {x1: g.axis - 6, x2: g.axis, y1: g.y[i], y2: g.y[i]});
    last = g.y[i];
    said = time;
  });
  for (const gap of g.gaps) make(svg, "text", {class: "gap", x: g.axis - 8, y: gap.y + 4}, gapText(gap.ns));
}

function drawHeads(heads, g, data) {
  heads.replaceChildren();
  heads.style.width = g.axis + g.width + "px";
  const corner = element(heads, "span", "ms", "corner");
  corner.style.width = g.axis + "px";
  data.lanes.forEach((l, i) => {
    const head = element(heads, "span", l.name);
    head.title = l.name;
    head.style.left = g.axis + g.x[i] - 5 + "px";
    head.style.maxWidth = g.laneWidth - 12 + "px";
  });
}

// culpritOf returns the event in a lane after which a rule was broken, if drawn.
function culpritOf(data, g) {
  const i = data.violation >= 0 ? g.index.get(g.events[data.violation].cause) : undefined;
  return i !== undefined && g.lanes.has(g.events[i].node) ? i : undefined;
}

// draw draws all and returns what the page needs to react.
function draw(data, available) {
  const g = layout(data, available), svg = document.getElementById("plot"), colours = coloursOf(g);
  svg.replaceChildren();
  svg.setAttribute("width", g.width);
  svg.setAttribute("height", g.height);
  arrowHeads(svg);
  drawGround(svg, g, data, colours);
  const arrows = drawArrows(make(svg, "g", {}), g);
  const layer = make(svg, "g", {});
  for (const id of new Set(data.evidence)) {
    const i = g.index.get(id), lane = i === undefined ? undefined : g.lanes.get(g.events[i].node);
    if (lane !== undefined) make(layer, "circle", {class: "culprit", r: 12, cx: g.x[lane], cy: g.y[i]});
  }
  const groups = drawEvents(layer, g, data);
  drawAxis(document.getElementById("axis"), g);
  drawHeads(document.getElementById("heads"), g, data);
  return {g, groups, arrows, colours};
}

// drawLegend explains the signs that occur in this page, and no others.
function drawLegend(parent, data, colours) {
  parent.replaceChildren();
  const row = (words, paint) => {
    const line = element(parent, "div", undefined, "row");
    const svg = make(line, "svg", {width: 46, height: 18, viewBox: "0 0 46 18", "aria-hidden": "true"});
    paint(svg);
    element(line, "span", words);
  };
  const has = test => data.events.some(test);
  const arrow = (cls, head) => svg => make(svg, "path", {class: "arrow " + cls, d: "M3,4L42,14", ...(head ? {"marker-end": `url(#${head})`} : {})});
  if (has(e => e.kind === "deliver" && !e.reply)) row("request", arrow("", "m-req"));
  if (has(e => e.kind === "deliver" && e.reply)) row("reply", arrow("reply", "m-reply"));
  if (has(e => e.kind === "drop")) row("lost", svg => {
    make(svg, "path", {class: "arrow lost", d: "M3,3L32,11"});
    make(svg, "path", {class: "cross", d: "M-4,-4L4,4M4,-4L-4,4", transform: "translate(35,12)"});
  });
  if (has(e => e.kind === "duplicate")) row("arrives once more", svg => {
    make(svg, "path", {class: "arrow dup", d: "M3,2L38,11"});
    make(svg, "path", {class: "arrow dup", d: "M3,6L42,16", "marker-end": "url(#m-dup)"});
  });
  const words = {timeout: "gives up a call", crash: "crash; the lane is dashed while down", restart: "restart", save: "writes its disk", durable: "the disk is done",
    apply: "applies a command", log: "log line", refused: "a past life acts; refused"};
  for (const kind in words) if (has(e => e.kind === kind)) row(words[kind], svg =>
    make(make(svg, "g", {class: kind, transform: "translate(23,9)"}), "path", {class: "mark", d: markOf(kind)}));
  if (data.cut || has(e => e.cut)) row("links are cut", svg => make(svg, "rect", {class: "cut", width: 46, height: 18}));
  if (data.evidence.length) row("what the broken rule points at", svg => make(svg, "circle", {class: "culprit", r: 7, cx: 23, cy: 9}));
  for (const [key, values] of colours.seen) {
    element(parent, "h3", key);
    if (!colours.first.has(key)) { row(values.length + " values, in turn", svg => {
      make(svg, "rect", {class: "plain0", x: 18, width: 10, height: 9}); make(svg, "rect", {class: "plain1", x: 18, y: 9, width: 10, height: 9});
    }); continue; }
    for (const value of values) row(value || "(empty)", svg => make(svg, "rect", {class: colours.classOf(key, value), x: 18, width: 10, height: 18, rx: 2}));
  }
}
