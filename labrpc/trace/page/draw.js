
// How things look. draw builds the picture of what lies between two heights.
// Words from the run only ever become text nodes.

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

const measure = (() => {
  const pen = document.createElement("canvas").getContext("2d");
  const family = getComputedStyle(document.documentElement).fontFamily;
  return (text, bold) => {
    pen.font = (bold ? "700" : "400") + " 11.5px " + family;
    return pen.measureText(text).width;
  };
})();

// fit cuts text to width, with an ellipsis, never inside a character.
function fit(text, width, bold) {
  const chars = Array.from(text.slice(0, 400));
  if (text.length < 400 && measure(text, bold) <= width) return text;
  let low = 0, high = chars.length;
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if (measure(chars.slice(0, mid).join("") + "…", bold) <= width) low = mid; else high = mid - 1;
  }
  return low > 0 ? chars.slice(0, low).join("").trimEnd() + "…" : "";
}

// marks are the shapes of events, centred on 0, 0.
const marks = {
  crash: "M-7,-5L7,5M7,-5L-7,5", refused: "M-4,-4L4,4M4,-4L-4,4",
  restart: "M-6,-5H6L0,6Z", save: "M-4,-4H4V4H-4Z", durable: "M-4,-4H4V4H-4Z", apply: "M0,-5.5L5.5,0L0,5.5L-5.5,0Z",
  log: "M-6,0H6", state: "M-7,-1.5H7V1.5H-7Z",
};
const circle = r => `M-${r},0A${r},${r} 0 1 1 ${r},0A${r},${r} 0 1 1 -${r},0Z`;
const markOf = kind => marks[kind] || circle(kind === "timeout" ? 5 : 4);
const CROSS = "M-4.5,-4.5L4.5,4.5M4.5,-4.5L-4.5,4.5";

// coloursOf gives each value of a key its class; a key of many values, like a
// term or a clock, alternates between two greys.
function coloursOf(keys, bands) {
  const seen = new Map(keys.map(key => [key, new Map()]));
  for (const band of bands) {
    const values = seen.get(band.key);
    if (!values.has(band.value)) values.set(band.value, values.size);
  }
  let next = 0;
  const first = new Map();
  for (const key of keys) if (seen.get(key).size <= 6) { first.set(key, next); next += seen.get(key).size; }
  const classOf = (key, value) => {
    const at = seen.get(key).get(value);
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
function segment({x1, y1, x2, y2}, shift) {
  if (x1 === x2) return `M${x1 + 3},${y1}C${x1 + 26 + shift},${y1 + 2} ${x2 + 26 + shift},${y2 - 2} ${x2 + 5},${y2}`;
  const length = Math.hypot(x2 - x1, y2 - y1), ux = (x2 - x1) / length, uy = (y2 - y1) / length;
  const point = (x, y) => (x - uy * shift).toFixed(1) + "," + (y + ux * shift).toFixed(1);
  return "M" + point(x1 + ux * 4, y1 + uy * 4) + "L" + point(x2 - ux * 6, y2 - uy * 6);
}

const crossX = (xs, xr) => xs === xr ? xs + 30 : xs + 0.62 * (xr - xs);

// placeOf returns the line of an arrow, or undefined if both its lanes are
// hidden. Towards a hidden lane, or without a known end, it is a stub.
function placeOf(a, columns, zoom) {
  let x1 = columns.x[a.from], x2 = columns.x[a.to];
  const y1 = a.top * zoom, y2 = a.bottom * zoom, side = Math.sign(a.to - a.from) || 1;
  if (x1 === undefined && x2 === undefined) return undefined;
  if (a.kind === " lost") {
    if (x1 === undefined) x1 = x2 - side * 60;
    if (x2 === undefined) x2 = x1 + side * 60;
    return {x1, y1, x2: a.from === a.to ? x1 + 24 : crossX(x1, x2), y2, cross: crossX(x1, x2)};
  }
  if (x2 === undefined || a.kind === " flying") return {x1, y1, x2: x1 + side * 46, y2: Math.min(y2, y1 + 14)};
  if (x1 === undefined || !a.known) x1 = x2 - (a.from === a.to ? 0 : side * 40);
  return {x1, y1: Math.abs(x2 - x1) <= 40 ? Math.max(y1, y2 - 24) : y1, x2, y2};
}

// drawArrows draws the messages; it returns the drawn ones with their places.
function drawArrows(layer, {single, bundles}, columns, zoom) {
  const drawn = [];
  for (const [cls, arrows] of bundles) {
    const lines = arrows.map(a => ({a, at: placeOf(a, columns, zoom)})).filter(l => l.at);
    for (const {a, at} of lines) drawn.push({i: a.i, ...at, nodes: []});
    make(layer, "path", {class: cls + " bundle", d: lines.map(l => segment(l.at, 0)).join("")});
  }
  for (const a of single) {
    const at = placeOf(a, columns, zoom);
    if (!at) continue;
    const cls = "arrow" + (a.reply ? " reply" : "") + a.kind + (a.known ? "" : " flying"), nodes = [];
    const head = a.kind === "" || a.kind === " dup" ? {"marker-end": `url(#m-${a.kind ? "dup" : a.reply ? "reply" : "req"})`} : {};
    if (a.kind === " dup") nodes.push(make(layer, "path", {class: cls, d: segment(at, -2.2)}));
    nodes.push(make(layer, "path", {class: cls, d: segment(at, a.kind === " dup" ? 2.2 : 0), ...head}));
    if (a.kind === " lost") nodes.push(make(layer, "path", {class: "cross", d: CROSS, transform: `translate(${at.cross},${at.y2})`}));
    drawn.push({i: a.i, ...at, nodes});
  }
  return drawn;
}

// drawGround draws what lies under the events: cuts, lanes, bands.
function drawGround(svg, g, data, columns, zoom, top, bottom, colours) {
  const inSight = part => part.bottom * zoom >= top && part.top * zoom <= bottom;
  for (const cut of g.cuts.filter(inSight)) make(svg, "rect", {class: "cut", x: 0, y: cut.top * zoom, width: columns.width, height: (cut.bottom - cut.top) * zoom});
  columns.x.forEach((x, l) => {
    if (x === undefined) return;
    let from = top;
    for (const down of g.downs.filter(d => d.lane === l && inSight(d))) {
      const y1 = Math.max(top, down.top * zoom), y2 = Math.min(bottom, down.bottom * zoom);
      make(svg, "line", {class: "lane", x1: x, x2: x, y1: from, y2: y1});
      make(svg, "line", {class: "lane down", x1: x, x2: x, y1, y2});
      from = y2;
    }
    make(svg, "line", {class: "lane", x1: x, x2: x, y1: from, y2: bottom});
  });
  const drawn = new Map();
  for (const b of g.bands.filter(inSight)) {
    const place = b.lane + " " + b.key, y1 = Math.max(top - 4, b.top * zoom), y2 = Math.min(bottom + 4, b.bottom * zoom);
    if (columns.x[b.lane] === undefined || y2 < (drawn.has(place) ? drawn.get(place) : -Infinity) + 1) continue;
    drawn.set(place, y2);
    const x = columns.x[b.lane] - 5 - 11 * g.keys.indexOf(b.key);
    const band = make(svg, "rect", {class: "band " + colours.classOf(b.key, b.value), x, y: y1, width: 10, height: Math.max(1, y2 - y1), rx: 2});
    make(band, "title", {}, b.key + " = " + b.value);
  }
}

// drawCrowd draws, where marks were left out, bars beside the lane that are
// the longer the more events they stand for, with the lost messages first.
function drawCrowd(layer, crowd, columns) {
  const most = columns.laneWidth - 40, length = n => Math.min(most, n ? 3 + 5 * Math.log2(n) : 0).toFixed(1);
  for (const [l, bars] of crowd) {
    const x = columns.x[l];
    if (x === undefined) continue;
    let all = "", lost = "";
    for (const [bucket, n] of bars) {
      const bar = n => `M${x + 7},${bucket * BUCKET}h${length(n)}v${BUCKET - 1}h-${length(n)}z`;
      if (n.all) all += bar(n.all);
      if (n.lost) lost += bar(n.lost);
    }
    make(layer, "path", {class: "crowd", d: all});
    if (lost) make(layer, "path", {class: "crowd losses", d: lost});
  }
}

// drawEvents draws the marks and labels; returns the groups by event.
function drawEvents(layer, g, data, columns, zoom, {marks: marked, labels}) {
  const room = columns.laneWidth - TEXT - 8 - 11 * Math.max(0, g.keys.length - 1) - (g.keys.length ? 5 : 0);
  const groups = new Map(), last = i => data.events[i].kind === "violation"; // on top of all
  for (const i of [...marked].sort((a, b) => last(a) - last(b) || a - b)) {
    const e = data.events[i], wide = isWide(data, e), y = g.y[i] * zoom, label = labels.has(i) ? labelOf(e) : "";
    const x = wide ? 0 : e.kind === "drop" ? dropX(data, e, columns) : columns.x[data.lane.get(e.node)];
    const group = make(layer, "g", {class: "ev " + e.kind + (e.reply ? " reply" : "") + (e.value === "cached" ? " cached" : "") + (wide ? " wide" : ""), id: "ev-" + i, role: "img", "data-i": i,
      "aria-label": wordsOf(data, e), transform: `translate(${x},${y})`});
    if (e.kind === "violation") {
      make(group, "rect", {class: "mark hit", x: 1, y: -11, width: columns.width - 2, height: 21, rx: 3});
      make(group, "text", {x: 8, y: 4}, fit("✕ " + labelOf(e), columns.sight - 18, true));
    } else if (wide) {
      const cls = e.kind === "partition" ? "cutline" : "rule";
      make(group, "line", {class: cls, x1: 0, x2: columns.width, y1: 0, y2: 0});
      make(group, "rect", {class: "hit", x: 1, y: -15, width: columns.width - 2, height: 17});
      if (label) make(group, "text", {x: 6, y: -4}, fit(label, columns.sight - 14));
    } else {
      const save = data.saveOf.get(i);
      if (save !== undefined) make(group, "path", {class: "writing", d: `M4,0H8V${g.y[save] * zoom - y}H4`});
      if (e.kind !== "drop") make(group, "path", {class: "mark", d: markOf(e.kind)});
      if (data.rings.has(i)) make(group, "circle", {class: "culprit", r: 12});
      make(group, "circle", {class: "hit", r: e.kind === "drop" ? 9 : 7.5});
      if (label) make(group, "text", {x: TEXT, y: e.kind === "send" ? 1 : 4}, fit(label, room, e.kind === "state"));
    }
    groups.set(i, group);
  }
  return groups;
}

function dropX(data, e, columns) {
  const at = placeOf({kind: " lost", from: data.lane.get(e.from), to: data.lane.get(e.to), top: 0, bottom: 0}, columns, 1);
  return at ? at.cross : 0;
}

// draw draws what lies between two heights and returns the groups of the
// events, the arrows with their places, and whether marks were left out.
function draw(svg, data, g, columns, colours, {zoom, top, bottom, special}) {
  svg.replaceChildren();
  svg.setAttribute("width", columns.width);
  svg.setAttribute("height", bottom - top);
  svg.setAttribute("viewBox", `0 ${top} ${columns.width} ${bottom - top}`);
  arrowHeads(svg);
  drawGround(svg, g, data, columns, zoom, top, bottom, colours);
  const kept = thin(data, g, zoom, top, bottom, special);
  const arrows = drawArrows(make(svg, "g", {}), thinArrows(g, zoom, top, bottom, special, kept.density), columns, zoom);
  drawCrowd(svg, kept.crowd, columns);
  const groups = drawEvents(make(svg, "g", {}), g, data, columns, zoom, kept);
  return {groups, arrows, crowded: kept.crowd.size > 0};
}
