// The caller of the operations in the editor.
import { createContext } from 'react';

/** Caller and endpoint of the operations in the editor. */
export const Sender = createContext({ caller: '', endpoint: '' });
