
// What stands around the picture: times, names, and what the signs mean.

// gapText says how long a pause was, in a width of seven characters.
function gapText(ns) {
  const ms = ns / 1e6;
  if (ms >= 1000) return "+" + (ms / 1000).toPrecision(3) + " s";
  return ms >= 0.1 ? "+" + Number(ms.toPrecision(3)) + " ms" : "+" + Number((ns / 1e3).toPrecision(3)) + " µs";
}

function drawAxis(svg, data, g, columns, {zoom, top, bottom}) {
  svg.replaceChildren();
  svg.setAttribute("width", columns.axis);
  svg.setAttribute("height", bottom - top);
  svg.setAttribute("viewBox", `0 ${top} ${columns.axis} ${bottom - top}`);
  const gaps = g.gaps.filter(gap => gap.high * zoom >= 34 && gap.y * zoom > top && gap.y * zoom < bottom);
  let last = -100, said = "", gap = 0;
  for (let at = firstAtOrAfter(g, top / zoom); at < g.order.length; at++) {
    const i = g.order[at], y = g.y[i] * zoom, time = timeOf(data.events[i]).slice(0, -1);
    if (y > bottom) break;
    while (gap < gaps.length && gaps[gap].y * zoom < y - 14) gap++;
    const taken = gap < gaps.length && Math.abs(gaps[gap].y * zoom - y) < 14;
    if (time === said || y - last < 17 || taken) continue;
    make(svg, "text", {x: columns.axis - 10, y: y + 4}, time);
    make(svg, "line", {x1: columns.axis - 6, x2: columns.axis, y1: y, y2: y});
    last = y;
    said = time;
  }
  for (const gap of gaps) make(svg, "text", {class: "gap", x: columns.axis - 8, y: gap.y * zoom + 4}, gapText(gap.ns));
}

function drawHeads(heads, data, columns) {
  heads.replaceChildren();
  heads.style.width = columns.axis + columns.width + "px";
  const corner = element(heads, "span", "ms", "corner");
  corner.style.width = columns.axis + "px";
  data.lanes.forEach((l, i) => {
    if (columns.x[i] === undefined) return;
    const head = element(heads, "span", l.name);
    head.title = l.name;
    head.style.left = columns.axis + columns.x[i] - 5 + "px";
    head.style.maxWidth = columns.laneWidth - 12 + "px";
  });
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
  const words = {timeout: "gives up a call", crash: "crash; the lane is dashed while down", restart: "restart", "save cached": "writes its disk; a crash may lose it",
    save: "writes its disk", durable: "the write is on disk", apply: "applies a command", log: "log line", refused: "refused to a past life, or lost with it"};
  const signOf = e => e.kind + (e.kind === "save" && e.value === "cached" ? " cached" : "");
  for (const kind in words) if (has(e => signOf(e) === kind)) row(words[kind], svg =>
    make(make(svg, "g", {class: kind, transform: "translate(23,9)"}), "path", {class: "mark", d: markOf(kind.split(" ")[0])}));
  if (data.events.length > 200) row("crowded: the longer, the more events; zoom in", svg => make(svg, "path", {class: "crowd", d: "M12,2h16v3h-16zM12,6h10v3h-10zM12,10h24v3h-24z"}));
  if (data.cut || has(e => e.cut)) row("links are cut", svg => make(svg, "rect", {class: "cut", width: 46, height: 18}));
  if (data.evidence.length) row("what the broken rule points at", svg => make(svg, "circle", {class: "culprit", r: 7, cx: 23, cy: 9}));
  for (const [key, values] of colours.seen) {
    element(parent, "h3", key);
    if (!colours.first.has(key)) { row(values.size + " values, in turn", svg => {
      make(svg, "rect", {class: "plain0", x: 18, width: 10, height: 9}); make(svg, "rect", {class: "plain1", x: 18, y: 9, width: 10, height: 9});
    }); continue; }
    for (const value of values.keys()) row(value || "(empty)", svg => make(svg, "rect", {class: colours.classOf(key, value), x: 18, width: 10, height: 18, rx: 2}));
  }
  const keys = [["+ −", "zoom; also Ctrl and the wheel, or the wheel over the times"], ["0", "the whole run"], ["1", "every event and its words"], ["V", "the violation"], ["/", "search"],
    ["arrows", "move; with an event held, walk"], ["Esc", "let go"]];
  element(parent, "h3", "Keys");
  for (const [key, does] of keys) {
    const line = element(parent, "div", undefined, "row");
    element(line, "kbd", key);
    element(line, "span", does);
  }
}
