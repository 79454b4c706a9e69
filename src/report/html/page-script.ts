/**
 * The page's only script: it sorts tables, searches and zooms graphs, and opens what is linked to or printed. Without it
 * the page shows the same.
 */
export const pageScript = `
'use strict';
for (const table of document.querySelectorAll('table.sortable')) {
  const body = table.tBodies[0];
  if (body.rows.length < 2) continue;
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') === 'ascending';
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const numeric = head.classList.contains('n');
      const keyed = [...body.rows].map((row) => {
        const cell = row.cells[column];
        const text = numeric ? cell.dataset.v : cell.textContent;
        return { row, key: numeric ? Number(text) : text, empty: text === '' };
      });
      keyed.sort((a, b) => {
        if (a.empty || b.empty) return a.empty - b.empty;
        const order = numeric ? a.key - b.key : a.key.localeCompare(b.key, 'en', { numeric: true });
        return down ? -order : order;
      });
      body.append(...keyed.map(({ row }) => row));
    });
  });
}

const STEP = 1.25;
for (const graphs of document.querySelectorAll('.graphs')) {
  const views = [...graphs.querySelectorAll('.view')].map((view) => {
    const svg = view.firstElementChild;
    return { view, svg, width: Number(svg.getAttribute('width')), height: Number(svg.getAttribute('height')), scale: 1 };
  });
  if (views.length === 0) continue;
  const zoom = (which, scale) => {
    const { view, svg, width, height } = which;
    const next = Math.min(8, Math.max(0.02, scale));
    const x = (view.scrollLeft + view.clientWidth / 2) / which.scale;
    const y = (view.scrollTop + view.clientHeight / 2) / which.scale;
    svg.setAttribute('width', width * next);
    svg.setAttribute('height', height * next);
    which.scale = next;
    view.scrollTo(x * next - view.clientWidth / 2, y * next - view.clientHeight / 2);
  };
  const fit = (which) =>
    zoom(which, Math.min(1, which.view.clientWidth / which.width, which.view.clientHeight / which.height));
  const tools = document.createElement('div');
  tools.className = 'tools';
  const label = document.createElement('label');
  const input = document.createElement('input');
  input.type = 'search';
  input.placeholder = 'op, tensor, layer or shape';
  label.append('Search the graph: ', input);
  const count = document.createElement('output');
  tools.append(label, count);
  const button = (text, action) => {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = text;
    made.addEventListener('click', action);
    tools.append(made);
  };
  button('Zoom in', () => views.forEach((each) => zoom(each, each.scale * STEP)));
  button('Zoom out', () => views.forEach((each) => zoom(each, each.scale / STEP)));
  button('Whole graph', () => views.forEach(fit));
  button('Original size', () => views.forEach((each) => zoom(each, 1)));
  graphs.before(tools);

  // Where the graph begins, once it has a size: it does not begin at the left.
  const begin = () => {
    for (const { view } of views) {
      const [first, frame] = [view.querySelector('.o').getBoundingClientRect(), view.getBoundingClientRect()];
      view.scrollBy(first.left + first.width / 2 - frame.left - frame.width / 2, 0);
    }
  };
  const details = graphs.closest('details');
  if (details.open) begin();
  else details.addEventListener('toggle', begin, { once: true });

  let hits = [];
  let at = -1;
  const nodes = [...graphs.querySelectorAll('.o')].map((node) => ({
    node,
    text: node.querySelector('title').textContent.toLowerCase(),
  }));
  const go = (to) => {
    if (hits.length === 0) return;
    hits[at]?.classList.remove('now');
    at = (to + hits.length) % hits.length;
    const node = hits[at];
    node.classList.add('now');
    count.textContent = at + 1 + ' of ' + hits.length;
    const view = node.closest('.view');
    const [box, frame] = [node.getBoundingClientRect(), view.getBoundingClientRect()];
    view.scrollBy(box.left + box.width / 2 - frame.left - frame.width / 2, box.top + box.height / 2 - frame.top - frame.height / 2);
  };
  input.addEventListener('input', () => {
    const wanted = input.value.trim().toLowerCase();
    hits = [];
    at = -1;
    for (const { node, text } of nodes) {
      const hit = wanted !== '' && text.includes(wanted);
      node.classList.toggle('hit', hit);
      node.classList.toggle('miss', wanted !== '' && !hit);
      node.classList.remove('now');
      if (hit) hits.push(node);
    }
    count.textContent = wanted === '' ? '' : hits.length === 0 ? 'nothing found' : hits.length + ' found';
    go(0);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    go(event.shiftKey ? at - 1 : at + 1);
  });
  for (const which of views) {
    const { view } = which;
    view.addEventListener('keydown', (event) => {
      const keys = { '+': STEP, '=': STEP, '-': 1 / STEP };
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key in keys) zoom(which, which.scale * keys[event.key]);
      else if (event.key === '0') fit(which);
      else if (event.key === '/') input.focus();
      else return;
      event.preventDefault();
    });
    view.addEventListener('wheel', (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      zoom(which, which.scale * (event.deltaY < 0 ? STEP : 1 / STEP));
    }, { passive: false });
    view.addEventListener('pointermove', (event) => {
      if (event.buttons === 1 && event.pointerType === 'mouse') view.scrollBy(-event.movementX, -event.movementY);
    });
  }
}

const openTarget = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let open = target?.closest('details'); open; open = open.parentElement.closest('details')) open.open = true;
  if (target) target.scrollIntoView();
};
addEventListener('hashchange', openTarget);
openTarget();

let closed = [];
addEventListener('beforeprint', () => {
  closed = [...document.querySelectorAll('details:not([open])')];
  for (const details of closed) details.open = true;
});
addEventListener('afterprint', () => {
  for (const details of closed) details.open = false;
});
`;
