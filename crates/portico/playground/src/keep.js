// Values that the browser stores.
import { BROWSER_SESSION } from './gateway.js';

const TOKEN = 'portico:token';
const IS_SESSION = 'portico:session';
const VIEWS = 'portico:views';
const PANEL = 'portico:panel';
const PREFIX = 'graphiql:';
// Width of the side panel, as a share of the editors' width.
const LAYOUT = { 'graphiql:docExplorerFlex': '0.27' };

/** The token, or the browser's session. A token is stored while the tab is open, not on disk or in the address. Null if none was chosen yet. */
export const keptCaller = () => (sessionStorage.getItem(IS_SESSION) ? BROWSER_SESSION : sessionStorage.getItem(TOKEN));
export const keepCaller = (caller) => {
  const isSession = caller === BROWSER_SESSION;
  sessionStorage.setItem(TOKEN, isSession ? '' : caller);
  sessionStorage.setItem(IS_SESSION, isSession ? 'yes' : '');
};

/** Views of clients' portals that this tab has started, with their tokens. `own` started them: the browser's session is stored as null. */
export const keptViews = () =>
  JSON.parse(sessionStorage.getItem(VIEWS) ?? '[]').map((view) => ({ ...view, own: view.own ?? BROWSER_SESSION }));
export const keepViews = (views) => {
  const stored = views.map((view) => ({ ...view, own: view.own === BROWSER_SESSION ? null : view.own }));
  sessionStorage.setItem(VIEWS, JSON.stringify(stored));
};

/** Name of the open side panel; empty if none is open. */
export const keptPanel = () => localStorage.getItem(PANEL) ?? 'Examples';
export const keepPanel = (plugin) => localStorage.setItem(PANEL, plugin?.title ?? '');

// GraphiQL stores operations under these names with their headers, which may contain a token. Other values are not changed:
// GraphiQL finds the open tab again by its text.
const WITH_HEADERS = ['tabState', 'queries', 'favorites'].map((name) => PREFIX + name);
const withoutHeaders = (text) => {
  try {
    // Null and not omitted: GraphiQL discards all tabs if one of them lacks a member.
    return JSON.stringify(JSON.parse(text), (key, value) => (key === 'headers' ? null : value));
  } catch {
    return text;
  }
};

/** Storage for GraphiQL: tabs, history and layout, in this browser only. */
export const storage = {
  getItem: (key) => localStorage.getItem(key) ?? LAYOUT[key] ?? null,
  setItem: (key, value) => localStorage.setItem(key, WITH_HEADERS.includes(key) ? withoutHeaders(value) : value),
  removeItem: (key) => localStorage.removeItem(key),
  clear() {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  },
  get length() {
    return localStorage.length;
  },
};
