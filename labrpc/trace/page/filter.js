
// Which events take part in the picture.

// newFilter returns a filter that hides nothing.
const newFilter = () => ({nodes: new Set(), methods: new Set(), kinds: new Set(), onlyMatches: false, only: null});

// shownOf returns for each event whether it is drawn. The violation always
// is; so is keep, the event that is held.
function shownOf(data, filter, matches, keep) {
  return data.events.map((e, i) => {
    if (i === keep || e.kind === "violation") return true;
    if (filter.only && !filter.only.has(i)) return false;
    if (filter.onlyMatches && matches && !matches.has(i)) return false;
    if (isMessage(e)) {
      if (filter.methods.has(e.method) || filter.kinds.has(e.reply ? "reply" : "request")) return false;
      if (e.kind === "drop" ? filter.nodes.has(e.from) && filter.nodes.has(e.to) : filter.nodes.has(e.node)) return false;
      return !filter.kinds.has(e.kind);
    }
    return !filter.kinds.has(e.kind) && !filter.nodes.has(e.node);
  });
}

// matchesOf returns the events that have all words of the text, or null for
// an empty text.
function matchesOf(data, text) {
  const words = text.toLowerCase().split(/\s+/).filter(w => w);
  if (words.length === 0) return null;
  return new Set(data.events.map((_, i) => i).filter(i => words.every(w => textOf(data, i).includes(w))));
}

const KINDS = {request: "requests", reply: "replies", drop: "lost", duplicate: "duplicates", timeout: "given up", state: "states", save: "saves", durable: "saves on disk",
  apply: "applies", log: "log lines", note: "notes", crash: "crashes", restart: "restarts", partition: "links cut, healed", refused: "refused"};

// drawFilter fills the panel with a box for all that may be hidden, and calls
// changed after each change.
function drawFilter(parent, data, filter, changed) {
  parent.replaceChildren();
  const set = (title, hidden, choices) => {
    if (choices.length < 1) return;
    const group = element(parent, "fieldset");
    element(group, "legend", title);
    const boxes = choices.map(({value, name, count}) => {
      const label = element(group, "label");
      const box = element(label, "input");
      box.type = "checkbox";
      box.checked = !hidden.has(value);
      box.dataset.value = value;
      element(label, "span", name);
      if (count !== undefined) element(label, "small", count.toLocaleString("en"));
      box.addEventListener("change", () => { if (box.checked) hidden.delete(value); else hidden.add(value); changed(); });
      return {box, value};
    });
    if (choices.length < 2) return;
    for (const [word, checked] of [["all", true], ["none", false]]) {
      const button = element(group, "button", word);
      button.type = "button";
      button.setAttribute("aria-label", title + ": " + word);
      button.addEventListener("click", () => {
        for (const {box, value} of boxes) { box.checked = checked; if (checked) hidden.delete(value); else hidden.add(value); }
        changed();
      });
    }
  };
  set("Nodes", filter.nodes, data.lanes.map(l => ({value: l.node, name: l.name})));
  const methods = new Map(), kinds = new Map(), count = (map, key) => map.set(key, (map.get(key) || 0) + 1);
  for (const e of data.events) {
    if (e.kind === "send") { count(methods, e.method); count(kinds, e.reply ? "reply" : "request"); }
    else if (e.kind !== "deliver") count(kinds, e.kind);
  }
  set("Methods", filter.methods, [...methods].filter(([m]) => m).map(([value, count]) => ({value, name: value.slice(value.lastIndexOf(".") + 1), count})));
  set("Kinds", filter.kinds, Object.keys(KINDS).filter(k => kinds.has(k)).map(k => ({value: k, name: KINDS[k], count: kinds.get(k)})));
  const only = element(parent, "label");
  const box = element(only, "input");
  box.type = "checkbox";
  box.id = "matches";
  box.checked = filter.onlyMatches;
  box.addEventListener("change", () => { filter.onlyMatches = box.checked; changed(); });
  element(only, "span", "only what the search finds");
}
