
// What to leave out where marks would crowd. At a zoom of 1 nothing is left
// out: layout kept the distances.

const CLOSE = 6;   // least distance of two marks in a lane, in pixels
const MANY = 500;  // so many arrows are drawn one by one
const BUCKET = 4;  // height of a bar that stands for the marks left out
const DENSE = 0.5; // events a pixel, from which on only rare events get marks
const SOLID = 2;   // events a pixel, from which on arrows would say nothing

// firstAtOrAfter returns the place in g.order of the first event at height y.
function firstAtOrAfter(g, y) {
  let low = 0, high = g.order.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (g.y[g.order[mid]] < y) low = mid + 1; else high = mid;
  }
  return low;
}

const RARE = new Set(["crash", "restart", "partition", "state", "note"]);

// thin says which events between two heights get a mark, which a label, and
// how many others there are: {all, lost} by lane and bucket. Rare events go
// first; special is the set of those that must not be missed.
function thin(data, g, zoom, top, bottom, special) {
  const range = g.order.slice(firstAtOrAfter(g, top / zoom), firstAtOrAfter(g, bottom / zoom + 1e-9));
  const density = range.length / Math.max(1, bottom - top), dense = zoom < 1 && density > DENSE;
  const ranks = [[], [], []];
  for (const i of range) {
    const e = data.events[i];
    if (e.kind === "violation") ranks[0].unshift(i); else ranks[special.has(i) ? 0 : RARE.has(e.kind) ? 1 : 2].push(i);
  }
  const marks = new Set(), labels = new Set(), crowd = new Map();
  const rows = data.lanes.map(() => new Set()), dots = new Map();
  const everyLane = data.lanes.map((_, l) => l);
  const free = (taken, slot) => !taken.has(slot) && !taken.has(slot - 1) && !taken.has(slot + 1);
  ranks.forEach((rank, r) => {
    for (const i of rank) {
      const e = data.events[i], y = g.y[i] * zoom, wide = isWide(data, e);
      const lanes = wide ? everyLane : [data.lane.get(e.kind === "drop" ? e.to : e.node)];
      const row = Math.floor(y / (ROW / 2)), dot = Math.floor(y / (CLOSE / 2));
      const place = e.kind === "drop" ? e.from + " " + e.to : lanes[0];
      if (!dots.has(place)) dots.set(place, new Set());
      const marked = r === 0 || zoom >= 1 || !(dense && r === 2) && (wide ? lanes.every(l => free(rows[l], row)) : free(dots.get(place), dot));
      if (!marked) {
        if (wide) continue;
        if (!crowd.has(lanes[0])) crowd.set(lanes[0], new Map());
        const bars = crowd.get(lanes[0]), bucket = Math.floor(y / BUCKET);
        const bar = bars.get(bucket) || {all: 0, lost: 0};
        bar[e.kind === "drop" ? "lost" : "all"]++;
        bars.set(bucket, bar);
        continue;
      }
      marks.add(i);
      if (!wide) dots.get(place).add(dot);
      if (!wide && !labelOf(e)) continue;
      if (zoom >= 1 || lanes.every(l => free(rows[l], row))) {
        labels.add(i);
        for (const l of lanes) {
          rows[l].add(row);
          if (e.kind === "violation") rows[l].add(row - 1).add(row + 1);
        }
      }
    }
  });
  return {marks, labels, crowd, density};
}

// thinArrows returns the arrows between two heights to draw one by one, and
// the rest as bundles of a few by class, at most one between two lanes every
// few pixels, and none where they would be a solid block.
function thinArrows(g, zoom, top, bottom, special, density) {
  const seen = g.arrows.filter(a => a.bottom * zoom >= top - 20 && a.top * zoom <= bottom + 20);
  if (seen.length <= MANY) return {single: seen, bundles: new Map()};
  const single = [], bundles = new Map(), taken = new Set();
  for (const a of seen) {
    if (special.has(a.i)) { single.push(a); continue; }
    if (density > SOLID) continue;
    const place = [a.from, a.to, a.kind, Math.round(a.top * zoom / 5), Math.round(a.bottom * zoom / 5)].join(" ");
    if (taken.has(place)) continue;
    taken.add(place);
    if (a.kind === " lost" && density <= DENSE) { single.push(a); continue; }
    const cls = "arrow" + (a.reply ? " reply" : "") + a.kind;
    if (!bundles.has(cls)) bundles.set(cls, []);
    bundles.get(cls).push(a);
  }
  return {single, bundles};
}
