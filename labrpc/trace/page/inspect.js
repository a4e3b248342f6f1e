
// What happens on a click, a hover and a key.

function start() {
  const byId = id => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const scroll = byId("scroll"), plot = byId("plot"), detail = byId("detail"), legend = byId("legend");
  let view, chosen = -1, current = -1, near = -1;

  const show = (id, text) => { byId(id).textContent = text; byId(id).hidden = false; };
  byId("run").textContent = data.run;
  if (data.before + data.after > 0) {
    const parts = [];
    if (data.before > 0) parts.push(data.before.toLocaleString("en") + " before");
    if (data.after > 0) parts.push(data.after.toLocaleString("en") + " after");
    show("omitted", "Drawn: " + data.events.length.toLocaleString("en") + " events. Left out: " + parts.join(" and ") + " these.");
  }
  if (data.replay) {
    const line = byId("replay");
    line.hidden = false;
    line.querySelector("code").textContent = data.replay;
    line.querySelector("button").addEventListener("click", event => {
      const button = event.currentTarget;
      const said = word => { button.textContent = word; setTimeout(() => { button.textContent = "copy"; }, 1500); };
      if (!navigator.clipboard) { getSelection().selectAllChildren(line.querySelector("code")); said("selected"); return; }
      navigator.clipboard.writeText(data.replay).then(() => said("copied"), () => said("cannot copy here"));
    });
  }
  if (data.violation >= 0) {
    const e = data.events[data.violation], line = byId("verdict");
    line.hidden = false;
    element(line, "b", (e.key || "A rule") + " broke at " + e.time + " ms:");
    element(line, "span", (e.text || "") + " ");
    element(line, "button", "show").addEventListener("click", () => choose(data.violation, true));
  }
  if (data.events.length === 0) byId("empty").hidden = false;
  legend.open = innerWidth > 760;

  // stepBefore is, for each event, the event before it on its node, or -1:
  // with causes, what an event's past is made of.
  const stepBefore = [], latest = new Map();
  data.events.forEach((e, i) => {
    stepBefore[i] = latest.has(e.node) && e.node >= 0 && e.kind !== "drop" ? latest.get(e.node) : -1;
    if (e.noticed) latest.set(e.node, i);
  });
  const causeOf = i => { const c = view.g.index.get(data.events[i].cause); return c === undefined ? -1 : c; };
  function past(i) {
    const found = new Set(), todo = [i];
    while (todo.length) {
      const j = todo.pop();
      if (j < 0 || found.has(j)) continue;
      found.add(j);
      todo.push(causeOf(j), stepBefore[j]);
    }
    return found;
  }

  function mark(name, set) {
    for (const node of plot.querySelectorAll("." + name)) node.classList.remove(name);
    for (const i of set) {
      view.groups[i].classList.add(name);
      if (name === "past") for (const arrow of view.arrows.get(i) || []) arrow.classList.add(name);
    }
  }

  function tell(i) {
    detail.replaceChildren();
    if (i < 0) {
      element(detail, "p", data.events.length ? "Point at an event to see what it is and what led to it. Click to hold it; arrow keys walk from there." : "", "hint");
      return;
    }
    const e = data.events[i];
    element(detail, "h2", (e.id ? "Event " + e.id + ": " : "") + e.kind);
    const list = element(detail, "dl");
    const fact = (name, value) => { element(list, "dt", name); return element(list, "dd", value); };
    fact("at", e.time + " ms");
    fact("node", nameOf(data, e.node) + (e.life ? ", life " + e.life : ""));
    if (isMessage(e)) {
      fact("from, to", nameOf(data, e.from) + " → " + nameOf(data, e.to));
      fact(e.reply ? "reply of" : "request", (e.method || "") + " (call " + (e.call || 0) + ")");
    }
    if (e.bytes) fact("size", e.bytes + " bytes");
    if (e.n) fact("number", e.n);
    if (e.key) fact(e.kind === "violation" ? "rule" : "key", e.key);
    if (e.value) fact("value", e.value);
    if (e.text) element(detail, "pre", e.text);
    if (e.payload) element(detail, "pre", e.payload);
    if (e.cause) {
      const line = fact("cause", ""), c = causeOf(i);
      if (c < 0) line.textContent = "event " + e.cause + ", not drawn";
      else element(line, "button", "event " + e.cause + ", " + data.events[c].kind).addEventListener("click", () => choose(c, true));
    }
    fact("past", (past(i).size - 1).toLocaleString("en") + " events drawn here");
  }

  function choose(i, go) {
    chosen = i;
    plot.classList.toggle("chosen", i >= 0);
    mark("chosen", i < 0 ? [] : [i]);
    mark("past", i < 0 ? [] : past(i));
    tell(i);
    if (i < 0) return;
    if (current >= 0) view.groups[current].setAttribute("tabindex", -1);
    current = i;
    view.groups[i].setAttribute("tabindex", 0);
    if (go) { view.groups[i].focus({preventScroll: true}); bring(i); }
  }

  // bring scrolls an event into sight.
  function bring(i, share) {
    const y = view.g.y[i] + 30, top = scroll.scrollTop, high = scroll.clientHeight;
    if (share || y < top + 70 || y > top + high - 40) scroll.scrollTop = y - high * (share || 0.5);
    const beside = i === data.violation ? culpritOf(data, view.g) : i;
    const lane = beside === undefined ? undefined : view.g.lanes.get(data.events[beside].node);
    if (lane === undefined) return;
    const x = view.g.x[lane], left = scroll.scrollLeft, room = scroll.clientWidth - view.g.axis;
    if (x < left + 20 || x + 90 > left + room) scroll.scrollLeft = x - room / 2;
  }

  function hover(i) {
    if (i === near) return;
    near = i;
    mark("near", i < 0 ? [] : [i]);
    if (chosen >= 0) { tell(i >= 0 ? i : chosen); return; }
    mark("past", i < 0 ? [] : past(i));
    tell(i);
  }

  const eventAt = target => { const group = target.closest && target.closest(".ev"); return group ? Number(group.dataset.i) : -1; };
  plot.addEventListener("pointerover", event => { if (event.pointerType !== "touch") hover(eventAt(event.target)); });
  plot.addEventListener("pointerleave", () => hover(-1));
  plot.addEventListener("click", event => { const i = eventAt(event.target); choose(i === chosen ? -1 : i, i >= 0); });

  function along(i, step) {
    for (let j = i + step; j >= 0 && j < data.events.length; j += step) if (data.events[j].node === data.events[i].node) return j;
    return -1;
  }
  const effectOf = i => data.events.findIndex((e, j) => j > i && causeOf(j) === i && (isMessage(e) || data.events[i].kind !== "send"));
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("button, summary")) return;
    if (event.key === "Escape") { choose(-1); return; }
    if ((event.key === "v" || event.key === "V") && data.violation >= 0) { choose(data.violation, true); return; }
    const i = eventAt(event.target);
    if (i < 0) return;
    const next = {ArrowUp: () => along(i, -1), ArrowDown: () => along(i, 1), ArrowLeft: () => causeOf(i), ArrowRight: () => effectOf(i),
      Enter: () => i, " ": () => i}[event.key];
    if (!next) return;
    event.preventDefault();
    if (next() >= 0) choose(next(), true);
  });

  // Words that belong to all lanes stay in sight when the lanes move.
  scroll.addEventListener("scroll", () => plot.style.setProperty("--left", scroll.scrollLeft + "px"), {passive: true});

  let width = 0;
  function redraw() {
    if (scroll.clientWidth === width) return;
    width = scroll.clientWidth;
    view = draw(data, width);
    const kept = chosen;
    current = view.groups.length ? Math.max(0, data.violation) : -1;
    if (current >= 0) view.groups[current].setAttribute("tabindex", 0);
    choose(kept);
    if (data.violation >= 0) bring(data.violation, 0.72);
  }
  redraw();
  // page.html#event-812 opens at event 812.
  const asked = view.g.index.get(Number((location.hash.match(/^#event-(\d+)$/) || [])[1]));
  if (asked !== undefined) choose(asked, true);
  drawLegend(legend.querySelector("div"), data, view.colours);
  addEventListener("resize", redraw);
  document.documentElement.dataset.drawn = "yes";
}

start();
