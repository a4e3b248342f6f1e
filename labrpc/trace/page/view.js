
// The window on the picture: zoom, movement, and drawing what is in sight.

const MAX_ZOOM = 8;

// newView returns the window on data. hold() says what is held: {chosen,
// past}; drawn() is called after each drawing.
function newView(data, hold, drawn) {
  const byId = id => document.getElementById(id);
  const scroll = byId("scroll"), body = byId("body"), plot = byId("plot"), axis = byId("axis"), strip = byId("overview");
  const view = {zoom: 1, filter: newFilter(), matches: null, groups: new Map(), arrows: [], shown: 0};
  let g, columns, colours, range = null, printing = false, frame = 0;

  const headHigh = 30; // of #heads; the 12 pixels below it are for words at the very top
  const sight = () => Math.max(50, scroll.clientHeight - headHigh);
  const height = () => Math.max(1, g.height * view.zoom);
  const leastZoom = () => Math.min(1, (sight() - 16) / g.height);
  view.yOf = i => g.y[i] * view.zoom;
  view.xOf = node => columns.x[data.lane.get(node)];
  view.colours = () => colours;
  view.isShown = i => g.shown[i];
  view.order = () => g.order;

  // render draws what lies between two heights, and nothing else.
  function render(top, bottom) {
    range = {top: Math.max(0, Math.floor(top)), bottom: Math.min(height(), Math.ceil(bottom)), zoom: view.zoom};
    const {chosen, past} = hold();
    const special = new Set(data.rings);
    if (chosen >= 0) special.add(chosen);
    // A short past or call is drawn whole, a long one is thinned like the rest.
    if (past.size < 200) for (const i of past) special.add(i);
    Object.assign(view, draw(plot, data, g, columns, colours, {...range, special}));
    drawAxis(axis, data, g, columns, range);
    plot.style.marginTop = axis.style.marginTop = (printing ? 0 : range.top) + "px";
    body.style.height = (printing ? range.bottom - range.top : height()) + "px";
    body.style.width = columns.axis + columns.width + "px";
    drawn();
  }

  // refresh draws again where the window has left what is drawn.
  function refresh(force) {
    const top = scroll.scrollTop, high = sight();
    if (force || !range || range.zoom !== view.zoom || top < range.top || top + high > range.bottom && range.bottom < height()) {
      render(top - high * 0.8, top + high * 1.8);
    }
    moveWindow(strip, top / height(), Math.min(1, (top + high) / height()));
    plot.style.setProperty("--left", scroll.scrollLeft + "px");
  }

  view.redraw = () => refresh(true);

  // arrange computes where everything is, and keeps an event, or what is at
  // the top, where it was in sight.
  view.arrange = function (keep) {
    const anchor = g && keep !== undefined && keep >= 0 && g.shown[keep] ? keep : g ? g.order[firstAtOrAfter(g, scroll.scrollTop / view.zoom)] : undefined;
    const offset = anchor === undefined ? 0 : view.yOf(anchor) - scroll.scrollTop;
    g = layout(data, shownOf(data, view.filter, view.matches, keep));
    view.shown = g.order.length;
    if (!colours) colours = coloursOf(g.keys, g.bands);
    view.zoom = Math.min(MAX_ZOOM, Math.max(leastZoom(), view.zoom));
    view.resize(false);
    if (anchor !== undefined) scroll.scrollTop = view.yOf(anchor) - offset;
    refresh(true);
  };

  // resize follows a new width or zoom.
  view.resize = function (all) {
    columns = columnsOf(data, view.filter.nodes, g.keys, printing ? 700 : scroll.clientWidth, view.zoom);
    drawHeads(byId("heads"), data, columns);
    body.style.height = height() + "px";
    drawOverview(strip, data, g, strip.clientHeight, view.matches);
    if (all && !printing) refresh(true);
  };

  // zoomTo changes the zoom; what is at a height of the window stays there.
  view.zoomTo = function (zoom, at) {
    if (at === undefined) at = sight() / 2;
    const {chosen} = hold();
    if (chosen >= 0 && g.shown[chosen]) {
      const held = view.yOf(chosen) - scroll.scrollTop;
      if (held > 0 && held < sight()) at = held; // what is held stays in sight
    }
    const fixed = (scroll.scrollTop + at) / view.zoom, before = view.zoom;
    view.zoom = Math.min(MAX_ZOOM, Math.max(leastZoom(), zoom));
    if (Math.max(1, before) !== Math.max(1, view.zoom)) {
      columns = columnsOf(data, view.filter.nodes, g.keys, scroll.clientWidth, view.zoom);
      drawHeads(byId("heads"), data, columns);
    }
    body.style.height = height() + "px";
    scroll.scrollTop = fixed * view.zoom - at;
    refresh(true);
  };
  view.zoomBy = (factor, at) => view.zoomTo(view.zoom * factor, at);
  view.fit = () => view.zoomTo(leastZoom());
  view.move = (x, y) => { scroll.scrollLeft += x; scroll.scrollTop += y; };
  view.page = pages => { scroll.scrollTop = Math.min(height(), Math.max(0, scroll.scrollTop + pages * sight())); };
  view.showShare = share => { scroll.scrollTop = share * height() - sight() / 2; };

  // bring scrolls an event, and the lane of a node beside it, into sight.
  view.bring = function (i, node, share) {
    const y = view.yOf(i), top = scroll.scrollTop, high = sight();
    if (share || y < top + 40 || y > top + high - 40) scroll.scrollTop = y - high * (share || 0.5);
    const x = view.xOf(node), left = scroll.scrollLeft, room = scroll.clientWidth - columns.axis;
    if (x !== undefined && (x < left + 20 || x + 90 > left + room)) scroll.scrollLeft = x - room / 2;
    refresh(false);
  };

  // eventAt returns the event or message at a point of the screen, or -1.
  view.eventAt = function (target, clientX, clientY) {
    const group = target.closest && target.closest(".ev");
    if (group) return Number(group.dataset.i);
    if (!range || !plot.contains(target)) return -1;
    const box = plot.getBoundingClientRect(), x = clientX - box.left, y = clientY - box.top + range.top;
    let best = 7, found = -1;
    const near = (distance, i) => { if (distance < best) { best = distance; found = i; } };
    for (const a of view.arrows) near(distance(x, y, a), a.i);
    if (found >= 0 || view.zoom >= 1) return found;
    for (let at = firstAtOrAfter(g, (y - 6) / view.zoom); at < g.order.length && view.yOf(g.order[at]) < y + 6; at++) {
      const i = g.order[at], lane = view.xOf(data.events[i].node);
      if (lane !== undefined && Math.abs(x - lane) < 16) near(Math.abs(view.yOf(i) - y), i);
    }
    return found;
  };

  // print shows the part around an event on one page, and afterwards what was.
  view.print = function (i) {
    printing = true;
    const kept = {zoom: view.zoom, top: scroll.scrollTop};
    view.zoom = 1;
    view.resize(false);
    const high = 760, y = i >= 0 ? view.yOf(i) : kept.top / kept.zoom;
    const top = Math.max(0, Math.min(y - 0.78 * high, height() - high));
    render(top, top + high);
    return () => {
      printing = false;
      view.zoom = kept.zoom;
      view.resize(false);
      scroll.scrollTop = kept.top;
      refresh(true);
    };
  };

  scroll.addEventListener("scroll", () => {
    if (!frame) frame = requestAnimationFrame(() => { frame = 0; refresh(false); });
  }, {passive: true});
  steerOverview(strip, view.showShare, view.page);
  steer(view, scroll, axis);
  return view;
}

// distance returns how far a point is from an arrow's line.
function distance(x, y, {x1, y1, x2, y2}) {
  if (x1 === x2) return Math.abs(y - (y1 + y2) / 2) <= Math.abs(y2 - y1) / 2 ? Math.abs(x - x1 - 20) : Infinity;
  const t = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / ((x2 - x1) ** 2 + (y2 - y1) ** 2);
  const s = Math.min(1, Math.max(0, t));
  return Math.hypot(x - x1 - s * (x2 - x1), y - y1 - s * (y2 - y1));
}

// steer moves and zooms the view by wheel, mouse and two fingers.
function steer(view, scroll, axis) {
  const at = y => y - scroll.getBoundingClientRect().top - 30;
  scroll.addEventListener("wheel", event => {
    if (!event.ctrlKey && !event.metaKey && !axis.contains(event.target)) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    view.zoomBy(Math.exp(-Math.max(-60, Math.min(60, event.deltaY * lines)) * 0.006), at(event.clientY));
  }, {passive: false});
  let from = null;
  scroll.addEventListener("pointerdown", event => {
    if (event.pointerType === "touch" || event.button !== 0 || event.offsetX > scroll.clientWidth && event.target === scroll) return;
    from = {x: event.clientX, y: event.clientY};
    view.dragged = false;
  });
  scroll.addEventListener("pointermove", event => {
    if (!from) return;
    const x = from.x - event.clientX, y = from.y - event.clientY;
    if (!view.dragged && Math.hypot(x, y) < 5) return;
    if (!view.dragged) { view.dragged = true; scroll.setPointerCapture(event.pointerId); scroll.classList.add("dragged"); }
    view.move(x, y);
    from = {x: event.clientX, y: event.clientY};
  });
  const end = () => { from = null; scroll.classList.remove("dragged"); };
  scroll.addEventListener("pointerup", end);
  scroll.addEventListener("pointercancel", end);
  let spread = 0;
  const apart = touches => Math.hypot(touches[0].clientX - touches[1].clientX, touches[0].clientY - touches[1].clientY);
  scroll.addEventListener("touchstart", event => { if (event.touches.length === 2) spread = apart(event.touches); }, {passive: true});
  scroll.addEventListener("touchmove", event => {
    if (event.touches.length !== 2) return;
    event.preventDefault();
    const now = apart(event.touches);
    view.zoomBy(now / spread, at((event.touches[0].clientY + event.touches[1].clientY) / 2));
    spread = now;
  }, {passive: false});
}
