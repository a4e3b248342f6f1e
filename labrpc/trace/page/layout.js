
"use strict";
// Where things are. layout turns the page's data and a width into numbers;
// it draws nothing.

const ROW = 16;      // least distance of two texts in a lane
const DOT = 9;       // least distance of two marks in a lane
const SILENCE = 64;  // most that a pause is drawn as
const TEXT = 13;     // from a lane's line to its texts

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
  if (measure(text, bold) <= width) return text;
  const chars = Array.from(text.slice(0, 400));
  let low = 0, high = chars.length;
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if (measure(chars.slice(0, mid).join("") + "…", bold) <= width) low = mid; else high = mid - 1;
  }
  return low > 0 ? chars.slice(0, low).join("").trimEnd() + "…" : "";
}

// isWide tells which events take a line of their own across all lanes.
const isWide = (e, lanes) => e.kind === "violation" || (!isMessage(e) && (e.node < 0 || !lanes.has(e.node)));
const isMessage = e => ["send", "deliver", "drop", "duplicate", "timeout"].includes(e.kind);

// scaleOf returns how many pixels a nanosecond takes: a usual latency is
// drawn about 44 pixels high.
function scaleOf(events, index) {
  const spans = [];
  events.forEach((e, i) => {
    const send = e.kind === "deliver" ? events[index.get(e.cause)] : undefined;
    if (send && e.at > send.at) spans.push(e.at - send.at);
  });
  if (spans.length === 0) {
    for (let i = 1; i < events.length; i++) if (events[i].at > events[i - 1].at) spans.push(events[i].at - events[i - 1].at);
  }
  spans.sort((a, b) => a - b);
  return spans.length ? 44 / spans[spans.length >> 1] : 1;
}

// layout returns x by lane, y by event, the gaps that were shortened, and the
// bands of states: {key, value, lane, top, bottom}.
function layout(data, available) {
  const events = data.events;
  const index = new Map(events.map((e, i) => [e.id, i]).filter(([id]) => id > 0));
  const lanes = new Map(data.lanes.map((l, i) => [l.node, i]));
  const keys = bandKeys(data);
  const axis = available < 520 ? 64 : 74;
  const inset = 16 + 11 * keys.length;
  const room = available - axis - 4;
  const laneWidth = Math.floor(Math.min(300, Math.max(112 + inset, (room - inset) / Math.max(1, data.lanes.length))));
  const width = Math.max(laneWidth * data.lanes.length + inset, Math.min(room, 640));
  const x = data.lanes.map((_, i) => laneWidth * i + inset);

  const scale = scaleOf(events, index);
  const y = [], gaps = [];
  const lastDot = data.lanes.map(() => 0), lastText = data.lanes.map(() => 0);
  let at = 14, before = null;
  events.forEach((e, i) => {
    const wide = isWide(e, lanes);
    const pause = before === null ? 0 : Math.max(0, (e.at - before) * scale);
    let top = at + (before === null ? 0 : Math.max(3, Math.min(pause, SILENCE)));
    if (wide) {
      top = Math.max(top, at + 18, Math.max(0, ...lastText) + 20);
    } else {
      if (e.kind !== "drop") {
        const lane = lanes.get(e.node);
        top = Math.max(top, lastDot[lane] + DOT);
        if (e.label) top = Math.max(top, lastText[lane] + ROW);
      }
      const send = index.get(e.cause);
      if (["deliver", "duplicate", "drop"].includes(e.kind) && send !== undefined) top = Math.max(top, y[send] + 16);
    }
    if (pause > SILENCE && top - at >= 34) gaps.push({y: (top + at) / 2, ns: e.at - before});
    y[i] = top;
    if (wide) {
      const next = top + (e.kind === "violation" ? 10 : 4);
      for (let l = 0; l < lastText.length; l++) lastText[l] = lastDot[l] = next;
    } else if (e.kind !== "drop") {
      lastDot[lanes.get(e.node)] = top;
      if (e.label) lastText[lanes.get(e.node)] = top;
    }
    at = top;
    before = before === null ? e.at : Math.max(before, e.at);
  });
  const height = at + 40;
  return {events, index, lanes, keys, axis, laneWidth, width, sight: Math.min(width, room), height, x, y, gaps,
          bands: bandsOf(data, lanes, keys, y, height), downs: downsOf(data, lanes, y, height)};
}

// bandKeys returns the keys that get a band: the first two of the run. Others
// are shown by their labels only, so that lanes stay narrow.
function bandKeys(data) {
  const keys = [];
  const meet = key => { if (!keys.includes(key) && keys.length < 2) keys.push(key); };
  for (const l of data.lanes) for (const [key] of l.states) meet(key);
  for (const e of data.events) if (e.kind === "state") meet(e.key || "");
  return keys;
}

function bandsOf(data, lanes, keys, y, height) {
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
    const lane = lanes.get(e.node);
    if (lane === undefined) return;
    if (e.kind === "state") begin(lane, e.key || "", e.value || "", y[i]);
    if (e.kind === "crash") for (const key of keys) close(lane, key, y[i]);
  });
  for (const band of [...open.values()]) close(band.lane, band.key, height);
  return bands;
}

// downsOf returns when each lane is down: {lane, top, bottom}.
function downsOf(data, lanes, y, height) {
  const since = data.lanes.map(l => l.down ? 0 : null), downs = [];
  data.events.forEach((e, i) => {
    const lane = lanes.get(e.node);
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
