// Addresses of the portal, without a library: `/portal`, then the project, the section and a record.
import { type AnchorHTMLAttributes, type MouseEvent, type ReactNode, useEffect, useRef, useSyncExternalStore } from 'react';

export const ROOT = '/portal';

const subscribe = (changed: () => void) => {
  window.addEventListener('popstate', changed);
  return () => window.removeEventListener('popstate', changed);
};

/** The address behind the root, in parts. */
export function useParts(): string[] {
  const path = useSyncExternalStore(subscribe, () => location.pathname);
  return path.slice(ROOT.length).split('/').filter(Boolean).map(decodeURIComponent);
}

/** A value of the query string. */
export function useParameter(name: string): string | null {
  return useSyncExternalStore(subscribe, () => new URLSearchParams(location.search).get(name));
}

export function navigate(to: string, { replace = false } = {}) {
  if (to === location.pathname + location.search) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  window.dispatchEvent(new PopStateEvent('popstate'));
  if (!replace) window.scrollTo(0, 0);
}

export const pathTo = (...parts: string[]) => [ROOT, ...parts.map(encodeURIComponent)].join('/');

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { to: string; replace?: boolean; children: ReactNode };

/** A link within the portal. Clicks with a modifier key open a tab, as everywhere. */
export function Link({ to, replace, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to, { replace });
  };
  return (
    <a href={to} onClick={follow} {...rest}>
      {children}
    </a>
  );
}

let isFirstPage = true;

/** Moves the focus to the heading of a new page, as a browser does for a new document, unless a field of the page has it. */
export function useHeadingFocus() {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const hasField = document.activeElement instanceof HTMLInputElement;
    if (!isFirstPage && !hasField) heading.current?.focus({ preventScroll: true });
    isFirstPage = false;
  }, []);
  return heading;
}
