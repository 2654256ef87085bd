/**
 * A convenience, not needed to read the page: a filter above long tables, and in the graph what a node needs and what waits for it. Its digest is
 * in the page's policy, so that no other script can run.
 */
export const SCRIPT = `
for (const input of document.querySelectorAll('[data-filter]')) {
  input.closest('.filter').hidden = false;
  const rows = [...document.querySelectorAll(input.dataset.filter)];
  input.addEventListener('input', () => {
    const word = input.value.trim().toLowerCase();
    for (const row of rows) row.hidden = word !== '' && !row.textContent.toLowerCase().includes(word);
    if (word !== '') for (const row of rows) if (!row.hidden) row.closest('details').open = true;
  });
}
for (const graph of document.querySelectorAll('svg.graph')) {
  const edges = [...graph.querySelectorAll('.edge')];
  const nodes = [...graph.querySelectorAll('.node')];
  const show = (node) => {
    const near = new Set([node?.dataset.n]);
    for (const edge of edges) {
      const hot = node !== null && (edge.dataset.f === node.dataset.n || edge.dataset.t === node.dataset.n);
      edge.classList.toggle('hot', hot);
      if (hot) near.add(edge.dataset.f).add(edge.dataset.t);
    }
    graph.classList.toggle('pointed', node !== null);
    for (const each of nodes) each.classList.toggle('hot', near.has(each.dataset.n));
  };
  for (const event of ['mouseover', 'focusin']) graph.addEventListener(event, ({ target }) => show(target.closest('.node')));
  for (const event of ['mouseleave', 'focusout']) graph.addEventListener(event, () => show(null));
}
const open = () => {
  const target = location.hash === '' ? null : document.getElementById(location.hash.slice(1));
  const box = target?.closest('details');
  if (!box) return;
  box.open = true;
  target.scrollIntoView({ block: 'center' });
};
addEventListener('hashchange', open);
open();
`;
