
"use strict";
// What the page knows of the run. Nothing here draws.

const MESSAGES = new Set(["send", "deliver", "drop", "duplicate", "timeout"]);
const isMessage = e => MESSAGES.has(e.kind);
const OUTCOMES = new Set(["deliver", "drop", "duplicate"]); // what may become of a send

// read turns the page's data into events with their words, and the indexes
// that the rest looks things up in.
function read(text) {
  const data = JSON.parse(text);
  for (const e of data.events) {
    for (const field of ["method", "payload", "key", "value", "text"]) e[field] = data.words[e[field] || 0];
  }
  data.index = new Map(data.events.map((e, i) => [e.id, i]).filter(([id]) => id > 0));
  data.lane = new Map(data.lanes.map((l, i) => [l.node, i]));
  data.rings = new Set(data.evidence.map(id => data.index.get(id)).filter(i => i !== undefined));
  // stepBefore is, for each event, the event before it on its node, or -1:
  // with causes, what an event's past is made of.
  const latest = new Map();
  data.stepBefore = data.events.map((e, i) => {
    const before = e.node >= 0 && e.kind !== "drop" && latest.has(e.node) ? latest.get(e.node) : -1;
    if (!data.unnoticed.includes(e.kind)) latest.set(e.node, i);
    return before;
  });
  data.saveOf = savesOf(data.events);
  return data;
}

// savesOf returns, for each save that reached the disk, the save it was.
function savesOf(events) {
  const saves = new Map(), of = new Map();
  events.forEach((e, i) => {
    const number = e.node + " " + (e.n || 0);
    if (e.kind === "save") saves.set(number, i);
    if (e.kind === "durable" && saves.has(number)) of.set(i, saves.get(number));
  });
  return of;
}

const nameOf = (data, node) => {
  const lane = data.lane.get(node);
  if (lane !== undefined) return data.lanes[lane].name;
  return node < 0 ? "the test or the network" : "node " + node;
};

const timeOf = e => (e.at / 1e6).toFixed(3);
const methodOf = e => e.method.slice(e.method.lastIndexOf(".") + 1);

// labelOf returns the few words that stand beside an event.
function labelOf(e) {
  const text = e.text || e.payload, and = words => (words + " " + text).trim();
  switch (e.kind) {
  case "send": return and(e.reply ? "reply" : methodOf(e));
  case "deliver": case "duplicate": case "drop": return "";
  case "timeout": return and("gave up");
  case "restart": return and("restart, life " + e.life);
  case "save": return and(("save " + (e.n || 0) + " " + e.value).trim());
  case "durable": return "save " + (e.n || 0) + " on disk";
  case "apply": return and("apply " + (e.n || 0));
  case "state": return e.key + " = " + e.value;
  case "partition": return and("links:");
  case "violation": return (e.key + ": " + e.text).replace(/^: /, "");
  case "log": case "note": return text;
  }
  return and(e.kind);
}

// wordsOf says what an event is, for those who hear the page.
function wordsOf(data, e) {
  const route = isMessage(e) ? [nameOf(data, e.from) + " to " + nameOf(data, e.to) + ",", methodOf(e), e.reply ? "reply" : "request"] : [];
  return [(e.id ? "event " + e.id : "verdict") + " at " + timeOf(e) + " ms,", nameOf(data, e.node) + ":", e.kind, ...route,
          labelOf(e) || e.payload].join(" ").slice(0, 300);
}

// textOf returns all words of an event in lower case, to search in.
function textOf(data, i) {
  const e = data.events[i];
  if (e.searched === undefined) {
    e.searched = [e.id, timeOf(e), e.kind, nameOf(data, e.node), e.method, isMessage(e) ? (e.reply ? "reply" : "request") : "", labelOf(e), e.payload]
      .join(" ").toLowerCase();
  }
  return e.searched;
}

function causeOf(data, i) {
  const cause = data.index.get(data.events[i].cause);
  return cause === undefined ? -1 : cause;
}

// pastOf returns the events of the page that happened before event i, and i.
// Of the violation these are what it points at, and what led there.
function pastOf(data, i) {
  const found = new Set(), todo = i === data.violation ? [i, ...data.rings] : [i];
  while (todo.length) {
    const j = todo.pop();
    if (j < 0 || found.has(j)) continue;
    found.add(j);
    todo.push(causeOf(data, j), data.stepBefore[j]);
  }
  return found;
}

// callOf returns the events of the call that event i belongs to, and i.
function callOf(data, i) {
  const call = data.events[i].call, found = new Set([i]);
  if (call) data.events.forEach((e, j) => { if (e.call === call && isMessage(e)) found.add(j); });
  return found;
}

// statesAt rebuilds what event i's node was just after it: key to value.
function statesAt(data, i) {
  const node = data.events[i].node, lane = data.lanes[data.lane.get(node)];
  let states = new Map(lane ? lane.states : []);
  for (let j = 0; j <= i; j++) {
    const e = data.events[j];
    if (e.node !== node) continue;
    if (e.kind === "state") states.set(e.key, e.value);
    if (e.kind === "crash") states = new Map();
  }
  return states;
}
