
// Where things are. layout turns events and a choice of them into heights;
// columnsOf turns a width into lanes. Neither draws.

const ROW = 16;      // least distance of two texts in a lane
const DOT = 9;       // least distance of two marks in a lane
const SILENCE = 64;  // most that a pause is drawn as
const TEXT = 13;     // from a lane's line to its texts

// isWide tells which events take a line of their own across all lanes.
const isWide = (data, e) => e.kind === "violation" || (!isMessage(e) && (e.node < 0 || !data.lane.has(e.node)));

// scaleOf returns how many pixels a nanosecond takes: a usual latency is
// drawn about 44 pixels high.
function scaleOf(data) {
  const events = data.events, spans = [];
  events.forEach((e, i) => {
    const send = e.kind === "deliver" ? events[causeOf(data, i)] : undefined;
    if (send && e.at > send.at) spans.push(e.at - send.at);
  });
  if (spans.length === 0) {
    for (let i = 1; i < events.length; i++) if (events[i].at > events[i - 1].at) spans.push(events[i].at - events[i - 1].at);
  }
  spans.sort((a, b) => a - b);
  return spans.length ? 44 / spans[spans.length >> 1] : 1;
}

// layout returns y by event at a zoom of 1, the gaps that were shortened,
// the messages' arrows, and the bands of states. Only the events in shown
// take room; heights are whole pixels and never decrease.
function layout(data, shown) {
  const {events, lane} = data, scale = scaleOf(data);
  const y = [], gaps = [];
  const lastDot = data.lanes.map(() => 0), lastText = data.lanes.map(() => 0);
  let at = 14, before = null;
  events.forEach((e, i) => {
    if (!shown[i]) { y[i] = at; return; }
    const pause = before === null ? 0 : Math.max(0, (e.at - before) * scale);
    let top = at + (before === null ? 0 : Math.max(3, Math.min(pause, SILENCE)));
    const wide = isWide(data, e), own = lane.get(e.node);
    if (wide) {
      top = Math.max(top, at + 18, Math.max(0, ...lastText) + 20);
    } else {
      if (e.kind !== "drop") {
        top = Math.max(top, lastDot[own] + DOT);
        if (labelOf(e)) top = Math.max(top, lastText[own] + ROW);
      }
      const send = causeOf(data, i);
      if (OUTCOMES.has(e.kind) && send >= 0) top = Math.max(top, y[send] + 16);
    }
    top = Math.ceil(top);
    if (pause > SILENCE && top - at >= 34) gaps.push({y: (top + at) / 2, high: top - at, ns: e.at - before});
    y[i] = top;
    if (wide) {
      const next = top + (e.kind === "violation" ? 10 : 4);
      for (let l = 0; l < lastText.length; l++) lastText[l] = lastDot[l] = next;
    } else if (e.kind !== "drop") {
      lastDot[own] = top;
      if (labelOf(e)) lastText[own] = top;
    }
    at = top;
    before = before === null ? e.at : Math.max(before, e.at);
  });
  const height = at + 40, keys = bandKeys(data);
  // What is hidden at the end must not colour the lanes' last pixels.
  for (let i = shown.lastIndexOf(true) + 1; i < events.length; i++) y[i] = height;
  return {shown, y, gaps, height, keys, order: events.map((_, i) => i).filter(i => shown[i]),
          arrows: arrowsOf(data, shown, y), bands: bandsOf(data, keys, y, height),
          downs: downsOf(data, y, height), cuts: cutsOf(data, y, height)};
}

// columnsOf returns the lanes' places in a width: x by lane, undefined where
// a lane is hidden. Lanes widen with a zoom beyond 1, for longer words.
function columnsOf(data, hidden, keys, available, zoom) {
  const last = data.events[data.events.length - 1], digits = last ? timeOf(last).length : 0;
  const axis = Math.max(available < 520 ? 50 : 74, 12 + 7 * digits), inset = 16 + 11 * keys.length;
  const room = available - axis - 4, seen = data.lanes.filter(l => !hidden.has(l.node)).length;
  const least = available < 520 ? 78 : 112;
  const even = Math.floor(Math.min(300, Math.max(least + inset, (room - inset) / Math.max(1, seen))));
  const laneWidth = Math.floor(even * Math.min(3, Math.max(1, zoom)));
  const width = Math.max(laneWidth * seen + inset, Math.min(room, 640));
  let next = 0;
  const x = data.lanes.map(l => hidden.has(l.node) ? undefined : laneWidth * next++ + inset);
  return {x, axis, laneWidth, width, sight: Math.min(width, room)};
}

// arrowsOf returns the messages to draw, each with the event that it belongs
// to: {i, from, to, top, bottom, kind, known}. An arrow whose send is not
// known, and a send of which nothing came, are drawn as stubs.
function arrowsOf(data, shown, y) {
  const arrows = [], ended = new Set();
  data.events.forEach((e, i) => {
    if (!shown[i] || !OUTCOMES.has(e.kind)) return;
    const send = causeOf(data, i);
    if (send >= 0) ended.add(send);
    arrows.push({i, from: data.lane.get(e.from), to: data.lane.get(e.to), reply: !!e.reply, known: send >= 0,
                 kind: {deliver: "", duplicate: " dup", drop: " lost"}[e.kind], top: send < 0 ? Math.max(2, y[i] - 24) : y[send], bottom: y[i]});
  });
  data.events.forEach((e, i) => {
    if (!shown[i] || e.kind !== "send" || ended.has(i) || e.from === e.to) return;
    arrows.push({i, from: data.lane.get(e.from), to: data.lane.get(e.to), reply: !!e.reply, known: true, kind: " flying", top: y[i], bottom: y[i] + 14});
  });
  return arrows;
}

// bandKeys returns the keys that get a band: the first two of the run. Others
// are shown by their labels only, so that lanes stay narrow.
function bandKeys(data) {
  const keys = [];
  const meet = key => { if (!keys.includes(key) && keys.length < 2) keys.push(key); };
  for (const l of data.lanes) for (const [key] of l.states) meet(key);
  for (const e of data.events) if (e.kind === "state") meet(e.key);
  return keys;
}

// bandsOf returns how long each state lasted: {key, value, lane, top, bottom}.
function bandsOf(data, keys, y, height) {
  const open = new Map(), bands = [];
  const close = (lane, key, bottom) => {
    const id = lane + " " + key, band = open.get(id);
    if (band) { band.bottom = bottom; bands.push(band); open.delete(id); }
  };
  const begin = (lane, key, value, top) => {
    if (!keys.includes(key)) return;
    close(lane, key, top);
    open.set(lane + " " + key, {lane, key, value, top});
  };
  data.lanes.forEach((l, i) => { for (const [key, value] of l.states) begin(i, key, value, 0); });
  data.events.forEach((e, i) => {
    const lane = data.lane.get(e.node);
    if (lane === undefined) return;
    if (e.kind === "state") begin(lane, e.key, e.value, y[i]);
    if (e.kind === "crash") for (const key of keys) close(lane, key, y[i]);
  });
  for (const band of [...open.values()]) close(band.lane, band.key, height);
  return bands.sort((a, b) => a.top - b.top);
}

// downsOf returns when each lane is down: {lane, top, bottom}.
function downsOf(data, y, height) {
  const since = data.lanes.map(l => l.down ? 0 : null), downs = [];
  data.events.forEach((e, i) => {
    const lane = data.lane.get(e.node);
    if (lane === undefined) return;
    if (e.kind === "crash" && since[lane] === null) since[lane] = y[i];
    if (e.kind === "restart" && since[lane] !== null) {
      downs.push({lane, top: since[lane], bottom: y[i]});
      since[lane] = null;
    }
  });
  since.forEach((top, lane) => { if (top !== null) downs.push({lane, top, bottom: height}); });
  return downs;
}

// cutsOf returns when links are cut: {top, bottom}.
function cutsOf(data, y, height) {
  const cuts = [];
  let since = data.cut ? 0 : null;
  data.events.forEach((e, i) => {
    if (e.kind !== "partition" || !!e.cut === (since !== null)) return;
    if (since !== null) cuts.push({top: since, bottom: y[i]});
    since = e.cut ? y[i] : null;
  });
  if (since !== null) cuts.push({top: since, bottom: height});
  return cuts;
}
