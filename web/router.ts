import { type Place, placeOf } from './place.ts';

export type Go = (path: string, how?: 'push' | 'replace') => void;

/** Calls `show` for the present place and for every later one; links on this origin become steps of the history. */
export function startRouter(show: (place: Place) => void): Go {
  const here = () => show(placeOf(location.pathname));
  const go: Go = (path, how = 'push') => {
    if (how === 'replace') history.replaceState(null, '', path);
    else if (path !== location.pathname + location.search) history.pushState(null, '', path);
    here();
    window.scrollTo(0, 0);
  };
  window.addEventListener('popstate', here);
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.target !== '' || link.hasAttribute('download') || link.origin !== location.origin || link.hash !== '') return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
  return go;
}
