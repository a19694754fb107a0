// What the browser keeps.

const TOKEN = 'portico:token';
const PANEL = 'portico:panel';
const PREFIX = 'graphiql:';
// The panel at the side, as a share of the editors.
const LAYOUT = { 'graphiql:docExplorerFlex': '0.27' };

/** The token is kept for as long as the tab is open: neither on disk, nor in the address. Null if none was chosen yet. */
export const keptToken = () => sessionStorage.getItem(TOKEN);
export const keepToken = (token) => sessionStorage.setItem(TOKEN, token);

/** The panel that stands open at the side; an empty name when none does. */
export const keptPanel = () => localStorage.getItem(PANEL) ?? 'Examples';
export const keepPanel = (plugin) => localStorage.setItem(PANEL, plugin?.title ?? '');

// Under these names operations are kept with the headers they were sent with, and those may hold a token. All else stays as it
// was written: GraphiQL finds the open tab again by its text.
const WITH_HEADERS = ['tabState', 'queries', 'favorites'].map((name) => PREFIX + name);
const withoutHeaders = (text) => {
  try {
    // Null, and not omitted: GraphiQL forgets all tabs if one of them lacks a member.
    return JSON.stringify(JSON.parse(text), (key, value) => (key === 'headers' ? null : value));
  } catch {
    return text;
  }
};

/** For GraphiQL: tabs, history and layout, in this browser alone. */
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
