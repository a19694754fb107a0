// Replaces react-style-singleton: see build.mjs.
const nothing = () => null;
export const stylesheetSingleton = () => ({ add() {}, remove() {} });
export const styleHookSingleton = () => nothing;
export const styleSingleton = () => nothing;
