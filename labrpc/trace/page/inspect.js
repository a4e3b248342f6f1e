
// What is held, and what is told of it.

// newInspector returns what chooses and explains events. makeView makes the
// window once the inspector can say what is held.
function newInspector(data, makeView) {
  const byId = id => document.getElementById(id);
  const scroll = byId("scroll"), plot = byId("plot"), detail = byId("detail");
  const inspector = {chosen: -1, past: new Set()};
  let near = -1, follow = "past";

  const view = makeView(() => inspector, () => { near = -1; dress(inspector.past); });
  inspector.view = view;

  // dress marks what is held, and what led to it, among what is drawn.
  function dress(past) {
    plot.classList.toggle("chosen", inspector.chosen >= 0);
    for (const [i, group] of view.groups) {
      group.classList.toggle("past", past.has(i));
      group.classList.toggle("chosen", i === inspector.chosen);
      group.classList.toggle("near", i === near);
      group.classList.toggle("found", view.matches !== null && view.matches.has(i));
    }
    for (const a of view.arrows) for (const node of a.nodes) {
      node.classList.toggle("past", past.has(a.i));
      node.classList.toggle("near", a.i === near);
    }
  }

  const followed = i => i < 0 ? new Set() : follow === "call" ? callOf(data, i) : pastOf(data, i);

  // choose holds an event, or none, and says so in the page's address.
  inspector.choose = function (i, go) {
    inspector.chosen = i;
    inspector.past = followed(i);
    if (i >= 0 && view.filter.nodes.delete(data.events[i].node)) inspector.changed();
    else if (i >= 0 && !view.isShown(i)) view.arrange(i);
    tell(i);
    if (i >= 0 && go) view.bring(i, besideOf(i));
    view.redraw();
    if (i >= 0) scroll.setAttribute("aria-activedescendant", "ev-" + i); else scroll.removeAttribute("aria-activedescendant");
    const address = i >= 0 && data.events[i].id > 0 ? "#event=" + data.events[i].id : "#";
    try { history.replaceState(null, "", address); } catch { /* some browsers refuse this for files */ }
  };
  // changed is called after the filter changed; the page sets it.
  inspector.changed = () => {};

  // besideOf returns the node to have in sight with an event: a violation's is
  // that of the event after which the rule was broken.
  function besideOf(i) {
    const cause = i === data.violation ? causeOf(data, i) : i;
    return cause < 0 ? undefined : data.events[cause].node;
  }
  inspector.toViolation = share => {
    if (data.violation < 0) return;
    if (share) view.bring(data.violation, besideOf(data.violation), share); else inspector.choose(data.violation, true);
  };

  function tell(i) {
    detail.replaceChildren();
    if (i < 0) {
      element(detail, "p", data.events.length ? "Point at an event or arrow to see what it is and what led to it. Click to hold it; arrow keys walk from there." : "", "hint");
      return;
    }
    const e = data.events[i];
    element(detail, "h2", (e.id ? "Event " + e.id + ": " : "") + e.kind);
    const list = element(detail, "dl");
    const fact = (name, value) => { element(list, "dt", name); return element(list, "dd", value); };
    const link = (parent, j, words) => {
      if (words) element(parent, "button", words).addEventListener("click", () => inspector.choose(j, true));
    };
    fact("at", timeOf(e) + " ms");
    fact("node", nameOf(data, e.node) + (e.life ? ", life " + e.life : ""));
    if (isMessage(e)) {
      fact("from, to", nameOf(data, e.from) + " → " + nameOf(data, e.to));
      fact(e.reply ? "reply of" : "request", e.method + " (call " + (e.call || 0) + ")");
    }
    if (e.bytes) fact("size", e.bytes + " bytes");
    if (e.n) fact("number", e.n);
    if (e.key) fact(e.kind === "violation" ? "rule" : "key", e.key);
    if (e.value) fact("value", e.value);
    if (e.text) element(detail, "pre", e.text);
    if (e.payload) element(detail, "pre", e.payload);
    const cause = causeOf(data, i);
    if (cause >= 0) link(fact("cause", ""), cause, "event " + e.cause + ", " + data.events[cause].kind);
    else if (e.cause) fact("cause", "event " + e.cause + ", not in this page");
    const save = data.saveOf.get(i);
    if (save !== undefined) link(fact("saved by", ""), save, "event " + data.events[save].id);
    const states = e.node >= 0 && e.kind !== "drop" ? statesAt(data, i) : new Map();
    if (states.size) {
      fact("node then", [...states].map(([key, value]) => key + " = " + value).join(", "));
    }
    fact("past", (pastOf(data, i).size - 1).toLocaleString("en") + " events in this page");
    if (i === inspector.chosen) followButtons(i);
  }

  // followButtons offers what to follow from the held event.
  function followButtons(i) {
    const line = element(detail, "p", undefined, "follow"), call = data.events[i].call;
    const button = (words, on, act) => {
      const node = element(line, "button", words);
      node.setAttribute("aria-pressed", on);
      node.addEventListener("click", () => { act(); inspector.choose(i); });
    };
    if (call && isMessage(data.events[i])) {
      button("its past", follow === "past", () => { follow = "past"; release(); });
      button("its call", follow === "call", () => { follow = "call"; release(); });
    }
    const {only} = view.filter;
    button("only these", only !== null, () => { view.filter.only = only ? null : followed(i); inspector.changed(); });
  }
  function release() {
    if (view.filter.only === null) return;
    view.filter.only = followed(inspector.chosen);
    inspector.changed();
  }

  inspector.hover = function (i) {
    if (i === near) return;
    near = i;
    dress(inspector.chosen >= 0 ? inspector.past : followed(i));
    tell(i >= 0 ? i : inspector.chosen);
  };

  // walk goes from the held event along its node, to its cause or its effect.
  inspector.walk = function (key) {
    const i = inspector.chosen, e = data.events[i];
    const along = step => {
      for (let j = i + step; j >= 0 && j < data.events.length; j += step) if (view.isShown(j) && data.events[j].node === e.node) return j;
      return -1;
    };
    const effect = () => data.events.findIndex((f, j) => j > i && causeOf(data, j) === i && (isMessage(f) || e.kind !== "send"));
    const next = {ArrowUp: () => along(-1), ArrowDown: () => along(1), ArrowLeft: () => causeOf(data, i), ArrowRight: effect}[key]();
    if (next >= 0) inspector.choose(next, true);
  };

  inspector.tell = tell;
  return inspector;
}
