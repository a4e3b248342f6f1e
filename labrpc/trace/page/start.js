
// The page comes to life: its words, its tools, its keys.

// drawHeader fills in what stands above the diagram.
function drawHeader(data, toViolation) {
  const byId = id => document.getElementById(id);
  byId("run").textContent = data.run;
  if (data.before + data.after > 0) {
    const parts = [];
    if (data.before > 0) parts.push(data.before.toLocaleString("en") + " before");
    if (data.after > 0) parts.push(data.after.toLocaleString("en") + " after");
    byId("omitted").textContent = "In this page: " + data.events.length.toLocaleString("en") + " events. Left out: " + parts.join(" and ") + " these.";
    byId("omitted").hidden = false;
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
    element(line, "b", (e.key || "A rule") + " broke at " + timeOf(e) + " ms:");
    element(line, "span", e.text);
    byId("goto").hidden = false;
    byId("goto").addEventListener("click", toViolation);
  }
  byId("empty").hidden = data.events.length > 0;
  byId("tools").hidden = data.events.length === 0;
}

// wireSearch lets the reader go from match to match.
function wireSearch(data, inspector, changed) {
  const byId = id => document.getElementById(id), {view} = inspector;
  const say = () => {
    const list = view.matches ? [...view.matches].filter(view.isShown) : [];
    const at = list.indexOf(inspector.chosen);
    byId("found").textContent = !view.matches ? "" : (at >= 0 ? (at + 1).toLocaleString("en") + " of " : "") + list.length.toLocaleString("en") + " found";
  };
  const step = direction => {
    if (!view.matches) return;
    const list = [...view.matches].filter(view.isShown);
    if (list.length === 0) return;
    const from = inspector.chosen;
    const next = direction > 0 ? list.find(i => i > from) : list.findLast(i => i < from || from < 0);
    inspector.choose(next === undefined ? (direction > 0 ? list[0] : list[list.length - 1]) : next, true);
    say();
  };
  let later = 0;
  byId("search").addEventListener("input", () => {
    clearTimeout(later);
    later = setTimeout(() => { view.matches = matchesOf(data, byId("search").value); changed(); say(); }, 120);
  });
  byId("search").addEventListener("keydown", event => {
    if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") byId("scroll").focus();
  });
  byId("next").addEventListener("click", () => step(1));
  byId("previous").addEventListener("click", () => step(-1));
}

// wireKeys lets the keyboard do what the mouse does.
function wireKeys(inspector) {
  const byId = id => document.getElementById(id), {view} = inspector;
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, #overview")) return;
    const {chosen} = inspector;
    const acts = {"+": () => view.zoomBy(1.5), "=": () => view.zoomBy(1.5), "-": () => view.zoomBy(1 / 1.5), "0": view.fit, "1": () => view.zoomTo(1),
      "v": () => inspector.toViolation(), "V": () => inspector.toViolation(), "/": () => byId("search").focus(),
      "Escape": () => { byId("filter").open = false; inspector.choose(-1); }};
    if (!event.target.closest("button, summary")) {
      const walk = key => () => inspector.walk(key);
      if (chosen >= 0) for (const key of ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]) acts[key] = walk(key);
      else Object.assign(acts, {ArrowUp: () => view.move(0, -60), ArrowDown: () => view.move(0, 60), ArrowLeft: () => view.move(-60, 0), ArrowRight: () => view.move(60, 0)});
      Object.assign(acts, {PageUp: () => view.page(-0.9), PageDown: () => view.page(0.9), Home: () => view.page(-Infinity), End: () => view.page(Infinity)});
    }
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  });
}

function start() {
  const byId = id => document.getElementById(id);
  const data = read(byId("data").textContent), scroll = byId("scroll"), plot = byId("plot");
  let inspector;
  const status = () => {
    if (!inspector) return;
    const {view} = inspector, total = data.events.length;
    byId("zoom").textContent = (view.zoom < 0.1 ? (100 * view.zoom).toFixed(1) : Math.round(100 * view.zoom)) + " %";
    const words = view.shown < total ? [view.shown.toLocaleString("en") + " of " + total.toLocaleString("en") + " events"] : [];
    if (view.crowded) words.push("crowded: zoom in for each event");
    if (byId("status").textContent !== words.join("; ")) byId("status").textContent = words.join("; ");
  };
  inspector = newInspector(data, (hold, dress) => newView(data, hold, () => { dress(); status(); }));
  const {view} = inspector;
  const changed = () => {
    view.arrange(inspector.chosen);
    const hidden = view.filter.nodes.size + view.filter.methods.size + view.filter.kinds.size + (view.filter.onlyMatches ? 1 : 0);
    byId("filter").firstChild.textContent = hidden ? "Filter (" + hidden + ")" : "Filter";
  };
  inspector.changed = () => { changed(); drawFilter(byId("filter").lastElementChild, data, view.filter, changed); };
  drawHeader(data, () => inspector.toViolation());
  drawFilter(byId("filter").lastElementChild, data, view.filter, changed);
  const legend = byId("legend");
  legend.open = innerWidth > 760;

  byId("in").addEventListener("click", () => view.zoomBy(1.5));
  byId("out").addEventListener("click", () => view.zoomBy(1 / 1.5));
  byId("fit").addEventListener("click", view.fit);
  plot.addEventListener("pointermove", event => {
    if (event.pointerType !== "touch" && !scroll.classList.contains("dragged")) inspector.hover(view.eventAt(event.target, event.clientX, event.clientY));
  });
  plot.addEventListener("pointerleave", () => inspector.hover(-1));
  scroll.addEventListener("click", event => {
    if (view.dragged) { view.dragged = false; return; }
    const i = view.eventAt(event.target, event.clientX, event.clientY);
    inspector.choose(i === inspector.chosen ? -1 : i);
  });
  plot.addEventListener("dblclick", event => view.zoomBy(2, event.clientY - scroll.getBoundingClientRect().top - 30));
  document.addEventListener("pointerdown", event => { if (!event.target.closest("#filter")) byId("filter").open = false; });
  wireKeys(inspector);

  view.arrange();
  wireSearch(data, inspector, changed);
  inspector.tell(-1);
  inspector.toViolation(0.72);
  drawLegend(legend.lastElementChild, data, view.colours());
  // page.html#event=812 opens at event 812.
  const fromAddress = () => {
    const asked = data.index.get(Number((location.hash.match(/^#event[=-](\d+)$/) || [])[1]));
    if (asked !== undefined && asked !== inspector.chosen) inspector.choose(asked, true);
  };
  fromAddress();
  addEventListener("hashchange", fromAddress);
  let size = "";
  new ResizeObserver(() => {
    const now = scroll.clientWidth + " " + scroll.clientHeight;
    if (now !== size && size !== "") view.resize(true);
    size = now;
  }).observe(scroll);
  let restore = null;
  addEventListener("beforeprint", () => { restore = restore || view.print(inspector.chosen >= 0 ? inspector.chosen : data.violation); });
  addEventListener("afterprint", () => { if (restore) restore(); restore = null; });
  document.documentElement.dataset.drawn = "yes";
}

start();
